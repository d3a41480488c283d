"""A line typed at the terminal that is never shown: for tokens."""

import sys

import typer

from adapters.console.keyboard import Keyboard
from adapters.console.line import Line, typed


async def hidden_line(label: str) -> str | None:
    """What is typed after `label`, without a trace on the screen; None at the end of input. Cancelling it is safe."""
    keyboard = Keyboard(sys.stdin)
    typer.echo(f"{label} ", nl=False)
    try:
        with keyboard.silent():
            line = Line()
            while line.state == "typing":
                line = typed(line, await keyboard.read())
    finally:
        typer.echo()
    return line.text.strip() if line.state == "entered" else None
