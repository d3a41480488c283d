"""`orchestrator schedule …`: work and reports that begin by the clock while a worker or the bot runs."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import complete
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from bot.cli.run import ByModel, ByWorkflow, InProject, WithBudget
from core.domain.errors import InvalidInputError
from core.domain.project import PlanGate
from core.domain.schedule import Missed, ScheduledWork, ScheduleId
from core.domain.task import Priority

if TYPE_CHECKING:
    from bot.compose import Program
    from bot.onlooker import Onlooker
    from core.domain.schedule import Schedule
    from core.scheduling import Scheduling

app = typer.Typer(help="Work and reports that begin by the clock.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Which one, such as S3.")]
TimeZone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="Time zone, such as Europe/Berlin.")]
IfMissed = Annotated[Missed, typer.Option("--missed", help="When its time passed while nothing ran.")]


@app.command()
def add(
    context: typer.Context,
    when: Annotated[str, typer.Argument(metavar="WHEN", help='Such as "every weekday at 9", or cron "0 9 * * 1-5".')],
    request: Annotated[
        str, typer.Argument(metavar="REQUEST", help="What is to be done, or: daily report, weekly report.")
    ] = "",
    project: InProject = "",
    template: Annotated[
        str, typer.Option("--template", help="Fill this template each time.", autocompletion=complete.templates)
    ] = "",
    values: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Of the template.")] = None,
    workflow: ByWorkflow = "",
    model: ByModel = "",
    priority: Annotated[Priority | None, typer.Option("--priority", help="Who starts first when not all can.")] = None,
    plan_gate: Annotated[PlanGate | None, typer.Option("--plan-gate", help="When the plan is shown first.")] = None,
    budget: WithBudget = "",
    tz: TimeZone = "",
    missed: IfMissed = Missed.RUN,
    as_json: AsJson = False,
) -> None:
    """Let a request, a template or a report begin by the clock.

    Examples: orchestrator schedule add "every weekday at 9" "fix flaky tests"
    ·   orchestrator schedule add "weekly on friday at 16:00" "weekly report"
    """

    async def work() -> int:
        from bot.cli.new_schedule import Typed, added

        typed = Typed(
            when=when,
            request=request,
            project=project,
            template=template,
            values=tuple(values or ()),
            workflow=workflow,
            model=model,
            priority=priority,
            plan_gate=plan_gate,
            budget=budget,
            time_zone=tz,
            missed=missed,
        )
        async with invocation(context).onlooker() as seen:
            _tell(await added(seen, typed), seen, as_json=as_json)
        return 0

    perform(context, work)


@app.command("list")
def list_(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Only its.", autocompletion=complete.projects)] = "",
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List schedules with their next run."""

    async def work() -> int:
        from bot.cards.schedule import schedules_card
        from bot.cli.tables import print_card

        async with invocation(context).onlooker() as seen:
            projects = {seen.settings.project(project).name} if project else None
            found = await _face(seen).listed(projects=projects, with_done=everything)
            if as_json:
                print_json([_document(each, seen) for each in found])
            else:
                print_card(schedules_card(found, now=seen.clock()))
        return 0

    perform(context, work)


@app.command()
def show(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show one schedule."""

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            _tell(await _face(seen).get(_named(name)), seen, as_json=as_json)
        return 0

    perform(context, work)


@app.command()
def pause(context: typer.Context, name: Name) -> None:
    """Let it rest until it is resumed."""
    told = "{0} is paused. Resume it with: orchestrator schedule resume {0}"
    _change(context, lambda face: face.pause(_named(name), by=me()), told)


@app.command()
def resume(context: typer.Context, name: Name) -> None:
    """Let it run again from now on."""
    _change(context, lambda face: face.resume(_named(name), by=me()), "{} goes on.")


@app.command()
def delete(context: typer.Context, name: Name) -> None:
    """Forget it; what it began stays."""
    _change(context, lambda face: face.remove(_named(name), by=me()), "{} is deleted. What it began stays.")


@app.command()
def run(context: typer.Context, name: Name) -> None:
    """Begin its work now, besides its times."""

    async def work() -> int:
        from bot.schedules.work import wish_of
        from config.template_loader import load_templates

        async with invocation(context).program() as program:
            known = await _face(program).get(_named(name))
            if not isinstance(known.what, ScheduledWork):
                raise InvalidInputError("A report comes at its time.", hint="For the figures now: orchestrator costs")
            wish = wish_of(
                known.what,
                project=known.project,
                templates=load_templates(program.settings.home, project=known.project),
            )
            task = await wish.submitted(program.orchestrator, by=me(), place=known.place)
            typer.echo(f"{task.id} is taken on: {task.title}")
        return 0

    perform(context, work)


def _change(context: typer.Context, change: Callable[["Scheduling"], "Awaitable[Schedule]"], told: str) -> None:
    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            changed = await change(_face(seen))
        typer.echo(told.format(changed.id))
        return 0

    perform(context, work)


def _face(seen: "Onlooker | Program") -> "Scheduling":
    from core.scheduling import Scheduling

    return Scheduling(seen.store, mask=seen.mask)


def _named(text: str) -> ScheduleId:
    number = text.strip().upper().removeprefix("S")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InvalidInputError(f"{text[:40]!r} is not a schedule.", hint="A schedule looks like S3.")
    return ScheduleId(f"S{int(number)}")


def _tell(schedule: "Schedule", seen: "Onlooker", *, as_json: bool) -> None:
    from bot.cards.schedule import schedule_card
    from bot.cli.tables import print_card

    if as_json:
        print_json(_document(schedule, seen))
    else:
        print_card(schedule_card(schedule, now=seen.clock()))


def _document(schedule: "Schedule", seen: "Onlooker") -> dict[str, Any]:
    from bot.cards.schedule import what
    from core.schedules.times import upcoming

    at = upcoming(schedule, now=seen.clock())
    return {
        "id": schedule.id,
        "project": schedule.project,
        "by": schedule.by,
        "what": what(schedule),
        "cron": schedule.when.cron or None,
        "at": schedule.when.at.isoformat() if schedule.when.at else None,
        "time_zone": schedule.when.time_zone,
        "missed": schedule.missed.value,
        "state": schedule.state.value,
        "reason": schedule.reason or None,
        "next": at.isoformat() if at else None,
        "last": schedule.last_run or None,
    }
