"""`orchestrator clean`: take away now what ended tasks left on disk and is due, or only show it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cards.words import counted
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.progress import bar

if TYPE_CHECKING:
    from datetime import datetime

    from bot.compose import Program
    from core.engine.retention import Due


def clean(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only show what would go.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Remove worktrees and logs of tasks that ended long ago, and what is old in the database about chats.

    Branches stay. A worker does the same by itself.

    Example: orchestrator clean --dry-run
    """

    async def work() -> int:
        async with invocation(context).program() as program:
            found = await _due(program, dry_run=dry_run)
            forgotten = 0 if dry_run else await _forgotten(program)
            now = program.clock()
            kept = program.settings.retention
        if as_json:
            items = [_document(each) for each in found]
            print_json({"removed": not dry_run, "bytes": _sum(found), "forgotten": forgotten, "items": items})
        elif not found:
            typer.echo(
                f"Nothing to remove: worktrees are kept for {kept.worktrees_days:g} days after the end of their task, "
                f"logs for {kept.logs_days:g}."
            )
        else:
            _print(found, now=now)
            typer.echo(f"\n{_told(found, dry_run=dry_run)}")
        if forgotten and not as_json:
            typer.echo(f"{counted(forgotten, 'old row')} about chats forgotten.")
        return Exit.DONE

    perform(context, work)


async def _due(program: "Program", *, dry_run: bool) -> "list[Due]":
    """What is due; unless it is only looked at, it is gone afterwards."""
    from core.engine.retention import clean as remove
    from core.engine.retention import due

    with bar("Looking" if dry_run else "Removing"):
        return await (due if dry_run else remove)(program.parts())


async def _forgotten(program: "Program") -> int:
    """How many rows about old conversations went."""
    from core.engine.forgetting import forget

    days = timedelta(days=program.settings.retention.chats_days)
    return (await forget(program.store, said_for=days)).rows


def _print(found: "Sequence[Due]", *, now: "datetime") -> None:
    from bot.cards.elapsed import shown_elapsed
    from bot.cli.tables import aligned, page

    console = page()
    columns = ("task", "what", "size", "unused for", "where")
    rows = [
        (each.task, each.kind, shown_bytes(each.bytes), shown_elapsed(each.used_at, now), str(each.path))
        for each in found
    ]
    numbers = ("size", "unused for")
    console.print(aligned(columns, rows, width=console.width, flexible="where", numbers=numbers, wrap=True))


def _told(found: "Sequence[Due]", *, dry_run: bool) -> str:
    size = shown_bytes(_sum(found))
    return f"{size} would go. Remove it with: orchestrator clean" if dry_run else f"{size} removed. Branches are kept."


def shown_bytes(size: int) -> str:
    """`512 B`, `1.5 KB`, `12 MB`, `3.4 GB`: powers of 1024, two digits that matter."""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.1f} {unit}" if unit != "B" and amount < 10 else f"{amount:.0f} {unit}"


def _sum(found: "Sequence[Due]") -> int:
    return sum(each.bytes for each in found)


def _document(each: "Due") -> dict[str, Any]:
    return {
        "task": each.task,
        "kind": each.kind,
        "path": str(each.path),
        "bytes": each.bytes,
        "used_at": each.used_at.isoformat(),
    }
