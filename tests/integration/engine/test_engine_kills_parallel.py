"""`kill -9` while two builders work beside each other and clash: one branch, each commit once, nobody asked twice."""

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
    """Two builders that change the same line, an agent that settles it, and a tester."""
    return await in_peace(processes, tmp_path_factory.mktemp("kills"), sqlite_template, story="pair")


@pytest.mark.timeout(1800)
async def test_at_every_kind_of_moment_of_lanes_merges_and_settlements(grounds: Grounds):
    first = {kind_of(name): at for at, name in reversed(list(enumerate(grounds.points, 1)))}
    new = ("lane", "merge", "settle", "drop", "committed")
    chosen = [at for name, at in first.items() if EVERYWHERE or any(word in name for word in new)]
    assert len(chosen) >= 12
    await all_survive(grounds, [replace(grounds.errand(f"point{at}"), die_at_point=at) for at in sorted(chosen)])


@pytest.mark.timeout(1800)
async def test_at_every_boundary_between_two_commits_of_the_database(grounds: Grounds):
    chosen = range(1, grounds.commits + 1, 1 if EVERYWHERE else EVERY_NTH_COMMIT)
    assert len(chosen) >= 8
    await all_survive(grounds, [replace(grounds.errand(f"commit{at}"), die_at_commit=at) for at in chosen])


async def test_again_and_again(grounds: Grounds):
    errand = replace(grounds.errand("again"), die_at_commit=20)
    assert await survives(grounds, *[errand] * 12) >= 2
