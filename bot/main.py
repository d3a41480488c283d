"""The command line `orchestrator`: puts the commands together."""

import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import configure, decide, demo, run, serve, show
from bot.cli.invocation import Invocation

EPILOG = (
    "Start with: orchestrator demo. Exit codes: 0 done · 1 the task did not complete · 2 wrong usage · "
    "3 configuration · 4 not found · 5 no longer possible · 6 something needed is unavailable · "
    "70 a defect of the program · 130 interrupted"
)


def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file to use, instead of the one that is found.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Tell on stderr what happens inside.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Hand work to AI coding agents, and stay in charge of it."""
    context.obj = Invocation(config=config, debug=debug)
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"orchestrator {version_of('chatops-orchestrator')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def application() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="orchestrator",
        epilog=EPILOG,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        callback=options,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for command in (run.run, show.status, show.tasks, show.task, decide.cancel, decide.approve, decide.deny):
        app.command()(command)
    for command in (show.logs, serve.chat, serve.worker, demo.demo):
        app.command()(command)
    app.add_typer(configure.app, name="config")
    return app


def main() -> None:
    """Entry point of the console script."""
    _ensure_streams()
    application()()


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
