"""`kill -9` at any moment, then a restart: the task ends as if nothing had happened, and nothing is done twice."""

from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.engine_kills import EVERYWHERE, Grounds, all_survive, in_peace, kind_of, survives
from tests.support.engine_processes import EngineProcesses

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]

EVERY_NTH_COMMIT = 6


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def grounds(
    processes: EngineProcesses, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Grounds:
    """Every kind of step, once."""
    return await in_peace(processes, tmp_path_factory.mktemp("kills"), sqlite_template, story="everything")


@pytest.mark.timeout(1800)
async def test_inside_every_kind_of_step(grounds: Grounds):
    first = {kind_of(name): at for at, name in reversed(list(enumerate(grounds.points, 1)))}
    chosen = range(1, len(grounds.points) + 1) if EVERYWHERE else sorted(first.values())
    assert len(chosen) >= 20
    await all_survive(grounds, [replace(grounds.errand(f"point{at}"), die_at_point=at) for at in chosen])


@pytest.mark.timeout(1800)
async def test_at_every_boundary_between_two_commits(grounds: Grounds):
    step = 1 if EVERYWHERE else EVERY_NTH_COMMIT
    chosen = range(1, grounds.commits + 1, step)
    assert len(chosen) >= 10
    await all_survive(grounds, [replace(grounds.errand(f"commit{at}"), die_at_commit=at) for at in chosen])


async def test_while_the_projects_check_runs(grounds: Grounds):
    errand = grounds.errand("verify")
    (Path(errand.home) / "die-in-verify").touch()
    assert await survives(grounds, errand, errand) == 1


async def test_again_and_again(grounds: Grounds):
    errand = replace(grounds.errand("again"), die_at_commit=25)
    assert await survives(grounds, *[errand] * 12) >= 3
