"""What a schedule's time brings: its request handed over in the name of who made it, or its report into the outbox."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from adapters.chat.card import Card, Text, Tone, Weight
from bot.access import CONSOLE, Gate
from bot.commands.notes import NOTE
from bot.delivery.notices import CardNotice, Notice, PictureNotice, written
from bot.schedules.firing import Also
from bot.schedules.report import Told
from bot.schedules.work import wish_of
from config.template_loader import Templates
from core.domain.access import Act
from core.domain.conversation import Delivery
from core.domain.errors import ConflictError, InvalidInputError, NotFoundError, OrchestratorError
from core.domain.identity import Person, ProjectName
from core.domain.schedule import Schedule, ScheduledReport, ScheduledWork
from core.orchestrator import Orchestrator
from core.scheduling import Scheduling
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

REPORT = "report"
Report = Callable[[Schedule, ScheduledReport, datetime], Awaitable[Told]]
"""Makes the report that is due at that time."""


class Beginning:
    """Begins work and reports. `templates` are those of a project; `report` makes the card."""

    def __init__(
        self,
        *,
        orchestrator: Orchestrator,
        store: Store,
        gate: Gate,
        templates: Callable[[ProjectName], Templates],
        report: Report,
    ) -> None:
        self._orchestrator = orchestrator
        self._store = store
        self._gate = gate
        self._templates = templates
        self._report = report

    async def begin(self, schedule: Schedule, *, at: datetime, key: str) -> tuple[str, Also | None]:
        """As `Begin`; who may not hand work over any more begins none."""
        await self._require_allowed(schedule)
        match schedule.what:
            case ScheduledWork() as work:
                wish = wish_of(work, project=schedule.project, templates=self._templates(schedule.project))
                task = await wish.submitted(self._orchestrator, by=schedule.by, place=schedule.place, key=key)
                return task.id, None
            case ScheduledReport() as report:
                return REPORT, await self._posting(schedule, report, at=at, key=key)

    async def _require_allowed(self, schedule: Schedule) -> None:
        async with self._store.reading() as uow:
            known = await uow.people.get(schedule.by)
        if known is not None:
            self._gate.meet(Person(id=known.id, name=known.name, groups=known.groups))
        needed = Act.SUBMIT if isinstance(schedule.what, ScheduledWork) else Act.LOOK
        if schedule.project not in self._gate.projects:
            raise InvalidInputError(
                f"There is no project {schedule.project} any more.",
                hint="Bind it again, or remove the schedule.",
            )
        if self._gate.refused(schedule.by, needed, schedule.project) is not None:
            raise InvalidInputError(
                f"Whoever made {schedule.id} may not do that in {schedule.project} any more.",
                hint="Somebody who may makes a new one.",
            )

    async def _posting(self, schedule: Schedule, report: ScheduledReport, *, at: datetime, key: str) -> Also:
        if schedule.place is None:
            raise InvalidInputError(f"{schedule.id} has no channel to report to.", hint="Make it in a channel.")
        place, told = schedule.place, await self._report(schedule, report, at)

        notices: dict[str, Notice] = {key: CardNotice(card=told.card)}
        if told.drawing is not None:
            notices[f"{key}:picture"] = PictureNotice(drawing=told.drawing)

        async def post(uow: UnitOfWork) -> None:
            for name, notice in notices.items():
                await uow.deliveries.add(
                    Delivery(key=name, platform=place.platform, place=place, notice=written(notice), made_at=uow.now)
                )

        return post


class GivenUp:
    """Pauses a schedule that cannot be begun, and tells who made it."""

    def __init__(self, scheduling: Scheduling, store: Store) -> None:
        self._scheduling = scheduling
        self._store = store

    async def tell(self, schedule: Schedule, error: OrchestratorError) -> None:
        """Once for each time it is paused; nothing when somebody did so in between."""
        try:
            paused = await self._scheduling.pause(schedule.id, by=None, reason=error.message)
        except (ConflictError, NotFoundError):
            # somebody was faster
            return
        platform = schedule.by.partition(":")[0]
        if platform == CONSOLE:
            return
        async with self._store.transaction() as uow:
            await uow.deliveries.add(
                Delivery(
                    key=f"{schedule.id}:paused:{uow.now:%Y-%m-%dT%H:%MZ}",
                    platform=platform,
                    person=schedule.by,
                    notice=written(CardNotice(card=paused_card(paused, hint=error.hint))),
                    made_at=uow.now,
                )
            )


def paused_card(schedule: Schedule, *, hint: str) -> Card:
    """What is told when a schedule cannot go on."""
    said = f"{hint} Then: schedule resume {schedule.id}".strip()
    return Card(
        key=NOTE,
        title=f"{schedule.id} is paused: its time came, and it could not begin",
        tone=Tone.BAD,
        sections=(Text(text=schedule.reason), Text(text=said, weight=Weight.NEXT)),
        about=f"{schedule.id} is paused",
    )
