"""The command line `orchestrator`: puts the commands together."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import configure, decide, demo, run, serve, show
from bot.cli.session import Invocation

EPILOG = (
    "Exit codes: 0 done · 1 the task did not complete · 2 wrong usage · 3 configuration · 4 not found · "
    "5 no longer possible · 6 something needed is unavailable · 130 interrupted"
)


def options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Settings file to use.")] = None,
) -> None:
    """Hand work to AI coding agents, and stay in charge of it."""
    context.obj = Invocation(config=config)


def application() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="orchestrator", no_args_is_help=True, epilog=EPILOG, pretty_exceptions_enable=False, callback=options
    )
    for command in (run.run, show.status, show.tasks, show.task, decide.cancel, decide.approve, decide.deny):
        app.command()(command)
    for command in (show.logs, serve.chat, serve.worker, demo.demo):
        app.command()(command)
    app.add_typer(configure.app, name="config")
    return app


def main() -> None:
    """Entry point of the console script."""
    application()()


if __name__ == "__main__":
    main()
