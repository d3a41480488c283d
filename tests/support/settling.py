"""What the program has dealt with, as its database says: the same questions on every platform."""

import sqlite3
from collections.abc import Collection
from contextlib import closing

from bot.delivery.follower import cursor_name
from core.domain.conversation import DeliveryState
from tests.support.studio import Studio
from tests.support.waiting import eventually, eventually_awaited

WITHIN_S = 150.0
"""The agent program needs seconds to start on a busy machine."""
_HANDLED = "handled_at IS NOT NULL"


async def settled(studio: Studio, platform: str) -> None:
    """Wait until all that was kept is acted on, all that happened is told, and all that must arrive has arrived.

    It knows nothing of what has not come in yet: where nothing else waits for that, wait for `dealt_with`.
    """

    async def nothing_left() -> bool:
        async with studio.onlooker() as seen, seen.store.reading() as uow:
            heard = await uow.hearings.waiting(platform, limit=1)
            untold = await uow.events.last_seq() > (await uow.cursors.get(cursor_name(platform)) or 0)
            stale = await uow.cards.stale(platform, limit=1)
            pending = (await uow.deliveries.counts()).get(DeliveryState.PENDING, 0)
        return not (heard or untold or stale or pending)

    await eventually_awaited(nothing_left, within_s=WITHIN_S, what="an empty outbox")


async def dealt_with(studio: Studio, platform: str, events: Collection[str]) -> None:
    """Wait until one of these events has come in and was acted on, whatever that came to."""
    await _until_marked(studio, platform, events, where=_HANDLED)


async def kept(studio: Studio, platform: str, events: Collection[str]) -> None:
    """Wait until one of these events is in the database: from then on a crash loses nothing of it."""
    await _until_marked(studio, platform, events, where="TRUE")


def is_dealt_with(studio: Studio, platform: str, events: Collection[str]) -> bool:
    """Whether one of these events was acted on by now."""
    return _marked(studio, platform, events, where=_HANDLED)


def delivered(studio: Studio, key: str) -> bool:
    """Whether the program knows that it has delivered this. People are not so quick that it would not know yet."""
    found = rows(studio, "SELECT state, key FROM deliveries WHERE key = ?", key)
    return not found or found[0][0] != DeliveryState.PENDING


def rows(studio: Studio, statement: str, *values: str) -> list[tuple[str, str]]:
    """What the database answers, two columns; nothing while it is being made."""
    database = studio.shop.database
    if not database.exists():
        return []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        try:
            return connection.execute(statement, values).fetchall()
        except sqlite3.OperationalError:
            return []


async def _until_marked(studio: Studio, platform: str, events: Collection[str], *, where: str) -> None:
    what = f"that {' or '.join(events)} is heard"
    await eventually(lambda: _marked(studio, platform, events, where=where), within_s=WITHIN_S, what=what)


def _marked(studio: Studio, platform: str, events: Collection[str], *, where: str) -> bool:
    names = ", ".join("?" * len(events))
    ask = f"SELECT event_id, platform FROM hearings WHERE platform = ? AND event_id IN ({names}) AND {where}"
    return bool(rows(studio, ask, platform, *events))
