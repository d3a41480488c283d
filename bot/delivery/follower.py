"""The follower: reads the journal after its cursor, puts what must arrive into the outbox, and marks cards stale."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing

import structlog

from bot.delivery.asked_instead import AskedAbout, asked_about, asks_for_money, take_back
from bot.delivery.budget_alerts import alerts, is_alert, is_used_up
from bot.delivery.look import Look
from bot.delivery.rules import asked_at_once, deliveries, is_told, is_urgent, outdated, stale
from bot.delivery.untold import untold
from core.domain.conversation import Delivery
from core.domain.errors import StoreError
from core.domain.event import HOUSE, JournalEntry
from core.store.store import Store

BATCH = 200
"""Entries of one transaction."""

Moved = Callable[[Mapping[str, int]], None]
"""Hears, after each batch, which cards people wait for, each with the journal number of what they wait to see."""

log = structlog.get_logger(__name__)


def cursor_name(platform: str) -> str:
    """The cursor of what was told on `platform`."""
    return f"delivery:{platform}"


class Follower:
    """Follows the journal for one platform; each batch moves it and tells in one transaction."""

    def __init__(self, store: Store, look: Look, *, moved: Moved, retry_s: float = 1.0) -> None:
        self._store = store
        self._look = look
        self._moved = moved
        self._retry_s = retry_s
        self._cursor = cursor_name(look.platform)

    async def begin(self) -> None:
        """Set the cursor of a new platform to the journal's end: what was before is not told.

        To be called before anything is heard there, so that the first task asked for is not missed.
        """
        async with self._store.transaction() as uow:
            if await uow.cursors.get(self._cursor) is None:
                await uow.cursors.set(self._cursor, await uow.events.last_seq())

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await self.begin()
                await self._follow()
            except Exception:  # nobody waits for this task, so it tells of what it does not know, and tries again
                log.exception("journal_not_delivered")
                await asyncio.sleep(self._retry_s)
            else:
                return

    async def catch_up(self) -> None:
        """Deal with all that is in the journal now."""
        while await self._batch():
            pass

    async def _follow(self) -> None:
        await self.catch_up()
        async with self._store.reading() as uow:
            done = await uow.cursors.get(self._cursor) or 0
        async with aclosing(self._store.journal.follow(after=done)) as entries:
            async for entry in entries:
                # each batch takes what there is, so most entries of a burst were dealt with when they come by here
                if entry.seq > done:
                    done = max(await self._batch(), entry.seq)

    async def _batch(self) -> int:
        """Deal with the next entries; the number of the last, 0 when there was none."""
        async with self._store.reading() as uow:
            after = await uow.cursors.get(self._cursor) or 0
        entries = await self._store.journal.read(after=after, limit=BATCH)
        if not entries:
            return 0
        try:
            await self._deal_with(entries, after=after)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one entry must not silence the platform; it is logged below
            log.warning("batch_not_delivered", after=after, entries=len(entries), error=type(error).__name__)
            await self._one_by_one(entries, after=after)
        return entries[-1].seq

    async def _one_by_one(self, entries: Sequence[JournalEntry], *, after: int) -> None:
        for entry in entries:
            try:
                await self._deal_with([entry], after=after)
            except StoreError:
                raise
            except Exception as error:  # whatever it is, it will be the same the next time
                log.exception("entry_not_delivered", seq=entry.seq, task=entry.task, kind=entry.event.type)
                await self._give_up(entry, type(error).__name__, after=after)
            after = entry.seq

    async def _deal_with(self, entries: Sequence[JournalEntry], *, after: int) -> None:
        """Tell of the entries and move the cursor behind them in one transaction, unless that is done already."""
        # looked up before, so that no task stays locked while the outbox is written
        called_for, changed = await self._called_for(entries)
        called_for = [*called_for, *await self._alerts(entries)]
        asked = await self._asked(entries)
        async with self._store.transaction() as uow:
            if (await uow.cursors.get(self._cursor) or 0) != after:
                # another process was faster; what it did is in the store
                return
            for delivery in called_for:
                await uow.deliveries.add(delivery)
            for question in asked:
                await take_back(uow, question, platform=self._look.platform)
            for key, seq in (_wanted(entries) | changed).items():
                await uow.cards.want(key, seq)
            await uow.cursors.set(self._cursor, entries[-1].seq)
        urgent = {key: entry.seq for entry in entries if is_urgent(entry.event) for key in stale(entry)}
        self._moved(urgent | changed)

    async def _give_up(self, entry: JournalEntry, reason: str, *, after: int) -> None:
        """Keep the entry as a dead letter, which `status` and `doctor` name, and go on behind it."""
        async with self._store.transaction() as uow:
            if (await uow.cursors.get(self._cursor) or 0) != after:
                return
            await uow.deliveries.add(untold(entry, reason, platform=self._look.platform, now=uow.now))
            if entry.task != HOUSE:
                await uow.cards.want(entry.task, entry.seq)
            await uow.cursors.set(self._cursor, entry.seq)
        self._moved({})

    async def _alerts(self, entries: Sequence[JournalEntry]) -> list[Delivery]:
        """Who must be told about money, also who has nothing to do with the task whose call it was."""
        told = [entry for entry in entries if is_alert(entry)]
        if not told or not self._look.capabilities.direct:
            return []
        made: list[Delivery] = []
        async with self._store.reading() as uow:
            for entry in told:
                rules = await self._look.alerted(uow, entry)
                facts = await self._look.facts(uow, entry) if is_used_up(entry.event) else None
                asked = asked_at_once(facts) if facts else ()
                made += alerts(entry, rules, platform=self._look.platform, now=uow.now, asked=asked)
        return made

    async def _asked(self, entries: Sequence[JournalEntry]) -> list[AskedAbout]:
        """The questions about shared budgets among the entries, each with whom it reaches at once."""
        told = [entry for entry in entries if asks_for_money(entry.event)]
        if not told:
            return []
        async with self._store.reading() as uow:
            looked_up = [(entry, await self._look.facts(uow, entry)) for entry in told]
            found = [await asked_about(uow, entry, facts) for entry, facts in looked_up if facts]
        return [each for each in found if each is not None]

    async def _called_for(self, entries: Sequence[JournalEntry]) -> tuple[list[Delivery], dict[str, int]]:
        """What must arrive because of the entries, in their order, and which cards besides show something else now."""
        told = [entry for entry in entries if entry.task != HOUSE and is_told(entry.event)]
        if not told:
            return [], {}
        async with self._store.reading() as uow:
            looked_up = [(entry, await self._look.facts(uow, entry)) for entry in told]
        made = [each for entry, facts in looked_up if facts for each in deliveries(entry.event, facts)]
        return made, {key: entry.seq for entry, facts in looked_up if facts for key in outdated(entry.event, facts)}


def _wanted(entries: Sequence[JournalEntry]) -> dict[str, int]:
    """Keys of the cards that show something else now, each with the number of the newest entry that changes it."""
    return {key: entry.seq for entry in entries for key in stale(entry)}
