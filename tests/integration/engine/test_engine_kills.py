"""`kill -9` at any moment, then a restart: the task ends as if nothing had happened, and nothing is done twice."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.engine import copied_database, make_repository
from tests.support.engine_invariants import Outcome, assert_same, outcome
from tests.support.engine_process import PROJECT, Errand
from tests.support.engine_processes import EngineProcesses, log_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

AT_ONCE = 6
"""Engines mostly wait for their queues, so several share a processor."""
EVERY_NTH_COMMIT = 8
EVERYWHERE = bool(os.environ.get("KILL_EVERYWHERE"))
"""Set this variable to kill at each of the 180 places instead of a choice of them: several minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Where errands are done, and what one leaves that nobody disturbed."""

    processes: EngineProcesses
    folder: Path
    template: Path
    repository: Path
    undisturbed: Outcome
    commits: int
    points: tuple[str, ...]

    def errand(self, name: str) -> Errand:
        """An errand with a home of its own."""
        return prepared(self.folder / name, template=self.template, repository=self.repository)


def prepared(home: Path, *, template: Path, repository: Path) -> Errand:
    """An errand on SQLite."""
    url = copied_database(template, home)
    shutil.copytree(repository, home / "repositories" / PROJECT)
    return Errand(home=str(home), url=url)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def grounds(
    processes: EngineProcesses, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Grounds:
    """One errand done in peace, and room for more."""
    folder = tmp_path_factory.mktemp("kills")
    repository = make_repository(folder / "repository")
    errand = prepared(folder / "peace", template=sqlite_template, repository=repository)
    assert await processes.run(errand) == 0, log_of(errand)
    course = json.loads((Path(errand.home) / "course.json").read_text())
    return Grounds(
        processes=processes,
        folder=folder,
        template=sqlite_template,
        repository=repository,
        undisturbed=await outcome(Path(errand.home), errand.url),
        commits=course["commits"],
        points=tuple(course["points"]),
    )


def kind_of(point: str) -> str:
    """Points of one kind do the same; a model's answer is charged alike, whoever asked."""
    return point.partition(" ")[2] if "model_answered" in point else point


async def survives(grounds: Grounds, *errands: Errand) -> int:
    """Do the errand with one process after the other until one is not killed; how many were."""
    for killed, errand in enumerate(errands):
        status = await grounds.processes.run(errand)
        if status == 0:
            assert_same(await outcome(Path(errand.home), errand.url), grounds.undisturbed)
            return killed
        assert status == -signal.SIGKILL, log_of(errand)
    raise AssertionError(f"{len(errands)} processes were not enough")


async def all_survive(grounds: Grounds, errands: Iterable[Errand]) -> None:
    """Let each errand die once and be taken up; all faults are told together."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def survive(errand: Errand) -> None:
        async with slots:
            try:
                unhurt = replace(errand, die_at_commit=0, die_at_point=0)
                assert await survives(grounds, errand, unhurt, unhurt) <= 1
            except (AssertionError, TimeoutError) as error:
                diary = (Path(errand.home) / "diary.txt").read_text()
                died = [line for line in diary.splitlines() if line.startswith("died")]
                error.add_note(f"{errand} {died}")
                raise

    done = await asyncio.gather(*map(survive, errands), return_exceptions=True)
    faults = [fault for fault in done if isinstance(fault, BaseException)]
    if faults:
        raise BaseExceptionGroup("not survived", faults)


@pytest.mark.timeout(600)
async def test_inside_every_kind_of_step(grounds: Grounds):
    first = {kind_of(name): at for at, name in reversed(list(enumerate(grounds.points, 1)))}
    chosen = range(1, len(grounds.points) + 1) if EVERYWHERE else sorted(first.values())
    assert len(chosen) >= 20
    await all_survive(grounds, [replace(grounds.errand(f"point{at}"), die_at_point=at) for at in chosen])


@pytest.mark.timeout(600)
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
