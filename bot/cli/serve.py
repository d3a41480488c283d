"""Commands that stay: `worker` does the work, `chat` talks about it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform
from bot.cli.persons import chosen_project, myself
from bot.cli.signals import whisper


def worker(context: typer.Context) -> None:
    """Do the work that others hand over, until stopped.

    Stop it with Ctrl-C or SIGTERM; what is under way goes on at the next start.
    """

    async def work() -> int:
        try:
            async with invocation(context).program() as program, program.worker():
                typer.echo("Working. Stop with Ctrl-C; what is under way goes on at the next start.")
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            # being stopped is how a worker ends: service managers want to see success
            whisper("Stopped. What is not finished goes on when a worker runs again.")
        return Exit.DONE

    perform(context, work)


def chat(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Which project; may be left out with one.")] = "",
) -> None:
    """Talk to the orchestrator in this terminal: requests, answers, /help."""

    async def work() -> int:
        from bot.chat import TerminalChat
        from bot.terminal import terminal

        async with AsyncExitStack() as stack:
            program = await stack.enter_async_context(invocation(context).program())
            name = chosen_project(program.settings, project)
            works_here = await stack.enter_async_context(program.worker_if_free())
            await TerminalChat(
                program=program, console=terminal(prefix="/"), project=name, person=myself(), works_here=works_here
            ).run()
        return Exit.DONE

    perform(context, work)
