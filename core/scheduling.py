"""What people do with schedules, and which are due: each change with its event in one transaction."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import HOUSE, ScheduleChanged
from core.domain.identity import PersonId, Place, ProjectName
from core.domain.schedule import (
    Due,
    Missed,
    Schedule,
    ScheduleChange,
    Scheduled,
    ScheduledWork,
    ScheduleId,
    ScheduleState,
    When,
    schedule_id,
)
from core.planning.request import clean_request
from core.schedules.times import due, next_time, upcoming
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

MOST = 200
"""Of one project: more are a mistake of some program."""
_GOES_ON = frozenset({ScheduleState.ACTIVE, ScheduleState.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    """What somebody wants done by the clock. `key` names the act: the same one again makes no second schedule."""

    project: ProjectName
    when: When
    what: Scheduled
    missed: Missed = Missed.RUN
    place: Place | None = None
    key: str = ""


class Scheduling:
    """Makes, changes and looks up schedules; needs no engine."""

    def __init__(self, store: Store, *, mask: Callable[[str], str]) -> None:
        """`mask` hides secrets: a request is kept for long."""
        self._store = store
        self._mask = mask

    async def add(self, wanted: NewSchedule, *, by: PersonId) -> Schedule:
        """Keep it; InvalidInputError (empty request, a time that is over) and ConflictError (far too many)."""
        async with self._store.transaction() as uow:
            if wanted.key and (known := await uow.schedules.find_key(wanted.key)):
                return known
            schedule = Schedule(
                id=schedule_id(await uow.schedules.next_number()),
                project=wanted.project,
                by=by,
                place=wanted.place,
                when=wanted.when,
                what=self._cleaned(wanted.what),
                missed=wanted.missed,
                counted_from=uow.now,
                created_at=uow.now,
                key=wanted.key,
            )
            _require_future(schedule, uow.now)
            if len(await uow.schedules.list(projects={wanted.project}, states=_GOES_ON)) >= MOST:
                raise ConflictError(
                    f"{wanted.project} has {MOST} schedules already.",
                    hint="Remove some: schedule delete S3",
                )
            await uow.schedules.add(schedule)
            await _told(uow, schedule, "added", by=by)
            return schedule

    async def get(self, schedule: ScheduleId) -> Schedule:
        """The schedule; NotFoundError when there is none."""
        async with self._store.reading() as uow:
            return await uow.schedules.get(schedule)

    async def listed(
        self, *, projects: Collection[ProjectName] | None = None, with_done: bool = False
    ) -> list[Schedule]:
        """By number, of `projects` only unless that is None; those that are over on demand."""
        states = tuple(ScheduleState) if with_done else tuple(_GOES_ON)
        async with self._store.reading() as uow:
            return await uow.schedules.list(projects=projects, states=states)

    async def pause(self, schedule: ScheduleId, *, by: PersonId | None, reason: str = "") -> Schedule:
        """Run it no more until it is resumed; ConflictError when it is not active."""
        async with self._store.transaction() as uow:
            known, why = await _in_state(uow, schedule, ScheduleState.ACTIVE), self._mask(reason)
            return await _saved(
                uow,
                replace(known, state=ScheduleState.PAUSED, reason=why),
                "paused",
                by=by,
                detail=why,
            )

    async def resume(self, schedule: ScheduleId, *, by: PersonId) -> Schedule:
        """Run it again from now on: what passed while it was paused is over; ConflictError when it is not paused."""
        async with self._store.transaction() as uow:
            known = await _in_state(uow, schedule, ScheduleState.PAUSED)
            active = replace(known, state=ScheduleState.ACTIVE, reason="", counted_from=uow.now)
            _require_future(active, uow.now)
            return await _saved(uow, active, "resumed", by=by)

    async def remove(self, schedule: ScheduleId, *, by: PersonId) -> Schedule:
        """Forget it; what it started stays. NotFoundError when there is none."""
        async with self._store.transaction() as uow:
            known = await uow.schedules.get(schedule)
            await uow.schedules.remove(schedule)
            await _told(uow, known, "removed", by=by)
            return known

    async def active(self) -> list[Schedule]:
        """All that run by themselves."""
        async with self._store.reading() as uow:
            return await uow.schedules.list(states={ScheduleState.ACTIVE})

    def _cleaned(self, what: Scheduled) -> Scheduled:
        if not isinstance(what, ScheduledWork) or (what.template and not what.request):
            return what
        return replace(what, request=clean_request(self._mask(what.request)))


async def settle(uow: UnitOfWork, schedule: Schedule, at: Due, *, became: str) -> bool:
    """Note that what was due is over, and what it `became` ('' for skipped); False when another process did so."""
    known = await uow.schedules.get(schedule.id)
    if known.counted_from >= at.counted_to:
        return False
    over = next_time(known.when, after=at.counted_to) is None
    changed = replace(
        known,
        counted_from=at.counted_to,
        last_run=became or known.last_run,
        state=ScheduleState.DONE if over and known.state is ScheduleState.ACTIVE else known.state,
    )
    await _saved(uow, changed, "ran" if became else "skipped", detail=became)
    return True


def due_now(schedules: Collection[Schedule], *, now: datetime) -> list[tuple[Schedule, Due]]:
    """Which of them are due, the one that waits longest first."""
    found = [(schedule, at) for schedule in schedules if (at := due(schedule, now=now)) is not None]
    return sorted(found, key=lambda each: each[1].counted_to)


def next_wake(schedules: Collection[Schedule], *, now: datetime) -> datetime | None:
    """When something is due next; None for never."""
    return min((at for schedule in schedules if (at := upcoming(schedule, now=now)) is not None), default=None)


async def _in_state(uow: UnitOfWork, schedule: ScheduleId, state: ScheduleState) -> Schedule:
    known = await uow.schedules.get(schedule)
    if known.state is not state:
        raise ConflictError(f"{schedule} is {known.state.value}.", hint="See it with: schedule list")
    return known


async def _saved(
    uow: UnitOfWork, schedule: Schedule, change: ScheduleChange, *, by: PersonId | None = None, detail: str = ""
) -> Schedule:
    await uow.schedules.save(schedule)
    await _told(uow, schedule, change, by=by, detail=detail)
    return schedule


async def _told(
    uow: UnitOfWork, schedule: Schedule, change: ScheduleChange, *, by: PersonId | None = None, detail: str = ""
) -> None:
    await uow.events.append(
        HOUSE,
        ScheduleChanged(schedule=schedule.id, change=change, detail=detail, by=by),
    )


def _require_future(schedule: Schedule, now: datetime) -> None:
    if upcoming(schedule, now=now) is None:
        raise InvalidInputError(
            f"{schedule.id} would never run: its time is over.",
            hint="Make a new one for a time that is to come.",
        )
