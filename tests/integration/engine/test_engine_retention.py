"""Retention: the worktree of a task that ended long ago goes, its branch and everybody else's worktrees stay."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.identity import TaskId
from core.domain.project import PlanGate
from core.engine.parts import Retention
from core.engine.retention import clean, due
from tests.support.engine import Workshop, git

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONG_AGO_S = 30 * 86_400


def worktree(workshop: Workshop, task: TaskId) -> Path:
    return workshop.home / "worktrees" / task


def age(workshop: Workshop, task: TaskId) -> None:
    """Make the worktree look unused for a month."""
    record = workshop.home / "worktrees" / f"{task}.json"
    then = record.stat().st_mtime - LONG_AGO_S
    os.utime(record, (then, then))


async def test_only_ended_tasks_beyond_their_days_lose_the_worktree_and_keep_the_branch(busy: Workshop):
    project = busy.project("tidy")
    old, fresh = await busy.submit(project), await busy.submit(project)
    branch = (await busy.ended(old.id)).task.branch
    await busy.ended(fresh.id)
    age(busy, old.id)
    assert worktree(busy, old.id).is_dir()

    parts = replace(busy.parts, retention=Retention(worktrees_days=14))
    foreseen = await due(parts)
    removed = await clean(parts)

    assert removed == foreseen
    assert [(each.task, each.kind) for each in removed] == [(old.id, "worktree")]
    assert removed[0].bytes > 0
    assert not worktree(busy, old.id).exists()
    assert worktree(busy, fresh.id).is_dir()
    assert git(Path(project.repository), "rev-parse", "--verify", f"refs/heads/{branch}")
    assert await clean(replace(busy.parts, retention=Retention(worktrees_days=14))) == []


async def test_a_task_that_still_waits_for_a_person_keeps_its_worktree_however_old(busy: Workshop):
    project = busy.project("patient", plan_gate=PlanGate.ALWAYS)
    task = await busy.submit(project, "fix issue #7", workflow="bug_fix")
    (plan,) = await busy.asked(task.id)
    age(busy, task.id)

    assert await clean(replace(busy.parts, retention=Retention(worktrees_days=1))) == []
    assert worktree(busy, task.id).is_dir()

    await busy.deny(plan)
    await busy.ended(task.id)


async def test_a_worktree_that_cannot_be_removed_now_does_not_keep_the_others_from_it(busy: Workshop):
    gone, here = busy.project("gone"), busy.project("here")
    lost, kept = await busy.submit(gone), await busy.submit(here)
    await busy.ended(lost.id)
    await busy.ended(kept.id)
    age(busy, lost.id)
    age(busy, kept.id)
    del busy.projects[gone.name]

    removed = await clean(replace(busy.parts, retention=Retention(worktrees_days=14)))

    assert kept.id in [each.task for each in removed]
    assert lost.id not in [each.task for each in removed]
    assert not worktree(busy, kept.id).exists()


async def test_logs_and_notes_of_tasks_that_ended_long_ago_go_too(busy: Workshop):
    project = busy.project("logs")
    task = await busy.submit(project)
    await busy.ended(task.id)
    logs, notes = busy.home / "agent_logs" / task.id, busy.home / "notes" / f"{task.id}.md"
    logs.mkdir(parents=True, exist_ok=True)
    (logs / "text.txt").write_text("said\n")
    notes.parent.mkdir(exist_ok=True)
    notes.write_text("noted\n")
    keeping, dropping = Retention(logs_days=1), Retention(logs_days=0)

    assert not [each for each in await due(replace(busy.parts, retention=keeping)) if each.task == task.id]
    removed = await clean(replace(busy.parts, retention=dropping))

    assert {each.kind for each in removed if each.task == task.id} == {"logs", "notes"}
    assert not logs.exists()
    assert not notes.exists()
