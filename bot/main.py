"""The entry point of `orchestrator`: makes the streams fit, and runs the command line."""

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line takes a fifth of a second to load
    import typer


def application() -> "typer.Typer":
    """The whole command line."""
    from bot.cli.application import application as whole

    return whole()


def main() -> None:
    """Entry point of the console script."""
    _ensure_streams()
    if sys.argv[1:] == ["--version"]:
        # asked by scripts and package managers, many times: answered without loading anything
        sys.stdout.write(f"{version_line()}\n")
        return
    application()()


def version_line() -> str:
    """Name and version."""
    from importlib.metadata import version

    return f"orchestrator {version('chatops-orchestrator')}"


def _ensure_streams() -> None:
    """Three streams that take any text, however the program was started."""
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: PTH123, SIM115  # lives as long as the process
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        # a character the terminal does not know is no reason to end with a traceback
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
