"""The command `schedule`: work and reports by the clock, made, listed and changed."""

from collections.abc import Mapping
from dataclasses import replace

from bot.access import Refusal, is_own
from bot.cards.schedule import next_run, schedule_card, schedules_card
from bot.commands.acting import audited, done, key_of
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.registry import Handler
from bot.commands.reply import Private, Public, Reply
from bot.commands.schedule_words import About, Planned, read_schedule
from bot.commands.scope import scope_of, seen_project
from bot.schedules.making import checked_zone, pairs, usual_place
from bot.schedules.work import wish_of
from core.domain.access import Act
from core.domain.budget import usd_of
from core.domain.errors import InvalidInputError, NotFoundError
from core.domain.identity import Place, ProjectName
from core.domain.project import PlanGate
from core.domain.schedule import Missed, Schedule, Scheduled, ScheduledWork, ScheduleId
from core.domain.task import Priority
from core.domain.workflow import Mode
from core.scheduling import NewSchedule, Scheduling


async def schedule(command: Command, asker: Asker, context: Context) -> Reply:
    """List schedules, change one of them, or make one of a time and a request."""
    project = await _project(command, asker, context)
    zone = command.option("tz") or _zone(project, context)
    wanted = read_schedule(command.text, now=context.seen.clock(), time_zone=checked_zone(zone))
    if isinstance(wanted, About):
        return await _about(wanted, command, asker, context)
    if project is None:
        names = ", ".join(sorted(asker.access)) or "none"
        raise InvalidInputError("In which project?", hint=f"Add --project NAME. Yours: {names}.")
    return await _made(wanted, command, asker, context, project=project)


async def _made(wanted: Planned, command: Command, asker: Asker, context: Context, *, project: ProjectName) -> Reply:
    act = _needed(asker, project) if wanted.report else Act.SUBMIT
    refusal = context.gate.refused(asker.person.id, act, project) or _too_dear(command, asker, context, project)
    if refusal is not None:
        return await context.refuse(asker, "schedule", refusal, subject=project)
    what = wanted.report or _work(wanted.text, command)
    if isinstance(what, ScheduledWork):
        # what cannot be handed over at its time is refused now, not then
        wish_of(what, project=project, templates=context.templates(asker, project))
    new = NewSchedule(
        project=project,
        when=wanted.when,
        what=what,
        missed=Missed(command.option("missed") or Missed.RUN),
        place=await _place(asker, context, project),
        key=key_of(asker),
    )
    if wanted.report and new.place is None:
        raise InvalidInputError("Report to which channel?", hint="Type it in the channel that is to read it.")
    face = scheduling(context)
    made = await face.add(new, by=asker.person.id)
    # after it, because only now it has a name; whoever comes here again after a crash gets the same one
    await context.note(asker, "schedule", subject=made.id, detail=f"{project}: {command.text}")
    card = schedule_card(made, now=context.seen.clock(), title=f"{made.id} is scheduled", may_change=True)
    return Private(card=card, done=True) if asker.place.channel.startswith("D") else Public(card=card)


async def _about(wanted: About, command: Command, asker: Asker, context: Context) -> Reply:
    now, face = context.seen.clock(), scheduling(context)
    if wanted.doing == "list":
        scope = await scope_of(command, asker, context)
        return Private(card=schedules_card(await face.listed(projects=scope.projects), now=now))
    known = await _seen(wanted, asker, context)
    refusal = _refused(known, asker, context)
    if wanted.doing == "show":
        return Private(card=schedule_card(known, now=now, may_change=refusal is None))
    if refusal is not None:
        return await context.refuse(asker, f"schedule {wanted.doing}", refusal, subject=known.id)
    async with audited(f"schedule {wanted.doing}", asker, context, subject=known.id):
        return done(await _changed(wanted, known, asker, context))


