"""`orchestrator config show`: the effective settings, secrets masked, each with where it came from."""

from typing import Annotated

import typer

from bot.cli import tables
from bot.cli.session import invocation, print_json, refuse
from core.domain.errors import OrchestratorError

app = typer.Typer(help="Look at the settings.", no_args_is_help=True)


@app.command()
def show(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print every effective setting and where it came from."""
    try:
        settings = invocation(context).settings()
    except OrchestratorError as error:
        refuse(error)
    shown = settings.shown()
    if as_json:
        print_json({key: {"value": each.value, "source": each.source} for key, each in shown.items()})
    else:
        tables.print_settings(shown, file=settings.config_file)
