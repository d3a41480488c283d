"""`orchestrator failures`: what goes wrong again and again, where, and what helps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import complete, parse
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json

if TYPE_CHECKING:
    from datetime import datetime

    from core.failures import Pattern

_WIDTH = 160


def failures(
    context: typer.Context,
    since: Annotated[str, typer.Option("--since", help="From then on: 30d, 12h, or 2026-01-31.")] = "30d",
    project: Annotated[
        str, typer.Option("--project", "-p", help="Only this project.", autocompletion=complete.projects)
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many patterns.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what fails again and again, and what helps.

    Grouped by reason and place: how often, where, when last, examples.

    Example: orchestrator failures --since 7d
    """

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            from core.failures import patterns

            now = seen.clock()
            begin = parse.moment(since, now=now)
            name = seen.settings.project(project).name if project else None
            found = patterns(await seen.queries.failures(since=begin, project=name))
            shown = found[:limit]
        if as_json:
            print_json([_document(each) for each in shown])
        else:
            _print(shown, now=now, since=since, left_out=len(found) - len(shown))
        return 0

    perform(context, work)


def _print(found: "Sequence[Pattern]", *, now: "datetime", since: str, left_out: int) -> None:
    from rich.text import Text

    from adapters.chat.text import one_line
    from bot.cards.elapsed import shown_elapsed
    from bot.cli.tables import page

    console = page()
    if not found:
        begin = since if since[:1].isdigit() and "-" in since else f"{since} ago"
        console.print(f"Nothing has failed since {begin}.")
    for each in found:
        console.print(Text(f"{each.count} ×  {one_line(each.reason, width=_WIDTH)}", style="bold", overflow="fold"))
        for line in _facts(each, ago=shown_elapsed(each.last_at, now)):
            console.print(Text(f"  {one_line(line)}", overflow="fold"))
        console.print(Text(f"  {each.advice}", style="yellow", overflow="fold"))
        console.print()
    if left_out:
        console.print(f"{left_out} more patterns; show them with: --limit {len(found) + left_out}")


def _facts(each: "Pattern", *, ago: str) -> list[str]:
    where = " · ".join(part for part in (each.role, each.step and f"step {each.step}", each.model) if part)
    passed = f", {each.passed} of them tried again by themselves" if each.passed else ""
    tasks = f"in {each.tasks} task{'' if each.tasks == 1 else 's'}{passed}"
    return [*([where] if where else []), f"{tasks}, last {ago} ago", f"for example {', '.join(each.examples)}"]


def _document(each: "Pattern") -> dict[str, Any]:
    return {
        "reason": each.reason,
        "kind": each.kind or None,
        "role": each.role or None,
        "model": each.model or None,
        "step": each.step or None,
        "count": each.count,
        "passed": each.passed,
        "tasks": each.tasks,
        "first_at": each.first_at.isoformat(),
        "last_at": each.last_at.isoformat(),
        "examples": list(each.examples),
        "sample": each.sample,
        "advice": each.advice,
    }
