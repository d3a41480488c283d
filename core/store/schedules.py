"""Schedules in the database."""

from collections.abc import Collection

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.identity import ProjectName
from core.domain.schedule import Schedule, ScheduleId, ScheduleState
from core.store.counters import raised
from core.store.records import Records
from core.store.schedule_tables import schedules


class Schedules:
    """Schedules, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        hint = "See them all with: schedule list"
        self._records = Records(connection, schedules, Schedule, kind="schedule", hint=hint, locking=locking)

    async def next_number(self) -> int:
        """The number of a new schedule; a rollback gives it back."""
        return await raised(self._connection, "schedules")

    async def add(self, schedule: Schedule) -> None:
        """A new one."""
        await self._records.add([schedule])

    async def get(self, schedule: ScheduleId) -> Schedule:
        """The schedule; NotFoundError when there is none."""
        return await self._records.get(schedule)

    async def find_key(self, key: str) -> Schedule | None:
        """The one that the act named `key` made."""
        return await self._records.first(self._records.select().where(schedules.c.key == key))

    async def save(self, schedule: Schedule) -> None:
        """Replace what is stored; NotFoundError when it was removed."""
        await self._records.save(schedule)

    async def remove(self, schedule: ScheduleId) -> None:
        """Forget it; NotFoundError when there is none."""
        done = await self._connection.execute(delete(schedules).where(schedules.c.id == schedule))
        if done.rowcount == 0:
            raise self._records.missing(schedule)

    async def list(
        self,
        *,
        projects: Collection[ProjectName] | None = None,
        states: Collection[ScheduleState] = tuple(ScheduleState),
    ) -> list[Schedule]:
        """By number; of `projects` only, unless that is None."""
        query = self._records.select().where(schedules.c.state.in_(states))
        if projects is not None:
            query = query.where(schedules.c.project.in_(projects))
        # S10 comes after S9
        return await self._records.all(query.order_by(func.length(schedules.c.id), schedules.c.id))
