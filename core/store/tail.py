"""The newest part of the journal, read once for everybody who follows it."""

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Row

from core.domain.event import JournalEntry
from core.store.reading import entries_in
from core.store.wakeups import Bell

PAGE = 500
"""Rows of one read."""
KEPT = 1000
"""Entries a follower may lag behind before it reads for itself."""
_CLOSE_TIMEOUT_S = 5.0

Rows = Callable[[int], Awaitable[Sequence[Row[Any]]]]
"""Up to a page of the rows after a number, in order."""


class Tail:
    """The entries after one number up to another, without gaps, and one read at a time that makes it longer."""

    def __init__(self, rows: Rows, bell: Bell) -> None:
        self._rows = rows
        self._bell = bell
        self._entries: list[JournalEntry] = []
        self._begin = self._end = -1
        """Entries with a number above the first and up to the second are here; -1 before anybody was at the end."""
        self._reading: asyncio.Task[None] | None = None
        self._rings_before = -1
        """How often the bell had rung when the read under way began."""
        self._full = False
        """Whether the last read was a whole page, so that there may be more."""

    def starts(self, after: int) -> None:
        """A follower has reached the journal's end at `after`: from there on the entries are read for all."""
        if after > self._end:
            self._entries.clear()
            self._begin = self._end = after

    def covers(self, after: int) -> bool:
        """Whether a follower that is at `after` finds what comes next here."""
        return 0 <= self._begin <= after

    async def after(self, after: int) -> tuple[list[JournalEntry], int, bool]:
        """The entries after `after`, the number they reach to, and whether there may be more.

        Raises what reading raises. Only for an `after` that is covered. What was committed before the bell's last ring
        is among the entries, or to come.
        """
        while self._reading is not None and self._rings_before != self._bell.rings:
            # it may have begun before what the bell rang for was committed
            await asyncio.wait([self._reading])
        if self._reading is None:
            self._rings_before = self._bell.rings
            self._reading = asyncio.create_task(self._extend(), name="journal tail")
            self._reading.add_done_callback(self._done)
        # one follower's end must not end the read of the others
        await asyncio.shield(self._reading)
        if not self.covers(after):
            return [], after, True
        position = bisect_right(self._entries, after, key=lambda entry: entry.seq)
        return self._entries[position:], max(after, self._end), self._full

    async def close(self) -> None:
        """Wait for the read under way, for seconds at the most: what then becomes of it is up to the database."""
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=_CLOSE_TIMEOUT_S)

    async def _extend(self) -> None:
        rows = await self._rows(self._end)
        self._full = len(rows) >= PAGE
        if rows:
            self._entries += entries_in(rows)
            self._end = rows[-1].seq
        if len(self._entries) > 2 * KEPT:
            self._begin = self._entries[-KEPT - 1].seq
            del self._entries[:-KEPT]

    def _done(self, reading: asyncio.Task[None]) -> None:
        self._reading = None
        if not reading.cancelled():
            # whoever waits for it is told; that nobody may is no reason to complain at the end
            reading.exception()
