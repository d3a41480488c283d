"""`orchestrator doctor`: looks at everything the program needs, and says what to do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit, told
from bot.cli.invocation import Invocation, invocation
from bot.cli.perform import perform, print_json
from bot.cli.progress import bar

if TYPE_CHECKING:
    from bot.checks.finding import Finding

_STYLE = {"fine": "green", "note": "cyan", "warning": "yellow", "broken": "red"}
_SIGN = {"fine": "✓", "note": "·", "warning": "!", "broken": "✗"}
_LETTER = {"fine": "+", "note": "-", "warning": "!", "broken": "x"}


def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the provider about the key.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at everything that is needed, and say what to do.

    Changes nothing and costs nothing.
    """

    async def work() -> int:
        found = await _findings(invocation(context), offline=offline)
        code = code_of(found)
        if as_json:
            from bot.checks.finding import finding_document

            print_json({"ok": code is Exit.DONE, "findings": [finding_document(each) for each in found]})
        else:
            _print(found)
        return code

    perform(context, work)


async def _findings(called: Invocation, *, offline: bool) -> "list[Finding]":
    from bot.checks.checkup import STEPS, checkup
    from bot.checks.finding import Finding, Mark
    from bot.onlooker import utc_now
    from core.domain.errors import ConfigurationError

    try:
        settings = called.settings()
    except ConfigurationError as error:
        # nothing else can be looked at without them
        return [Finding(about="Settings", mark=Mark.BROKEN, text=told(error), is_configuration=True)]
    found: list[Finding] = []
    with bar("Looking") as progress:
        done = 0
        async for piece in checkup(settings, clock=utc_now, offline=offline):
            found += piece
            done += 1
            progress(done, STEPS)
    return found


def code_of(found: "Sequence[Finding]") -> Exit:
    """1 when something is broken, 3 when a file that people edit is."""
    wrong = [each for each in found if each.mark.value == "broken"]
    if any(each.is_configuration for each in wrong):
        return Exit.CONFIGURATION
    return Exit.NOT_COMPLETED if wrong else Exit.DONE


def _print(found: "Sequence[Finding]") -> None:
    from rich.text import Text

    from adapters.console.glyphs import glyphs_for
    from bot.cli.tables import listing, page

    console = page()
    glyphs = glyphs_for(console.encoding)
    signs = _LETTER if glyphs.ascii_only else _SIGN
    table = listing()
    table.show_header = False
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in found:
        words = Text(glyphs.line(each.text))
        if each.todo:
            words.append(f"\n{glyphs.shown('→')} {glyphs.line(each.todo)}", style=_STYLE[each.mark.value])
        table.add_row(Text(signs[each.mark.value], style=_STYLE[each.mark.value]), Text(each.about), words)
    console.print(table)
    console.print(f"\n{summary(found)}")


def summary(found: "Sequence[Finding]") -> str:
    wrong, warned = (sum(each.mark.value == mark for each in found) for mark in ("broken", "warning"))
    if not wrong and not warned:
        return 'All is well. Start with: orchestrator run "fix issue #123"'
    parts = [f"{wrong} must be mended" if wrong else "", f"{warned} could be better" if warned else ""]
    return f"Of {len(found)} things {' and '.join(part for part in parts if part)}."