async def _changed(wanted: About, known: Schedule, asker: Asker, context: Context) -> str:
    face, by = scheduling(context), asker.person.id
    match wanted.doing:
        case "pause":
            await face.pause(known.id, by=by)
            return f"{known.id} is paused. Go on with: schedule resume {known.id}"
        case "resume":
            again = await face.resume(known.id, by=by)
            return f"{known.id} goes on. Next: {next_run(again, now=context.seen.clock())}"
        case "delete":
            await face.remove(known.id, by=by)
            return f"{known.id} is deleted. What it began stays."
        case _:
            return await _run_now(known, asker, context)


async def _run_now(known: Schedule, asker: Asker, context: Context) -> str:
    if not isinstance(known.what, ScheduledWork):
        raise InvalidInputError("A report comes at its time.", hint="For the figures now: costs")
    wish = wish_of(known.what, project=known.project, templates=context.templates(asker, known.project))
    task = await wish.submitted(context.orchestrator, by=asker.person.id, place=known.place, key=key_of(asker))
    return f"{task.id} is taken on: {task.title}"


async def _seen(wanted: About, asker: Asker, context: Context) -> Schedule:
    """The schedule; what is not there and what the asker may not see are answered alike."""
    named = wanted.schedule or ScheduleId("")
    missing = NotFoundError("schedule", named, hint="See yours with: schedule list")
    try:
        known = await scheduling(context).get(named)
    except NotFoundError:
        raise missing from None
    if known.project in asker.access or context.gate.sees_all(asker.person.id):
        return known
    await context.note(asker, f"schedule {wanted.doing}", subject=known.id, detail="not theirs to see", allowed=False)
    raise missing


def _refused(known: Schedule, asker: Asker, context: Context) -> Refusal | None:
    """Why the asker may not change it: it takes who made it and still may, or an admin of its project."""
    own = known.by == asker.person.id
    return context.gate.refused(asker.person.id, Act.SUBMIT if own else Act.MANAGE, known.project)


def _needed(asker: Asker, project: ProjectName) -> Act:
    """What a report takes: in a channel about something else it tells people who may not see the project."""
    return Act.LOOK if is_own(asker.place) or asker.bound == project else Act.MANAGE


def _too_dear(command: Command, asker: Asker, context: Context, project: ProjectName) -> Refusal | None:
    usual = context.gate.projects[project].task_budget_usd if project in context.gate.projects else None
    if not command.has("budget") or usual is None or usd_of(command.option("budget")) <= usual:
        return None
    about = f"A budget above the usual ${usual} for each task"
    return context.gate.refused_to_spend(asker.person.id, about, project=project, requester=asker.person.id)


def _work(text: str, command: Command) -> Scheduled:
    template = command.option("template")
    if not text and not template:
        raise InvalidInputError(
            "What is to be done then?", hint="For example: schedule every weekday at 9 fix flaky tests"
        )
    priority, mode, gate = command.option("priority"), command.option("mode"), command.option("plan-gate")
    return ScheduledWork(
        request=text,
        template=template,
        values=pairs(command.every("set")),
        workflow=command.option("workflow"),
        model=command.option("model"),
        priority=Priority(priority) if priority else None,
        mode=Mode(mode) if mode else None,
        plan_gate=PlanGate(gate) if gate else None,
        include_analyst=command.has("include-analyst"),
        budget_usd=str(usd_of(command.option("budget"))) if command.has("budget") else "",
    )


async def _project(command: Command, asker: Asker, context: Context) -> ProjectName | None:
    named = command.option("project")
    return await seen_project(named, asker, context, act="schedule") if named else asker.usual_project


async def _place(asker: Asker, context: Context, project: ProjectName) -> Place | None:
    """Where it is told: the channel it is made in; from a terminal the project's own."""
    if asker.place.channel and asker.place.platform != "console":
        return replace(asker.place, thread="")
    return await usual_place(context.seen.store, context.gate.projects[project])


def _zone(project: ProjectName | None, context: Context) -> str:
    known = context.gate.projects.get(project) if project else None
    return known.time_zone if known is not None else context.seen.settings.time_zone


def scheduling(context: Context) -> Scheduling:
    """What changes schedules."""
    return Scheduling(context.seen.store, mask=context.seen.mask)


HANDLERS: Mapping[Verb, Handler] = {Verb.SCHEDULE: schedule}
