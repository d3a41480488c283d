"""One call of the command line: which settings it uses, and what it opens with them."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:  # databases and models take a second to load: each command loads what it uses
    from bot.compose import Program
    from bot.onlooker import Onlooker
    from config.settings import Settings


@dataclass(slots=True, kw_only=True)
class Invocation:
    """What was said before the command's own name. `known` are the settings, once they were read."""

    config: Path | None = None
    debug: bool = False
    known: "Settings | None" = None

    def settings(self) -> "Settings":
        """The effective settings of this call; ConfigurationError when they cannot be used."""
        from bot.logs import configure_logs
        from config.settings import load_settings

        settings = self.known = load_settings(config=self.config, cwd=_working_directory(), environ=os.environ)
        level = "debug" if self.debug else settings.log_level
        configure_logs(level, mask_values=settings.secrets(), log_format=settings.log_format)
        return settings

    @asynccontextmanager
    async def onlooker(self) -> AsyncGenerator["Onlooker"]:
        """For commands that only look."""
        from bot.onlooker import looking

        async with looking(self.settings()) as onlooker:
            yield onlooker

    @asynccontextmanager
    async def program(self) -> AsyncGenerator["Program"]:
        """For commands that hand over, decide or do work."""
        from bot.compose import opened

        async with opened(self.settings(), environ=os.environ) as program:
            yield program


def invocation(context: typer.Context) -> Invocation:
    """The invocation that the top-level options made."""
    return context.ensure_object(Invocation)


def _working_directory() -> Path:
    """Where we are; ConfigurationError when that folder has been deleted."""
    from core.domain.errors import ConfigurationError

    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigurationError(
            "The working directory does not exist any more.", hint="Change into one that does."
        ) from error
