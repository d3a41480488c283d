"""`orchestrator audit`: who did what in the chats, or was refused it, and whether the trail of it is whole."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete, parse
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.signals import whisper

if TYPE_CHECKING:
    from datetime import datetime

    from bot.audit_trail import Trail


def audit(
    context: typer.Context,
    person: Annotated[str, typer.Option("--person", help="Only of this person: slack:T0123/U0456, or a name.")] = "",
    task: Annotated[
        str, typer.Option("--task", help="Only about this task and its approvals.", autocompletion=complete.tasks)
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most this many rows.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show who did what, or was refused it, and check that the trail is whole.

    Exit code 1 when a row was changed, taken away or put in.

    Example: orchestrator audit --task T142
    """

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            from bot.audit_trail import subjects_of, trail_document, trail_of

            about = subjects_of(await seen.reader.task(parse.task_id(task))) if task else ()
            trail = await trail_of(seen.store, person=person, about=about, limit=limit)
            now = seen.clock()
        if as_json:
            print_json(trail_document(trail))
        else:
            _print(trail, now=now)
        return Exit.DONE if trail.broken_at is None else Exit.NOT_COMPLETED

    perform(context, work)


def _print(trail: "Trail", *, now: "datetime") -> None:
    from rich.text import Text

    from bot.audit_trail import BROKEN_TODO, COLUMNS, shown_row
    from bot.cli.tables import listing, page

    if trail.broken_at is not None:
        # also where the rows go into a file
        whisper(f"{trail.verdict} {BROKEN_TODO}")
    console = page()
    if not trail.entries:
        console.print("No row fits what you asked for." if trail.rows else "Nothing is written down yet.")
    else:
        table = listing()
        for name in COLUMNS:
            table.add_column(name.lower(), overflow="fold", no_wrap=name == COLUMNS[0])
        for each in trail.entries:
            style = "" if each.allowed else "yellow"
            table.add_row(*(Text(cell, style=style) for cell in shown_row(each, trail.names, now=now)))
        console.print(table)
    if trail.broken_at is None and trail.rows:
        console.print(f"\n{trail.verdict}")
