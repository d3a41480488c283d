"""The outbox in the database: what must arrive, once, and in order within its lane."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.conversation import Delivery, DeliveryState, channel_of, place_path
from core.domain.identity import PersonId, Place
from core.store import chat_tables
from core.store.records import Records
from core.store.still_open import is_about_open_task

_DELIVERIES = chat_tables.deliveries
_KEPT = ("T%:card", "T%:ended:%")


class Deliveries:
    """Deliveries, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, now: datetime, locking: bool) -> None:
        self._connection = connection
        self._now = now
        self._records = Records(connection, _DELIVERIES, Delivery, kind="delivery", hint="", locking=locking)

    async def add(self, delivery: Delivery) -> bool:
        """Put it into the outbox, as the newest; False, and nothing changes, when its key is there already."""
        row = self._records.row(delivery) | {"lane": _lane(delivery)}
        del row["number"]
        return await self._records.add_once(row)

    async def due(self, platform: str, limit: int) -> list[Delivery]:
        """What can be sent now, oldest first: of each lane only the first.

        One that failed holds its lane until it comes through or is given up. One that was put off from the start
        (quiet hours) holds up nobody.
        """
        others = _DELIVERIES.alias("others")
        first_of_lane = (
            select(func.min(others.c.number))
            .where(
                others.c.lane == _DELIVERIES.c.lane,
                others.c.platform == _DELIVERIES.c.platform,
                others.c.state == DeliveryState.PENDING,
                or_(others.c.attempts > 0, self._arrived(others.c.not_before)),
            )
            .scalar_subquery()
        )
        query = self._records.select().where(
            _DELIVERIES.c.platform == platform,
            _DELIVERIES.c.state == DeliveryState.PENDING,
            self._arrived(_DELIVERIES.c.not_before),
            _DELIVERIES.c.number == first_of_lane,
        )
        return await self._records.all(query.order_by(_DELIVERIES.c.number).limit(limit))

    async def pending_to(self, person: PersonId, platform: str) -> list[Delivery]:
        """What is still to be sent to one person alone, put off or not, oldest first."""
        query = self._records.select().where(
            _DELIVERIES.c.platform == platform,
            _DELIVERIES.c.state == DeliveryState.PENDING,
            _DELIVERIES.c.person == person,
        )
        return await self._records.all(query.order_by(_DELIVERIES.c.number))

    async def may_stand(self, place: Place) -> bool:
        """Whether a task's card may stand in the channel of `place` already, though nobody has written down where."""
        query = self._records.select().where(
            _DELIVERIES.c.platform == place.platform,
            _DELIVERIES.c.state == DeliveryState.PENDING,
            _DELIVERIES.c.unsure == true(),
            _DELIVERIES.c.task.is_not(None),
            _DELIVERIES.c.place.is_not(None),
        )
        found = [each.place for each in await self._records.all(query) if each.place is not None]
        return channel_of(place) in map(channel_of, found)

    async def get(self, key: str) -> Delivery:
        """The delivery; NotFoundError when there is none."""
        found = await self._records.first(self._records.select().where(_DELIVERIES.c.key == key))
        if found is None:
            raise self._records.missing(key)
        return found

    async def save(self, delivery: Delivery) -> None:
        """Replace the stored delivery of the same number; NotFoundError when there is none."""
        await self._records.save(delivery)

    async def dead(self, limit: int) -> list[Delivery]:
        """What was given up, newest first."""
        query = self._records.select().where(_DELIVERIES.c.state == DeliveryState.DEAD)
        return await self._records.all(query.order_by(_DELIVERIES.c.number.desc()).limit(limit))

    async def counts(self) -> dict[DeliveryState, int]:
        """How many there are in each state."""
        query = select(_DELIVERIES.c.state, func.count()).group_by(_DELIVERIES.c.state)
        found = {row[0]: row[1] for row in await self._connection.execute(query)}
        return {state: found.get(state, 0) for state in DeliveryState}

    async def forget(self, before: datetime) -> int:
        """Take away what was sent or given up before then; how many that were.

        What is about open tasks stays, and so do the cards of tasks and of how they ended: a task may be begun again,
        and its card must not be posted twice.
        """
        old = _DELIVERIES.c.state.in_((DeliveryState.SENT, DeliveryState.DEAD)) & (_DELIVERIES.c.settled_at < before)
        kept = or_(*(_DELIVERIES.c.key.like(shape) for shape in _KEPT))
        is_open = or_(is_about_open_task(_DELIVERIES.c.key), is_about_open_task(func.coalesce(_DELIVERIES.c.task, "")))
        done = await self._connection.execute(delete(_DELIVERIES).where(old, not_(kept), not_(is_open)))
        return done.rowcount

    def _arrived(self, not_before: ColumnElement[datetime | None]) -> ColumnElement[bool]:
        return or_(not_before.is_(None), not_before <= self._now)


def _lane(delivery: Delivery) -> str:
    """Where order matters: what is said about a task, else to a person, else at a place."""
    if delivery.task is not None:
        return f"task {delivery.task}"
    if delivery.person is not None:
        return f"person {delivery.person}"
    return f"place {place_path(delivery.place)}" if delivery.place is not None else ""
