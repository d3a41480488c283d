"""What every command starts with: settings, the opened program, who is asking, and errors told in one line."""

import asyncio
import getpass
import json
import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import typer

from bot.cli.exits import Exit, exit_code, told
from bot.compose import Program, opened
from bot.logs import configure_logs
from config.settings import Settings, load_settings
from core.domain.errors import NotFoundError, OrchestratorError
from core.domain.identity import PersonId, ProjectName


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of the command line."""

    config: Path | None = None

    def settings(self) -> Settings:
        """The effective settings of this call."""
        settings = load_settings(config=self.config, cwd=Path.cwd(), environ=os.environ)
        configure_logs(settings.log_level, mask_values=settings.secrets())
        return settings

    @asynccontextmanager
    async def program(self) -> AsyncGenerator[Program]:
        """The program these settings describe."""
        async with opened(self.settings(), environ=os.environ) as program:
            yield program


def invocation(context: typer.Context) -> Invocation:
    """The invocation that the top-level options made."""
    return context.ensure_object(Invocation)


def perform(work: Callable[[], Awaitable[int]]) -> NoReturn:
    """Run an async command and leave with its exit code; errors of the core become one line on stderr."""
    try:
        code = asyncio.run(_until_told(work))
    except OrchestratorError as error:
        refuse(error)
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise SystemExit(Exit.INTERRUPTED) from None
    raise SystemExit(code)


async def _until_told(work: Callable[[], Awaitable[int]]) -> int:
    """Do `work`; a closed terminal or a polite kill ends it as Ctrl-C does, so that everything is put away."""
    current = asyncio.current_task()
    assert current is not None
    for name in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, current.cancel)
    return await work()


def refuse(error: OrchestratorError) -> NoReturn:
    """Tell `error` on stderr and leave with its exit code."""
    typer.echo(f"Error: {told(error)}", err=True)
    raise SystemExit(exit_code(error))


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def me() -> PersonId:
    """The person at this terminal."""
    return PersonId(f"console:{getpass.getuser()}")


def chosen_project(settings: Settings, name: str) -> ProjectName:
    """The project called `name`; without a name the only one there is, else NotFoundError that lists them."""
    if name:
        return settings.project(name).name
    if len(settings.projects) == 1:
        return ProjectName(next(iter(settings.projects)))
    known = ", ".join(sorted(settings.projects))
    hint = f"Say which with --project: {known}." if known else "Add [projects.NAME] to orchestrator.toml."
    raise NotFoundError("project", "chosen" if known else "configured", hint=hint)
