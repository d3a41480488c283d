"""Commands that stay: `worker` does the work, `chat` talks about it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from bot.chat import TerminalChat
from bot.cli.exits import Exit
from bot.cli.session import chosen_project, invocation, me, perform
from bot.terminal import terminal
from core.domain.identity import Person


def worker(context: typer.Context) -> None:
    """Do the work, until stopped with Ctrl-C."""

    async def work() -> int:
        async with invocation(context).program() as program, program.worker():
            typer.echo("Working. Stop with Ctrl-C; what is under way goes on at the next start.")
            await asyncio.Event().wait()
        return Exit.DONE

    perform(work)


def chat(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Which project; may be left out with one.")] = "",
) -> None:
    """Talk to the orchestrator in this terminal."""

    async def work() -> int:
        async with AsyncExitStack() as stack:
            program = await stack.enter_async_context(invocation(context).program())
            name = chosen_project(program.settings, project)
            await stack.enter_async_context(program.worker_if_free())
            person = Person(id=me(), name=me().partition(":")[2])
            await TerminalChat(program=program, console=terminal(prefix="/"), project=name, person=person).run()
        return Exit.DONE

    perform(work)
