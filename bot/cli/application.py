"""The command line `orchestrator` put together: its own options, and the table of commands."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.commands import Commands
from bot.cli.invocation import Invocation
from bot.main import version_line

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
        typer.echo(version_line())
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def application() -> typer.Typer:
    """The whole command line."""
    return typer.Typer(
        name="orchestrator",
        cls=Commands,
        epilog=EPILOG,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        callback=options,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
