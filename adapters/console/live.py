"""The bottom of a terminal, redrawn from state: live cards, a question, and the line being typed."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from rich.console import Console as RichConsole
from rich.console import RenderableType
from rich.live import Live
from rich.segment import Segment, SegmentLines
from rich.text import Text as RichText

from adapters.chat.card import Card
from adapters.console.glyphs import Glyphs
from adapters.console.keyboard import Keyboard
from adapters.console.limits import DRAW_INTERVAL_S, TICK_INTERVAL_S
from adapters.console.render import card_panel
from adapters.console.surface import CardSource, Prompt

Lines = list[list[Segment]]
Drawing = Callable[[], None]
_TYPING_LINES = 3
"""Lines kept for what is typed under a question."""


class LiveScreen:
    """A surface for terminals. It takes the bottom of the screen only while there is something to show on it."""

    def __init__(self, *, console: RichConsole, keyboard: Keyboard | None, glyphs: Glyphs, prefix: str) -> None:
        self._console = console
        self._keyboard = keyboard
        self._glyphs = glyphs
        self._prefix = prefix
        self._sources: dict[str, CardSource] = {}
        self._prompt: Prompt | None = None
        self._live: Live | None = None
        self._mode = ExitStack()
        self._drawn_at_s = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._gone = False

    def show(self, card: Card) -> None:
        """The whole card, above what is live."""
        self._print(self._panel(card))

    def say(self, text: str) -> None:
        """One line, above what is live."""
        self._print(RichText(self._glyphs.sentence(text), overflow="fold"))

    def follow(self, key: str, source: CardSource) -> None:
        """Draw what `source` makes, soon and then every second."""
        self._sources[key] = source
        self._changed()

    def leave(self, key: str) -> None:
        """Print the card's last state for good."""
        source = self._sources.pop(key, None)
        self._changed(at_once=True)
        if source is not None:
            self.show(source())

    def ask(self, prompt: Prompt | None) -> None:
        """Draw the question under the cards; None takes it away."""
        before, self._prompt = self._prompt, prompt
        card = prompt.card if prompt is not None else None
        if card is not None and (before is None or before.card != card) and not self._fits(self._question()):
            # whoever decides must be able to read all of it
            self.show(card)
        self._changed(at_once=True)

    def _changed(self, *, at_once: bool = False) -> None:
        """Draw now, or as soon as the pace allows; start and stop as there is something to draw."""
        if not self._sources and self._prompt is None:
            self._stop()
            return
        self._start()
        wait_s = self._drawn_at_s + DRAW_INTERVAL_S - _now_s()
        if at_once or wait_s <= 0:
            self._draw()
        else:
            self._draw_in(wait_s)

    def _start(self) -> None:
        if self._live is not None or self._gone:
            return
        if self._keyboard is not None:
            self._mode.enter_context(self._keyboard.silent())
        self._live = Live(console=self._console, auto_refresh=False, transient=True, get_renderable=self._frame)
        self._guarded(self._live.start)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        live, self._live = self._live, None
        if live is not None:
            self._guarded(live.stop)
        self._mode.close()
        self._drawn_at_s = float("-inf")

    def _draw(self) -> None:
        if self._live is not None:
            self._drawn_at_s = _now_s()
            self._guarded(self._live.refresh)
            self._draw_in(TICK_INTERVAL_S)

    def _draw_in(self, wait_s: float) -> None:
        """Draw after `wait_s` seconds at the latest."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._draw)

    def _print(self, renderable: RenderableType) -> None:
        self._guarded(lambda: self._console.print(renderable))

    def _guarded(self, draw: Drawing) -> None:
        """Draw, unless the terminal was closed: then the work goes on without an audience."""
        if self._gone:
            return
        try:
            draw()
        except OSError:
            self._gone = True

    def _frame(self) -> RenderableType:
        """What fits: the line being typed before everything, then the question, then the cards.

        A question that does not fit was printed in full above, and nothing comes between it and the line.
        """
        room = self._console.height - 1
        typing = self._lines(_prompt_line(self._prompt, glyphs=self._glyphs)) if self._prompt else []
        asked = self._question()
        if not self._fits(asked):
            return SegmentLines(typing, new_lines=True)
        cards = [line for source in self._sources.values() for line in self._lines(self._panel(source()))]
        if len(cards) + len(asked) + len(typing) > room:
            cards = [] if asked else self._cropped(cards, room=room - len(typing))
        return SegmentLines([*cards, *asked, *typing], new_lines=True)

    def _fits(self, asked: Lines) -> bool:
        return len(asked) + _TYPING_LINES < self._console.height

    def _question(self) -> Lines:
        """The card that is asked about; how to answer it stands in the prompt."""
        if self._prompt is None or self._prompt.card is None:
            return []
        return self._lines(self._panel(replace(self._prompt.card, actions=())))

    def _cropped(self, lines: Lines, *, room: int) -> Lines:
        left_out = len(lines) - room + 1
        if len(lines) <= room:
            return lines
        more = self._lines(RichText(self._glyphs.shown(f"  … {left_out} more lines"), style="dim"))
        return [*lines[: max(0, room - 1)], *more]

    def _lines(self, renderable: RenderableType) -> Lines:
        return self._console.render_lines(renderable, pad=False)

    def _panel(self, card: Card) -> RenderableType:
        # read at each drawing: the terminal may have been resized
        return card_panel(card, glyphs=self._glyphs, width=self._console.width, prefix=self._prefix)


def _prompt_line(prompt: Prompt, *, glyphs: Glyphs) -> RenderableType:
    line = RichText(overflow="fold")
    if prompt.complaint:
        line.append(f"{glyphs.line(prompt.complaint)}\n", style="yellow")
    line.append(f"{glyphs.line(prompt.label)} ", style="bold")
    line.append(glyphs.shown(prompt.text))
    line.append(" ", style="reverse")
    return line


def _now_s() -> float:
    return asyncio.get_running_loop().time()
