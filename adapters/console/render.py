"""Neutral cards in a terminal: a calm panel, or plain lines where there is no terminal."""

import io
from dataclasses import dataclass
from itertools import chain

from rich.box import ROUNDED
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text as RichText

from adapters.chat.card import Action, Card, Tone
from adapters.console.glyphs import Glyphs, glyphs_for
from adapters.console.limits import MAX_WIDTH, MIN_WIDTH
from adapters.console.sections import has_content, section_renderable

_TONE = {
    Tone.NEUTRAL: "default",
    Tone.WORKING: "cyan",
    Tone.WAITING: "yellow",
    Tone.GOOD: "green",
    Tone.BAD: "red",
}
_FRAME_COLUMNS = 6
"""Columns of a panel that are not content: two borders, and two of padding on each side."""
_LINE_LIMIT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedCard:
    """A card that takes the shape of whatever rich console prints it."""

    card: Card
    prefix: str

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        glyphs = glyphs_for(options.encoding)
        draw = card_panel if options.is_terminal else _plain
        yield draw(self.card, glyphs=glyphs, width=options.max_width, prefix=self.prefix)


def rendered(card: Card, *, prefix: str = "orchestrator ") -> RenderableType:
    """`card` for any rich console: a panel on a terminal, else plain lines; letters where signs have no encoding."""
    return RenderedCard(card=card, prefix=prefix)


def card_panel(card: Card, *, glyphs: Glyphs, width: int, prefix: str = "") -> RenderableType:
    """`card` in a panel of at most `width` columns; `prefix` comes before the commands of its actions."""
    width = max(MIN_WIDTH, min(width, MAX_WIDTH))
    inner = width - _FRAME_COLUMNS
    return Panel(
        _body(card, glyphs=glyphs, width=inner, prefix=prefix),
        title=RichText(glyphs.line(card.title, width=inner), style="bold default"),
        title_align="left",
        border_style="dim" if card.tone is Tone.NEUTRAL else _TONE[card.tone],
        box=ROUNDED,
        padding=(0, 2),
        width=width,
    )


def card_lines(card: Card, *, glyphs: Glyphs, width: int, prefix: str = "") -> tuple[str, ...]:
    """`card` as plain lines of at most `width` columns, without colours or escapes."""
    width = max(MIN_WIDTH, width)
    return printed_lines(_plain(card, glyphs=glyphs, width=width, prefix=prefix), width=width)


def printed_lines(renderable: RenderableType, *, width: int) -> tuple[str, ...]:
    """What `renderable` looks like on paper."""
    page = RichConsole(
        file=io.StringIO(),
        width=width,
        height=_LINE_LIMIT,
        color_system=None,
        force_terminal=False,
        legacy_windows=False,
    )
    with page.capture() as capture:
        page.print(renderable)
    return tuple(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))


def _plain(card: Card, *, glyphs: Glyphs, width: int, prefix: str) -> RenderableType:
    """The title, and everything else indented under it."""
    width = max(MIN_WIDTH, min(width, MAX_WIDTH))
    body = Padding(_body(card, glyphs=glyphs, width=width - 2, prefix=prefix), (0, 0, 0, 2))
    return Group(RichText(glyphs.line(card.title, width=width)), body)


def _body(card: Card, *, glyphs: Glyphs, width: int, prefix: str) -> RenderableType:
    """The status line, then the sections and the commands, with one empty line between them."""
    parts = [section_renderable(part, glyphs=glyphs, width=width) for part in card.sections if has_content(part)]
    if status := _status(card, glyphs=glyphs):
        parts.insert(0, status)
    if commands := [action for action in card.actions if action.command and not action.minor]:
        parts.append(Group(*(_command(action, glyphs=glyphs, prefix=prefix) for action in commands)))
    apart = chain.from_iterable((RichText(""), part) for part in parts)
    return Group(*list(apart)[1:])


def _status(card: Card, *, glyphs: Glyphs) -> RichText | None:
    """`Working · 12s · $0.31`, or None when the card says nothing of the kind."""
    dot = glyphs.shown(" · ")
    status = glyphs.line(card.status)
    facts = dot.join(glyphs.line(fact) for fact in card.footer if fact)
    if not status and not facts:
        return None
    line = RichText(status, style=f"bold {_TONE[card.tone]}", overflow="fold")
    line.append(f"{dot}{facts}" if status and facts else facts, style="not bold dim default")
    return line


def _command(action: Action, *, glyphs: Glyphs, prefix: str) -> RichText:
    label = glyphs.line(action.label).rstrip("….")
    return RichText(f"{label}: {glyphs.line(prefix + (action.typed or action.command))}", style="dim", overflow="fold")
