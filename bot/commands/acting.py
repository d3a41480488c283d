"""What every command that changes something does around its one call of the core: may they, and the audit row."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.commands.context import Asker, Context
from bot.commands.grammar import Command
from bot.commands.notes import note_card
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.scope import seen_task
from core.domain.access import Act
from core.domain.errors import OrchestratorError
from core.views import TaskView

TaskHandler = Callable[[Command, Asker, Context, TaskView], Awaitable[Reply]]


def done(text: str, *, hint: str = "") -> Private:
    """The short answer to something that worked."""
    return Private(card=note_card(text, hint=hint), done=True)


def on_task(act: Act) -> Callable[[TaskHandler], Handler]:
    """Make a handler of one that is given the task its command names, once the asker may do `act` there."""

    def checked(handler: TaskHandler) -> Handler:
        async def run(command: Command, asker: Asker, context: Context) -> Reply:
            view = await task_for(command, asker, context, act=act)
            return view if isinstance(view, Private) else await handler(command, asker, context, view)

        return run

    return checked


async def task_for(command: Command, asker: Asker, context: Context, *, act: Act) -> TaskView | Private:
    """The task the command names, when the asker may do `act` in its project, else the refusal.

    NotFoundError when there is no such task that they may see.
    """
    view = await seen_task(command.target, asker, context, act=command.verb.value)
    task = view.task
    refusal = context.gate.refused(asker.person.id, act, task.project)
    if refusal is not None:
        return await context.refuse(asker, command.verb.value, refusal, subject=task.id)
    return view


def key_of(asker: Asker) -> str:
    """Names what the asker did: the core does it once, however often it is told."""
    return f"{asker.place.platform}:{asker.event_id}"


@asynccontextmanager
async def audited(act: str, asker: Asker, context: Context, *, subject: str, detail: str = "") -> AsyncGenerator[None]:
    """Around the one call that does it: the row is there before, so that nothing is done without one.

    What the core does not do after all is another row.
    """
    await context.note(asker, act, subject=subject, detail=detail)
    try:
        yield
    except OrchestratorError as error:
        await context.note(asker, act, subject=subject, detail=f"Not done: {error.message}")
        raise
