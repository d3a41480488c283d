"""A worker inside the test: its pauses are short, and its clock can be turned, where the program's own take minutes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from adapters.claude import ClaudeAgentRunner, ClaudeSettings
from bot.compose import Program, opened
from config.settings import load_settings
from core.engine.parts import EngineParts
from core.engine.vigil import VigilClock
from tests.support.command_line import CommandLine

FIRST_PAUSE_S = 0.2


class TurnedClock:
    """The wall clock, and what it was turned ahead by."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def turn(self, seconds: float) -> None:
        """Time goes by at once."""
        self._ahead += timedelta(seconds=seconds)


@asynccontextmanager
async def working(
    shop: CommandLine,
    *,
    clock: TurnedClock | None = None,
    vigil_clock: VigilClock | None = None,
    cli_retries: int = 0,
) -> AsyncGenerator[Program]:
    """Do the work of this home here; commands of other processes hand it over, look on and steer as always.

    The agent program repeats a failed request `cli_retries` times by itself; `vigil_clock` times the silence of agents.
    """
    environ = shop.environment()
    settings = load_settings(config=None, cwd=shop.folder, environ=environ)
    async with opened(settings, environ=environ, clock=clock or TurnedClock()) as program:

        def parts() -> EngineParts:
            made = program.parts()
            runner = ClaudeAgentRunner(
                settings=ClaudeSettings(
                    api_url=settings.claude.api_url,
                    api_key=settings.claude.api_key.get_secret_value(),
                    run_folder=settings.home / "run",
                    sandbox="off",
                    max_retries=cli_retries,
                ),
                sessions=program.store.transcripts,
                mask=program.mask,
            )
            return replace(
                made,
                runner=runner,
                limits=replace(made.limits, first_pause_s=FIRST_PAUSE_S),
                vigil_clock=vigil_clock or made.vigil_clock,
            )

        async with replace(program, parts=parts).worker():
            yield program
