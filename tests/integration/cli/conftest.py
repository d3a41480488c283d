"""The command line as real processes, most of which are refused before any agent starts; and a house with a past."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.main import application
from core.store import Store
from tests.support.command_line import CommandLine, settings_text
from tests.support.history import make_history
from tests.support.machines import director, machine, model, repository, shop

__all__ = ["director", "machine", "model", "repository", "shop"]

Run = Callable[..., Result]


@pytest.fixture
def run(machine: CommandLine, repository: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs commands in this very process, on a machine whose house has a past."""
    second = f'\n[projects.docs]\npath = "{repository}"\n'
    machine.write_settings(settings_text(repository) + second)
    for name, value in machine.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.chdir(machine.folder)
    machine.home.mkdir()
    machine.database.write_bytes(sqlite_template.read_bytes())
    asyncio.run(_past(machine))

    def run(*arguments: str, code: int = 0) -> Result:
        ended = CliRunner().invoke(application(), arguments)
        assert ended.exit_code == code, ended.output
        return ended

    return run


async def _past(machine: CommandLine) -> None:
    async with await Store.open(f"sqlite:///{machine.database}", clock=lambda: datetime.now(UTC)) as store:
        await make_history(store, now=datetime.now(UTC))
