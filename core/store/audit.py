"""The audit trail in the database: append only, one chain however many processes write."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.audit import BEGINNING, AuditEntry, entry_hash, first_broken
from core.domain.conversation import place_path
from core.domain.identity import PersonId, Place
from core.store import chat_tables, counters
from core.store.records import Records

_AUDIT = chat_tables.audit
_PAGE = 1000
REFUSED_AGAIN = timedelta(hours=1)
"""The same refusal is written down once in this time: whoever knocks all day must not fill the database."""
_LOOKED_BACK = 100
"""Rows of the same person among which it is looked for."""


class Audit:
    """Rows of the audit trail, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._records = Records(connection, _AUDIT, AuditEntry, kind="audit row", hint="", locking=False)

    async def append(
        self,
        *,
        actor: PersonId,
        act: str,
        allowed: bool,
        subject: str = "",
        place: Place | None = None,
        detail: str = "",
    ) -> AuditEntry:
        """Add a row to the end; `detail` is masked and one line.

        Until this unit ends nobody else can append: do it last in the unit, and nothing slow after it. A refusal that
        was written within the last hour, word for word, is not written again: then that row is the answer.
        """
        path = place_path(place) if place is not None else ""
        if not allowed and (known := await self._refused_lately(actor, (act, subject, path, detail))) is not None:
            return known
        seq = await counters.raised(self._connection, "audit")
        previous = select(_AUDIT.c.hash).where(_AUDIT.c.seq == seq - 1)
        entry = AuditEntry(
            seq=seq,
            at=self._now,
            actor=actor,
            act=act,
            subject=subject,
            place=path,
            allowed=allowed,
            detail=detail,
            previous=(await self._connection.execute(previous)).scalar_one_or_none() or BEGINNING,
            hash="",
        )
        entry = replace(entry, hash=entry_hash(entry))
        await self._records.add([entry])
        return entry

    async def _refused_lately(self, actor: PersonId, words: tuple[str, str, str, str]) -> AuditEntry | None:
        """The refusal of `actor` with these `words` (act, subject, place, detail), when it is not long ago."""
        newest = self._records.select().where(_AUDIT.c.actor == actor).order_by(_AUDIT.c.seq.desc()).limit(_LOOKED_BACK)
        for entry in await self._records.all(newest):
            same = not entry.allowed and (entry.act, entry.subject, entry.place, entry.detail) == words
            if same and entry.at > self._now - REFUSED_AGAIN:
                return entry
        return None

    async def entries(
        self, limit: int, *, by: Collection[PersonId] = (), about: Collection[str] = ()
    ) -> list[AuditEntry]:
        """The newest rows first: `by` these people, `about` these subjects; () for any."""
        query = self._records.select().order_by(_AUDIT.c.seq.desc()).limit(limit)
        if by:
            query = query.where(_AUDIT.c.actor.in_(by))
        if about:
            query = query.where(_AUDIT.c.subject.in_(about))
        return await self._records.all(query)

    async def first_broken(self) -> int | None:
        """The number of the first row that was changed, taken away or put in; None for a sound trail. Reads it all."""
        # others may add rows while we read: so many there must be, and not more than there are by then
        at_least = await counters.last(self._connection, "audit")
        last: AuditEntry | None = None
        async for page in self._pages():
            broken = first_broken(page, after=last)
            if broken is not None:
                return broken
            last = page[-1]
        written = await counters.last(self._connection, "audit")
        found = last.seq if last is not None else 0
        return None if at_least <= found <= written else min(found, written) + 1

    async def _pages(self) -> AsyncGenerator[list[AuditEntry]]:
        after = 0
        while True:
            query = self._records.select().where(_AUDIT.c.seq > after).order_by(_AUDIT.c.seq).limit(_PAGE)
            page = await self._records.all(query)
            if not page:
                return
            yield page
            after = page[-1].seq
