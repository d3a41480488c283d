"""`orchestrator demo`: the whole way from a request to a verified branch, on a throwaway repository."""

import os
import sys
from typing import Annotated

import typer

from adapters.chat.card import Card, Code
from adapters.console.adapter import Console
from bot.cards.bill import bill_card
from bot.cli.exits import Exit
from bot.cli.session import me, perform, print_json
from bot.compose import opened
from bot.demo.house import PROJECT, REQUEST, House, demo_house
from bot.documents import task_document
from bot.logs import configure_logs
from bot.terminal import follow, terminal
from core.domain.identity import ProjectName
from core.domain.task import TaskState
from core.views import TaskView


def demo(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer every approval with yes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document at the end.")] = False,
    no_fix: Annotated[bool, typer.Option("--no-fix", help="Let the scripted model edit wrongly.")] = False,
) -> None:
    """Fix a bug in a small sample project, before your eyes."""

    async def work() -> int:
        console = terminal(as_json=as_json)
        async with demo_house(os.environ, fix=not no_fix) as house:
            configure_logs("error", mask_values=house.settings.secrets())
            _announce(console, house, answers_itself=not yes and not sys.stdin.isatty())
            view, diff, document = await _performed(house, console, yes=yes or not sys.stdin.isatty())
        if as_json:
            print_json(document)
        else:
            _show_outcome(console, view, diff)
        return Exit.DONE if view.task.state == TaskState.COMPLETED else Exit.NOT_COMPLETED

    perform(work)


async def _performed(house: House, console: Console, *, yes: bool) -> tuple[TaskView, str, dict[str, object]]:
    async with opened(house.settings, environ=house.environ) as program, program.worker():
        project = ProjectName(PROJECT)
        task = await program.orchestrator.submit(REQUEST, project=project, by=me())
        view = await follow(program, task.id, console=console, by=me(), yes=yes)
        diff = await program.diff(view.task)
        return view, diff, task_document(view, now=program.clock(), diff=diff)


def _announce(console: Console, house: House, *, answers_itself: bool) -> None:
    if house.scripted:
        console.say("A scripted model plays all agents here: no key is needed, and no money is spent.")
    else:
        console.say("ANTHROPIC_API_KEY is set, so Claude does the work, and it costs real money.")
    console.say(f'A throwaway repository with a real bug is ready. Request: "{REQUEST}"')
    if answers_itself:
        console.say("There is no terminal to ask at, so every approval is answered with yes.")


def _show_outcome(console: Console, view: TaskView, diff: str) -> None:
    console.show(bill_card(view))
    if view.task.commit:
        console.say(f"Branch {view.task.branch}, commit {view.task.commit}")
    if diff:
        console.show(Card(key="diff", title="Diff", sections=(Code(text=diff, language="diff"),)))
