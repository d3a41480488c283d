"""Commands that stop a task, let it go on, begin it again, or try another way."""

from collections.abc import Mapping

from bot.commands.acting import audited, done, key_of, on_task
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, written
from bot.commands.notes import note_card
from bot.commands.registry import Handler
from bot.commands.reply import AskForm, Reply
from bot.commands.scope import own_run
from bot.commands.spelling import SLASH
from bot.commands.targets import take_target
from bot.commands.vocabulary import Target
from bot.forms.tasks import fork_form
from bot.said import message_uuid
from core.domain.access import Act
from core.domain.errors import ConflictError, InvalidInputError
from core.domain.identity import AgentRunId, StepName
from core.domain.task import Priority
from core.views import TaskView


@on_task(Act.CONTROL)
async def cancel(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """End the task now."""
    reason = _reason(command)
    async with audited("cancel", asker, context, subject=view.task.id, detail=reason):
        task = await context.orchestrator.cancel(view.task.id, by=asker.person.id, reason=reason)
    kept = f"Its branch {task.branch} is kept." if task.branch else ""
    return done(f"{task.id} is cancelled.", hint=kept)


@on_task(Act.CONTROL)
async def pause(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Stop the task's agents where they are."""
    reason = _reason(command)
    async with audited("pause", asker, context, subject=view.task.id, detail=reason):
        task = await context.orchestrator.pause(view.task.id, by=asker.person.id, reason=reason)
    return done(f"{task.id} is paused.", hint=f"Go on with: {SLASH} resume {task.id}")


@on_task(Act.CONTROL)
async def resume(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Go on where it was paused."""
    async with audited("resume", asker, context, subject=view.task.id):
        task = await context.orchestrator.resume(view.task.id, by=asker.person.id)
    return done(f"{task.id} goes on.")


@on_task(Act.CONTROL)
async def retry(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Begin another life of an ended task."""
    step = command.option("from")
    async with audited("retry", asker, context, subject=view.task.id, detail=f"from {step}" if step else ""):
        task = await context.orchestrator.retry(
            view.task.id, by=asker.person.id, from_step=StepName(step) if step else None
        )
    return done(f"{task.id} is tried again{f' from step {step}' if step else ''}.")


@on_task(Act.CONTROL)
async def rewind(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Set the task and its branch back to before a step."""
    step = command.text
    async with audited("rewind", asker, context, subject=view.task.id, detail=f"to before {step}"):
        task = await context.orchestrator.rewind(view.task.id, by=asker.person.id, to_step=StepName(step))
    return done(f"{task.id} is set back to before step {step}.", hint="What is undone stays reachable in git.")


@on_task(Act.CONTROL)
async def fork(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Make a second task that goes its own way; without `--at` a form asks where it begins."""
    at = command.option("at")
    if not at:
        return _where(command, view)
    step, run, message = fork_point(at)
    if run is not None:
        found = own_run(view, run)
        message = await message_uuid(context.seen, found.run, message)
    async with audited("fork", asker, context, subject=view.task.id, detail=f"at {at}: {command.text}"):
        task = await context.orchestrator.fork(
            view.task.id,
            by=asker.person.id,
            at_step=step,
            at_run=run,
            at_message=message,
            request=command.text,
            model=command.option("model"),
            key=key_of(asker),
        )
    compare = f"Later: {SLASH} compare {view.task.id} {task.id}"
    return done(f"{task.id} goes its own way from {at} of {view.task.id}.", hint=compare)


@on_task(Act.CONTROL)
async def keep(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Settle for this one of several forks."""
    async with audited("keep", asker, context, subject=view.task.id):
        dropped = await context.orchestrator.keep(view.task.id, by=asker.person.id)
    others = f"cancelled: {', '.join(dropped)}" if dropped else "none of the others was still open"
    return done(f"{view.task.id} is kept; {others}.")


@on_task(Act.CONTROL)
async def priority(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Say whose agents start first."""
    try:
        level = Priority(command.text.lower())
    except ValueError as error:
        raise InvalidInputError(
            f"{command.text[:40]!r} is no priority.", hint=f"It can be {', '.join(Priority)}."
        ) from error
    async with audited("priority", asker, context, subject=view.task.id, detail=level.value):
        task = await context.orchestrator.set_priority(view.task.id, level, by=asker.person.id)
    return done(f"{task.id} has {task.priority.value} priority now.")


def fork_point(text: str) -> tuple[StepName | None, AgentRunId | None, str]:
    """`build` as a step, `T142.3` as an agent run, `T142.3:4` as its fourth message."""
    name, _, message = text.partition(":")
    found, _ = take_target(Target.RUN, name)
    return (None, AgentRunId(found[0]), message) if found else (StepName(text), None, "")


def _where(command: Command, view: TaskView) -> Reply:
    """The form that asks which step the fork begins with, and what it should do differently."""
    task = view.task
    steps = [part.step.name for part in view.steps if part.step.base_commit] if task.branch else []
    if not steps:
        raise ConflictError(
            f"{task.id} has no step yet that a fork could begin with.", hint="Wait until one has begun."
        )
    return AskForm(
        command=written(command),
        make=lambda token: fork_form(task, steps=steps, token=token),
        instead=note_card(
            f"Where does the fork of {task.id} begin?", hint=f"Type: {SLASH} fork {task.id} --at {steps[-1]}"
        ),
    )


def _reason(command: Command) -> str:
    return command.option("reason") or command.text


HANDLERS: Mapping[Verb, Handler] = {
    Verb.CANCEL: cancel,
    Verb.PAUSE: pause,
    Verb.RESUME: resume,
    Verb.RETRY: retry,
    Verb.REWIND: rewind,
    Verb.FORK: fork,
    Verb.KEEP: keep,
    Verb.PRIORITY: priority,
}
