"""A schedule as it was typed at the terminal: read, held against what there is, and kept."""

from dataclasses import dataclass

from bot.cli.persons import chosen_project, me
from bot.commands.schedule_words import Planned, read_schedule
from bot.onlooker import Onlooker
from bot.schedules.making import checked_zone, pairs, usual_place
from bot.schedules.work import wish_of
from config.template_loader import load_templates
from core.domain.budget import usd_of
from core.domain.errors import InvalidInputError
from core.domain.project import PlanGate, Project
from core.domain.schedule import Missed, Schedule, Scheduled, ScheduledWork
from core.domain.task import Priority
from core.scheduling import NewSchedule, Scheduling


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed; '' where nothing was said."""

    when: str
    request: str
    project: str
    template: str
    values: tuple[str, ...]
    """`KEY=VALUE` texts for the template."""
    workflow: str
    model: str
    priority: Priority | None
    plan_gate: PlanGate | None
    budget: str
    time_zone: str
    missed: Missed


async def added(seen: Onlooker, typed: Typed) -> Schedule:
    """The new schedule; InvalidInputError and NotFoundError for what could not be done at its time."""
    project = seen.settings.project(chosen_project(seen.settings, typed.project))
    said = _read(seen, typed, project)
    what = said.report or _work(typed, said.text)
    _require_whole(seen, project, what)
    place = await usual_place(seen.store, project)
    if said.report and place is None:
        raise InvalidInputError(
            f"{project.name} has no channel to report to.", hint=f"Name one: projects.{project.name}.chat.channels"
        )
    new = NewSchedule(project=project.name, when=said.when, what=what, missed=typed.missed, place=place)
    return await Scheduling(seen.store, mask=seen.mask).add(new, by=me())


def _read(seen: Onlooker, typed: Typed, project: Project) -> Planned:
    zone = checked_zone(typed.time_zone or project.time_zone)
    said = read_schedule(f"{typed.when} {typed.request}".strip(), now=seen.clock(), time_zone=zone)
    if not isinstance(said, Planned):
        raise InvalidInputError(f"{typed.when!r} is no time.", hint="For example: every weekday at 9")
    return said


def _work(typed: Typed, request: str) -> ScheduledWork:
    return ScheduledWork(
        request=request,
        template=typed.template,
        values=pairs(typed.values),
        workflow=typed.workflow,
        model=typed.model,
        priority=typed.priority,
        plan_gate=typed.plan_gate,
        budget_usd=str(usd_of(typed.budget)) if typed.budget else "",
    )


def _require_whole(seen: Onlooker, project: Project, what: Scheduled) -> None:
    """What cannot be handed over at its time is refused now, not then."""
    if not isinstance(what, ScheduledWork):
        return
    if not what.request and not what.template:
        raise InvalidInputError(
            "What is to be done then?", hint='For example: orchestrator schedule add "every day at 9" "fix flaky tests"'
        )
    wish_of(what, project=project.name, templates=load_templates(seen.settings.home, project=project.name))
