"""Lines typed at the terminal that are never shown: for tokens."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

import typer

from adapters.console.keyboard import Keyboard
from adapters.console.line import Line, typed


class Hidden:
    """Asks for lines that leave no trace on the screen."""

    def __init__(self, keyboard: Keyboard) -> None:
        self._keyboard = keyboard

    async def line(self, label: str) -> str | None:
        """What is typed after `label`; None at the end of input. Cancelling it is safe."""
        typer.echo(f"{label} ", nl=False)
        try:
            line = Line()
            while line.state == "typing":
                line = typed(line, await self._keyboard.read())
        finally:
            typer.echo()
        return line.text.strip() if line.state == "entered" else None


@contextmanager
def hidden() -> Generator[Hidden]:
    """While it lasts nothing that is typed is shown, between two questions either: some type ahead."""
    keyboard = Keyboard(sys.stdin)
    with keyboard.silent():
        yield Hidden(keyboard)
