"""`orchestrator watch`: the cards of all open tasks, or of one, live until they end or the person leaves."""

from typing import Annotated

import typer

from bot.cli import complete, parse
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform

_LEAVE = "qQ\x04"
"""The last one is Ctrl-D."""


def watch(
    context: typer.Context,
    number: Annotated[
        str | None,
        typer.Argument(
            metavar="N", help="Task number; without one, every open task.", autocompletion=complete.open_tasks
        ),
    ] = None,
) -> None:
    """Watch all open tasks, or one, as they change; q leaves.

    Examples: orchestrator watch   ·   orchestrator watch 142
    """

    async def work() -> int:
        from bot.terminal import terminal
        from bot.watching import Watching, first_of

        task = parse.task_id(number) if number else None
        async with invocation(context).onlooker() as seen:
            console = terminal()
            if task is not None:
                # an unknown task is refused before anything is said
                await seen.reader.task(task)
            if not await seen.worker_running():
                console.say("No worker is running, so nothing moves. Start one with: orchestrator worker")
            watching = Watching(seen=seen, console=console, only=task)
            await first_of(watching.run(), console.pressed(_LEAVE, label="q leaves"))
        return Exit.DONE

    perform(context, work)
