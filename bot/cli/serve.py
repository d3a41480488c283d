"""Commands that stay: `serve` listens in the team's chats, `worker` does the work, `chat` talks about it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.left_behind import left_behind
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


def serve(
    context: typer.Context,
    work: Annotated[
        bool, typer.Option("--work/--no-work", help="Do the work here too, unless another process does.")
    ] = True,
) -> None:
    """Listen in the team's chats, and do the work, until stopped.

    Stop it with Ctrl-C or SIGTERM; what is under way goes on at the next start. Set up a chat: orchestrator init slack
    """

    async def serving() -> int:
        from bot.platforms import platforms_of
        from bot.serve import ChatService

        try:
            platforms = platforms_of(invocation(context).settings())
            async with AsyncExitStack() as stack:
                program = await stack.enter_async_context(invocation(context).program())
                if work:
                    await stack.enter_async_context(program.worker_if_free(tell=typer.echo))
                await ChatService(program, platforms, tell=typer.echo).run()
        except asyncio.CancelledError:
            # being stopped is how it ends: service managers want to see success
            whisper("Stopped. What is not finished goes on at the next start.")
        return Exit.DONE

    perform(context, serving)


def chat(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Which project; may be left out with one.")] = "",
) -> None:
    """Talk to the orchestrator here: requests, answers, /help."""

    async def work() -> int:
        from bot.chat import TerminalChat
        from bot.terminal import terminal

        console = terminal(prefix="/")
        async with invocation(context).program() as program:
            name = chosen_project(program.settings, project)
            talk = TerminalChat(program=program, console=console, project=name, person=myself())
            try:
                async with program.worker_if_free(tell=console.say):
                    await talk.run()
            finally:
                if talk.open_tasks:
                    whisper(await left_behind(talk.open_tasks, seen=program))
        return Exit.DONE

    perform(context, work)
