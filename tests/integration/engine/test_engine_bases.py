"""The base branch moves while a task works: its branch follows, and what clashes is settled before it is offered."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.agents.memory import Stage
from core.domain.approval import ApprovalKind
from core.domain.event import WorkVerified
from core.domain.forge_event import BaseMoved
from core.domain.identity import TaskId
from core.domain.project import Project
from core.domain.task import TaskState
from tests.support.engine import ALICE, Workshop, git, has_ended
from tests.support.engine_plays import BUILD, RESULTS, Held, settles, usual, writes

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.github]


def push(project: Project, name: str, text: str) -> str:
    """Somebody's commit on main."""
    repository = Path(project.repository)
    (repository / name).write_text(text)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", f"Change {name}")
    return git(repository, "rev-parse", "HEAD")


async def moves(workshop: Workshop, task: TaskId) -> list[BaseMoved]:
    return [event for event in await workshop.events(task) if isinstance(event, BaseMoved)]


def parents(project: Project, commit: str) -> list[str]:
    return git(Path(project.repository), "log", "-1", "--format=%P", commit).split()


async def test_work_is_put_on_top_of_a_base_that_moved_and_checked_again(busy: Workshop):
    builder = Held()
    project = busy.project("moved", plays={"builder": builder}, verify="grep -q 4 sum.py && grep -q 'round 1' work.txt")
    task = await busy.submit(project)
    await builder.began.wait()
    base = push(project, "sum.py", "print(4)\n")
    builder.go_on.set()
    view = await busy.ended(task.id)
    assert (view.task.state, view.task.base_commit) == (TaskState.COMPLETED, base)
    assert parents(project, view.task.commit) == [base]
    assert view.task.pull_request_commit == view.task.commit
    assert busy.commits(project, view.task.branch) == ["build/1"]
    assert await moves(busy, task.id) == [BaseMoved(base_branch="main", commit=base)]
    checked = [event for event in await busy.events(task.id) if isinstance(event, WorkVerified)]
    assert [event.passed for event in checked] == [True]


async def test_what_no_longer_passes_on_the_new_base_is_offered_as_a_draft(busy: Workshop):
    builder = Held()
    project = busy.project("broken", plays={"builder": builder}, verify="grep -q 3 sum.py")
    task = await busy.submit(project)
    await builder.began.wait()
    push(project, "sum.py", "print(4)\n")
    builder.go_on.set()
    view = await busy.ended(task.id)
    offered = await busy.parts.forge.offered(project, view.task.pull_request)
    assert offered.body.startswith("> **Not finished.** `grep -q 3 sum.py` did not pass.")


async def test_a_base_that_did_not_move_changes_nothing(busy: Workshop):
    task = await busy.submit(busy.project("still"))
    await busy.ended(task.id)
    assert await moves(busy, task.id) == []


async def test_once_others_may_have_seen_the_branch_the_base_is_merged_into_it(busy: Workshop):
    project = busy.project("seen")
    task = await busy.submit(project)
    first = (await busy.ended(task.id)).task
    base = push(project, "other.txt", "new\n")
    await busy.orchestrator.follow_up(task.id, "More.", by=ALICE, why="words")
    await busy.until(task.id, lambda events: sum(map(has_ended, events)) == 2)
    again = (await busy.orchestrator.task(task.id)).task
    kept, merged = parents(project, again.commit)
    assert (merged, parents(project, kept)) == (base, [first.commit])


async def clashing(stage: Stage) -> Mapping[str, object]:
    """A builder that changes the one line, and settles a conflict about it when asked to."""
    if settles(stage.spec):
        assert "<<<<<<<" in (stage.spec.worktree / "sum.py").read_text()
        (stage.spec.worktree / "sum.py").write_text("print(2 + 2)  # 4\n")
        return {"summary": "Settled."}
    return await makes_four(stage)


async def makes_four(stage: Stage) -> Mapping[str, object]:
    (stage.spec.worktree / "sum.py").write_text("print(4)\n")
    return RESULTS["builder"]


async def test_what_clashes_is_settled_by_the_builder_and_looked_at_again(busy: Workshop):
    reviewer = Held()
    project = busy.project("clash", plays={"builder": clashing, "reviewer": reviewer})
    task = await busy.submit(project, workflow="build_review")
    await reviewer.began.wait()
    base = push(project, "sum.py", "print(2 + 2)\n")
    push(project, "other.txt", "new\n")
    reviewer.go_on.set()
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    repository = Path(project.repository)
    assert git(repository, "show", f"{view.task.commit}:sum.py") == "print(2 + 2)  # 4"
    assert git(repository, "show", f"{view.task.commit}:other.txt") == "new"
    assert base in git(repository, "rev-list", view.task.commit).splitlines()
    (moved,) = await moves(busy, task.id)
    assert moved.files == ("sum.py",)
    assert [spec.role.name for spec in busy.starts(task.id)] == ["builder", "reviewer", "builder", "reviewer"]
    assert view.task.pull_request_commit == view.task.commit
    steps = {step.step.name: step.step.result for step in view.steps}
    assert steps[BUILD] == RESULTS["builder"], "what the step did is still what it did"


async def test_what_no_agent_can_settle_people_settle_in_the_worktree(busy: Workshop):
    reviewer = Held()

    async def gives_up(stage: Stage) -> Mapping[str, object]:
        return {"summary": "I cannot."} if settles(stage.spec) else await makes_four(stage)

    project = busy.project("people", plays={"builder": gives_up, "reviewer": reviewer})
    task = await busy.submit(project, workflow="build_review")
    await reviewer.began.wait()
    base = push(project, "sum.py", "print(2 + 2)\n")
    reviewer.go_on.set()
    (asked,) = await busy.asked(task.id)
    assert asked.kind == ApprovalKind.CONFLICT
    worktree = busy.home / "worktrees" / task.id
    assert str(worktree) in asked.detail
    (worktree / "sum.py").write_text("print(5)\n")
    await busy.approve(asked)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert git(Path(project.repository), "show", f"{view.task.commit}:sum.py") == "print(5)"
    assert view.task.base_commit == base


async def test_what_is_cut_short_is_offered_as_it_is_and_says_what_clashes(busy: Workshop):
    reviewer = Held()
    project = busy.project("short", plays={"builder": writes({"sum.py": "print(4)\n"}), "reviewer": reviewer})
    task = await busy.submit(project, workflow="build_review")
    await reviewer.began.wait()
    push(project, "sum.py", "print(2 + 2)\n")
    await busy.orchestrator.publish_now(task.id, by=ALICE)
    view = await busy.ended(task.id)
    assert (view.task.state, view.task.pull_request_state) == (TaskState.COMPLETED, "open")
    assert [notice for notice in view.notices if "sum.py" in notice]


async def test_work_of_several_branches_follows_its_base_too(busy: Workshop):
    tester = Held(usual)
    project = busy.project("lanes", plays={"tester": tester})
    task = await busy.submit(project, workflow="pair")
    await tester.began.wait()
    base = push(project, "other.txt", "new\n")
    tester.go_on.set()
    view = await busy.ended(task.id)
    assert (view.task.state, view.task.base_commit) == (TaskState.COMPLETED, base)
