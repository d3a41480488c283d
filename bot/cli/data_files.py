"""Which project's own data files count, where a file comes from, and how validation is told."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.exits import Exit
from bot.cli.perform import print_json
from config.user_files import PROJECTS, SHIPPED

if TYPE_CHECKING:
    from adapters.console.diagram.graph import Node
    from config.settings import Settings
    from config.validation import Finding

_PIPE_COLUMNS = 100


def project_or_none(settings: "Settings", name: str) -> str:
    """The project called `name`; without a name the only one there is, or '' for what holds in all of them."""
    if name:
        return settings.project(name).name
    return next(iter(settings.projects)) if len(settings.projects) == 1 else ""


def origin(path: Path, settings: "Settings") -> str:
    """`built in`, `yours`, or the project it belongs to."""
    if path.is_relative_to(SHIPPED):
        return "built in"
    own = settings.home / PROJECTS
    return f"project {path.relative_to(own).parts[0]}" if path.is_relative_to(own) else "yours"


def columns() -> int:
    """How wide a picture may be."""
    from bot.cli.tables import page

    return page().width if sys.stdout.isatty() else _PIPE_COLUMNS


def say(*paragraphs: str, indent: int = 0) -> None:
    """Print each in characters the terminal knows, wrapped to its width; never wrapped in a pipe."""
    from adapters.console.diagram.boxes import wrapped
    from adapters.console.glyphs import glyphs_for

    glyphs = glyphs_for(sys.stdout.encoding)
    margin = " " * indent
    for text in paragraphs:
        line = glyphs.line(text)
        lines = wrapped(line, width=max(columns() - indent, 20)) if sys.stdout.isatty() else (line,)
        typer.echo("\n".join(f"{margin}{each}".rstrip() for each in lines or ("",)))


def draw(nodes: "Sequence[Node]") -> None:
    """Print the picture of `nodes`."""
    from adapters.console.diagram.picture import picture
    from adapters.console.glyphs import glyphs_for

    glyphs = glyphs_for(sys.stdout.encoding)
    told = [replace(node, title=glyphs.line(node.title), notes=tuple(map(glyphs.line, node.notes))) for node in nodes]
    typer.echo("\n".join(picture(told, width=columns(), letters=glyphs.ascii_only)))


def is_path(text: str) -> bool:
    """Whether `text` means a file and not a name."""
    return "/" in text or text.endswith((".yaml", ".yml")) or Path(text).is_file()


def report(findings: Sequence["Finding"], *, what: str, as_json: bool) -> Exit:
    """Tell every problem; the exit code says whether there was one."""
    once = {finding.path: finding for finding in findings}
    wrong = [finding for finding in once.values() if finding.problems]
    count = sum(len(finding.problems) for finding in wrong)
    if as_json:
        problems = [{"file": str(each.path), "problem": problem} for each in wrong for problem in each.problems]
        print_json({"files": len(once), "problems": problems})
    else:
        for finding in wrong:
            for problem in finding.problems:
                typer.echo(f"{finding.path}: {problem}")
        typer.echo(_verdict(count, files=len(wrong), checked=len(once), what=what))
    return Exit.CONFIGURATION if wrong else Exit.DONE


def _verdict(count: int, *, files: int, checked: int, what: str) -> str:
    if not count:
        return f"Nothing is wrong in {_counted(checked, 'file')} of {what}."
    return f"{_counted(count, 'problem')} in {files} of {_counted(checked, 'file')}. Correct what is named above."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
