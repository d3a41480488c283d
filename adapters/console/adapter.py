"""The console: cards, progress and questions for one person at a terminal, or for a log."""

import asyncio
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console as RichConsole

from adapters.chat.card import Card
from adapters.console.dialogue import Answer, Decided, DetailsWanted, Dialogue, Unanswered, opened, replied
from adapters.console.glyphs import glyphs_for
from adapters.console.keyboard import Keyboard
from adapters.console.line import Line, typed
from adapters.console.live import LiveScreen
from adapters.console.plain import PlainPage
from adapters.console.surface import CardSource, Prompt, Surface


class Progress:
    """One card while it changes. As a context manager it leaves the last state to be seen, however it is left."""

    def __init__(self, *, surface: Surface, key: str) -> None:
        self._surface = surface
        self._key = key

    def update(self, source: CardSource) -> None:
        """From now on the card is what `source` makes; a live one calls it again every second, as clocks go on."""
        self._surface.follow(self._key, source)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._surface.leave(self._key)


class Console:
    """One terminal, or what stands in for it. Use it inside a running event loop; one Console for one output."""

    def __init__(self, *, output: TextIO, keyboard: TextIO | None, prefix: str = "orchestrator ") -> None:
        """`keyboard` None means that nobody can answer; `prefix` comes before every command that is shown."""
        terminal = output.isatty()
        screen = _Screen(file=output, force_terminal=terminal, highlight=False, markup=False, emoji=False)
        glyphs = glyphs_for(screen.encoding)
        self.is_live = terminal and not screen.is_dumb_terminal
        self._keyboard = _keyboard(keyboard)
        self._prefix = prefix
        self._turn = asyncio.Lock()
        self._surface: Surface = (
            LiveScreen(console=screen, keyboard=self._keyboard, glyphs=glyphs, prefix=prefix)
            if self.is_live
            else PlainPage(output=output, glyphs=glyphs, prefix=prefix)
        )

    @property
    def can_ask(self) -> bool:
        """Whether there is any input to read answers from."""
        return self._keyboard is not None

    def show(self, card: Card) -> None:
        """Print the whole card."""
        self._surface.show(card)

    def say(self, text: str) -> None:
        """Print one line."""
        self._surface.say(text)

    def progress(self, key: str) -> Progress:
        """The changing card of `key`, such as a task's id."""
        return Progress(surface=self._surface, key=key)

    async def ask_approval(self, card: Card) -> Answer:
        """Ask at the keyboard about `card`; Unanswered at the end of input, or when there is none.

        Questions wait for one another. Cancel it when the approval was decided elsewhere: the question disappears, and
        what was half typed is forgotten.
        """
        async with self._turn:
            if self._keyboard is None:
                self._surface.show(card)
                return self._unanswered(card)
            self._keyboard.forget()
            try:
                return await self._conversation(opened(card))
            finally:
                self._surface.ask(None)

    async def read_line(self, label: str) -> str | None:
        """One line typed after `label`; None at the end of input, or when there is none."""
        async with self._turn:
            try:
                line = await self._line(Prompt(label=label))
            finally:
                self._surface.ask(None)
            if line and self.is_live:
                # the prompt is gone from the screen; what was said in a conversation stays
                self._surface.say(f"{label} {line}")
            return line

    async def pressed(self, keys: str, *, label: str) -> str:
        """The first of `keys` that is pressed; '' when the terminal was closed. `label` stands under the cards.

        Where there is no terminal nothing is shown, and nobody can press anything: it waits until cancelled.
        """
        keyboard = self._keyboard
        if keyboard is None or not (self.is_live and keyboard.is_terminal):
            await asyncio.Event().wait()
            raise AssertionError("nobody sets this event")
        async with self._turn:
            self._surface.ask(Prompt(label=label))
            try:
                while typed_keys := await keyboard.read():
                    for key in typed_keys:
                        if key in keys:
                            return key
                return ""
            finally:
                self._surface.ask(None)

    async def _conversation(self, dialogue: Dialogue) -> Answer:
        while True:
            line = await self._line(Prompt(label=dialogue.prompt, card=dialogue.card, complaint=dialogue.complaint))
            if line is None:
                return self._unanswered(dialogue.card)
            match replied(dialogue, line):
                case Decided() as decided:
                    return decided
                case DetailsWanted():
                    self._surface.show(dialogue.card)
                case Dialogue() as dialogue:
                    pass

    async def _line(self, prompt: Prompt) -> str | None:
        """What is typed until Enter."""
        if self._keyboard is None:
            return None
        line = Line()
        while line.state == "typing":
            self._surface.ask(Prompt(label=prompt.label, card=prompt.card, complaint=prompt.complaint, text=line.text))
            line = typed(line, await self._keyboard.read())
        self._keyboard.keep(line.rest)
        return line.text if line.state == "entered" else None

    def _unanswered(self, card: Card) -> Unanswered:
        offered = [action for action in card.actions if action.command and not action.minor]
        commands = [f"{self._prefix}{action.typed or action.command}" for action in offered]
        return Unanswered(hint=f"{card.key} is still open. Answer it with: {' or '.join(commands)}")


class _Screen(RichConsole):
    """A rich console that goes on when nobody reads any more, where rich would end the program."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


def _keyboard(stream: TextIO | None) -> Keyboard | None:
    """The keyboard of `stream`; None when it is closed or has no file behind it."""
    if stream is None or stream.closed:
        return None
    try:
        return Keyboard(stream)
    except OSError:
        return None
