"""A simulated GitHub with a project on it, for tests of the adapter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.identity import task_id
from core.forge import Forge, PullRequestDraft
from tests.platforms.github.simulator import GitHubSimulator
from tests.support.clock import FakeClock
from tests.support.forge_stage import GitHubStage


@pytest.fixture
async def stage(tmp_path: Path, clock: FakeClock) -> AsyncIterator[GitHubStage]:
    """The repository acme/shop with issue 7, a clone of it, and what makes adapters for them."""
    async with GitHubSimulator(folder=tmp_path / "github", now=clock) as simulator:
        yield GitHubStage(tmp_path, simulator, clock)


@pytest.fixture
def github(stage: GitHubStage) -> GitHubSimulator:
    return stage.simulator


@pytest.fixture
def forge(stage: GitHubStage) -> Forge:
    return stage.new_forge()


@pytest.fixture
def draft(stage: GitHubStage) -> PullRequestDraft:
    return PullRequestDraft(
        task=task_id(142),
        title="Apply the discount",
        body="What was done.",
        branch="orchestrate/T142-discount",
        base_branch="main",
        commit=stage.commit(stage.project, "discount"),
        closes="7",
    )
