"""`orchestrator export`: tasks, agent runs, model calls or events as a file for other programs."""

import contextlib
import os
import sys
from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from bot.cli import complete, parse
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform
from bot.cli.progress import bar
from bot.cli.signals import whisper

if TYPE_CHECKING:
    from bot.onlooker import Onlooker
    from core.export import Selection


class What(StrEnum):
    """What can be exported."""

    TASKS = "tasks"
    RUNS = "runs"
    CALLS = "calls"
    EVENTS = "events"


class Form(StrEnum):
    """How the file is written."""

    CSV = "csv"
    JSON = "json"


def export(
    context: typer.Context,
    what: Annotated[
        What, typer.Argument(help="tasks, runs (of agents), calls (of models, with their cost), or events.")
    ] = What.TASKS,
    form: Annotated[Form, typer.Option("--format", "-F", help="csv or json.")] = Form.CSV,
    project: Annotated[
        str, typer.Option("--project", "-p", help="Only this project.", autocompletion=complete.projects)
    ] = "",
    since: Annotated[str, typer.Option("--since", help="From then on: 30d, 12h, or 2026-01-31.")] = "",
    until: Annotated[str, typer.Option("--until", help="Up to then, in the same words.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; without it stdout.")] = None,
) -> None:
    """Write tasks, agent runs, calls or events as CSV or JSON.

    Example: orchestrator export calls --since 30d -o calls.csv
    """

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            from core.export import Selection

            now = seen.clock()
            selection = Selection(
                project=seen.settings.project(project).name if project else None,
                since=parse.moment(since, now=now) if since else None,
                until=parse.moment(until, now=now) if until else None,
            )
            with _destination(output) as file:
                count = await _write(seen, _Order(what, form, selection), file)
        if output is not None:
            whisper(f"{count:,} {what.value} written to {output}")
        return Exit.DONE

    perform(context, work)


@dataclass(frozen=True, slots=True)
class _Order:
    what: What
    form: Form
    selection: "Selection"


async def _write(seen: "Onlooker", order: _Order, file: IO[str]) -> int:
    """Write every row as its page comes; how many there were."""
    from bot.table_file import row_text
    from core.export import COLUMNS, Export, Kind

    kind = Kind(order.what.value)
    text = row_text(order.form.value, COLUMNS[kind])
    count = 0
    with bar(f"Exporting {order.what.value}", quiet=file is sys.stdout and sys.stdout.isatty()) as progress:
        file.write(text.head())
        async for page in Export(seen.store, mask=seen.mask).pages(kind, order.selection):
            file.write(text.rows(page.rows))
            count += len(page.rows)
            progress(page.done, page.of)
        file.write(text.foot())
    return count


@contextlib.contextmanager
def _destination(output: Path | None) -> Generator[IO[str]]:
    """Stdout, or a file that appears only when it is whole; InvalidInputError when it cannot be written."""
    from core.domain.errors import InvalidInputError

    if output is None:
        yield sys.stdout
        return
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
        part.replace(output)
    except OSError as error:
        raise InvalidInputError(
            f"{output} cannot be written: {error.strerror}.", hint="Name another file with --output."
        ) from error
    finally:
        part.unlink(missing_ok=True)
