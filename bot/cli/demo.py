"""`orchestrator demo`: the whole way from a request to a verified branch, on a throwaway repository."""

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from bot.cli.signals import whisper
from core.domain.identity import ProjectName
from core.domain.task import TaskState

if TYPE_CHECKING:
    from adapters.console.adapter import Console
    from bot.demo.house import House
    from core.views import TaskView


def demo(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer every approval with yes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document at the end.")] = False,
    no_fix: Annotated[bool, typer.Option("--no-fix", help="Let the scripted model edit wrongly.")] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the scripted model on loopback; 0 for any free one.")
    ] = 0,
) -> None:
    """Fix a bug in a sample project. Needs no key.

    A scripted model plays the agents, unless ANTHROPIC_API_KEY is set: then Claude does the work.
    """

    async def work() -> int:
        from bot.demo.house import demo_house
        from bot.logs import configure_logs
        from bot.terminal import somebody_types, terminal

        console = terminal(as_json=as_json)
        asked = somebody_types() and not yes
        try:
            async with demo_house(os.environ, fix=not no_fix, port=port) as house:
                configure_logs("error", mask_values=house.settings.secrets())
                _announce(console, house, answers_itself=not asked and not yes)
                view, diff, document = await _performed(house, console, yes=not asked)
        except asyncio.CancelledError:
            whisper("Stopped. The throwaway repository and all that worked on it are gone.")
            raise
        if as_json:
            print_json(document)
        else:
            _show_outcome(console, view, diff)
        return Exit.DONE if view.task.state == TaskState.COMPLETED else Exit.NOT_COMPLETED

    perform(context, work)


async def _performed(house: "House", console: "Console", *, yes: bool) -> "tuple[TaskView, str, dict[str, object]]":
    from bot.compose import opened
    from bot.demo.house import PROJECT, REQUEST
    from bot.documents import task_document
    from bot.terminal import follow

    async with opened(house.settings, environ=house.environ) as program, program.worker():
        task = await program.orchestrator.submit(REQUEST, project=ProjectName(PROJECT), by=me())
        view = await follow(program, task.id, console=console, by=me(), yes=yes, alone=True)
        diff = await program.diff(view.task)
        return view, diff, task_document(view, now=program.clock(), diff=diff)


def _announce(console: "Console", house: "House", *, answers_itself: bool) -> None:
    from bot.demo.house import REQUEST

    if house.scripted:
        console.say("A scripted model plays all agents here: no key is needed, and no money is spent.")
    else:
        console.say(f"ANTHROPIC_API_KEY is set, so {_who(house)} does the work, and it may cost real money.")
    console.say(f'A throwaway repository with a real bug is ready. Request: "{REQUEST}"')
    if answers_itself:
        console.say("There is no terminal to ask at, so every approval is answered with yes.")


def _who(house: "House") -> str:
    """Who answers: not everybody's gateway is Claude itself."""
    url = house.settings.shown()["claude.api_url"].value
    return f"the model at {url}" if url else "Claude"


def _show_outcome(console: "Console", view: "TaskView", diff: str) -> None:
    from adapters.chat.card import Card, Code
    from bot.cards.bill import bill_card

    console.show(bill_card(view))
    if view.task.commit:
        console.say(f"Branch {view.task.branch}, commit {view.task.commit}")
    if diff:
        console.show(Card(key="diff", title="Diff", sections=(Code(text=diff, language="diff"),)))
