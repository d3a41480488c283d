"""Where engines are killed: errands, each done by one process after the other until one of them lives."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.engine import copied_database, make_repository
from tests.support.engine_invariants import STORIES, Expected, Outcome, assert_same, outcome
from tests.support.engine_process import PROJECT, Errand, Story
from tests.support.engine_processes import EngineProcesses, log_of

AT_ONCE = 6
"""Engines mostly wait for their queues, so several share a processor."""
EVERYWHERE = bool(os.environ.get("KILL_EVERYWHERE"))
"""Set this variable to kill at every place there is instead of a choice of them: several minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Where errands are done, and what one leaves that nobody disturbed."""

    processes: EngineProcesses
    folder: Path
    template: Path
    repository: Path
    story: Story
    expected: Expected
    undisturbed: Outcome
    commits: int
    points: tuple[str, ...]

    def errand(self, name: str) -> Errand:
        """An errand with a home of its own."""
        return prepared(self.folder / name, template=self.template, repository=self.repository, story=self.story)


def prepared(home: Path, *, template: Path, repository: Path, story: Story) -> Errand:
    """An errand on SQLite."""
    url = copied_database(template, home)
    shutil.copytree(repository, home / "repositories" / PROJECT)
    return Errand(home=str(home), url=url, story=story)


async def in_peace(processes: EngineProcesses, folder: Path, template: Path, *, story: Story) -> Grounds:
    """One errand done in peace, and room for more."""
    expected = STORIES[story]
    repository = make_repository(folder / "repository")
    errand = prepared(folder / "peace", template=template, repository=repository, story=story)
    assert await processes.run(errand) == 0, log_of(errand)
    course = json.loads((Path(errand.home) / "course.json").read_text())
    return Grounds(
        processes=processes,
        folder=folder,
        template=template,
        repository=repository,
        story=story,
        expected=expected,
        undisturbed=await outcome(Path(errand.home), errand.url, expected),
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
            assert_same(await outcome(Path(errand.home), errand.url, grounds.expected), grounds.undisturbed)
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
