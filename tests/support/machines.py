"""Fixtures: a machine of its own for each test, with a user, a sample repository, and a model that a test directs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.repository import make_sample_repository
from bot.demo.scripted import ScriptedModel
from tests.support.command_line import CommandLine, settings_text
from tests.support.directed_model import Director

KEY = "sk-ant-the-key-of-this-story"


@pytest.fixture
def machine(tmp_path: Path) -> CommandLine:
    """A user without settings, projects or key."""
    return CommandLine(folder=tmp_path.resolve())


@pytest.fixture
async def repository(machine: CommandLine) -> Path:
    """The sample project as somebody's repository."""
    return await make_sample_repository(machine.folder / "shop")


@pytest.fixture
async def director() -> AsyncIterator[Director]:
    director = Director()
    yield director
    director.let_go()


@pytest.fixture
async def model(director: Director) -> AsyncIterator[ScriptedModel]:
    """Serves what the director says."""
    async with ScriptedModel(director.script) as model:
        yield model


@pytest.fixture
def shop(machine: CommandLine, repository: Path, model: ScriptedModel) -> CommandLine:
    """A machine whose user has bound the repository as project `shop`, and has a key."""
    machine.write_settings(settings_text(repository, tables='[claude]\nsandbox = "off"'))
    machine.variables |= {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.url}
    return machine
