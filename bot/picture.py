"""Pictures of cards for the documentation: the program's own drawing of a terminal, as SVG."""

import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from rich.console import Console as RichConsole
from rich.terminal_theme import TerminalTheme

from adapters.chat.card import Card
from adapters.console.glyphs import SIGNS
from adapters.console.limits import MAX_WIDTH
from adapters.console.render import card_panel
from bot.cards.approval import approval_card
from bot.cards.task import task_card
from bot.sample_task import NOW, sample_view

_THEME = TerminalTheme(
    background=(27, 30, 36),
    foreground=(216, 222, 233),
    normal=[
        (59, 66, 82),
        (224, 108, 117),
        (136, 192, 120),
        (229, 192, 123),
        (97, 175, 239),
        (198, 120, 221),
        (86, 182, 194),
        (216, 222, 233),
    ],
)
# rich's own frame loads a font from a server: pages that show the picture refuse that, and it is not needed
_FRAME = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<style>
.{unique_id}-matrix {{
  font: {char_height}px/{line_height}px Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
}}
.{unique_id}-title {{ font: 15px system-ui, sans-serif; opacity: 0.6; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture(cards: Sequence[Card], *, width: int = MAX_WIDTH) -> str:
    """The cards as a terminal of `width` columns shows them: one SVG document, the same for the same cards."""
    console = RichConsole(record=True, width=width, file=StringIO(), force_terminal=True, color_system="truecolor")
    for card in cards:
        console.print(card_panel(card, glyphs=SIGNS, width=width, prefix="orchestrator "))
    return console.export_svg(theme=_THEME, code_format=_FRAME, title="orchestrator", unique_id="card")


def main(arguments: Sequence[str]) -> int:
    """Write the picture of the sample task to the file named in `arguments`: `python -m bot.picture FILE`."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m bot.picture FILE.svg\n")
        return 2
    view = sample_view()
    cards = [task_card(view, now=NOW), *(approval_card(approval, role="builder") for approval in view.waiting)]
    Path(arguments[0]).write_text(picture(cards), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
