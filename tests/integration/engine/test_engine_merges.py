"""Two builders that change the same line: an agent brings their work together, or a person does, or the task fails."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.agents.memory import Play, Stage
from core.agents.runner import AgentFailed
from core.domain.approval import Approval, ApprovalKind
from core.domain.event import ConflictFound
from core.domain.identity import TaskId
from core.domain.project import Project
from core.domain.task import RunPurpose, StepState, Task, TaskState
from core.domain.workflow import Mode
from tests.support.engine import Workshop, git
from tests.support.engine_plays import RESULTS, in_turn, settles, writes

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

LEFT = writes({"sum.py": "print(4)\n"}, summary="Print four.")
RIGHT = writes({"sum.py": "print(2 + 2)\n"}, summary="Add two and two.")
BOTH = "print(2 + 2)  # 4\n"


def after(first: Play, *merging: Play) -> Play:
    """A builder that does `first`, and whose successors settle the conflict by the plays `merging`, in turn."""
    later = in_turn(*merging)

    async def play(stage: Stage) -> Mapping[str, object] | AgentFailed:
        return await (later if settles(stage.spec) else first)(stage)

    return play


async def gives_up(_stage: Stage) -> AgentFailed:
    return AgentFailed(message="I cannot decide which one is meant.", transient=False)


async def leaves_markers(_stage: Stage) -> Mapping[str, object]:
    return {"summary": "I think it is fine."}


async def clashing(busy: Workshop, name: str, *merging: Play) -> tuple[Project, Task]:
    """A task whose second builder changes the line that the first one has changed."""
    project = busy.project(name, plays={"left": LEFT, "right": after(RIGHT, *merging)})
    return project, await busy.submit(project, workflow="pair", mode=Mode.PARALLEL)


async def asked_to_settle(busy: Workshop, task: TaskId, *, times: int = 1) -> Approval:
    """The question to a person, with the lane where the conflict is."""
    (approval,) = await busy.asked(task, times=times)
    assert approval.kind == ApprovalKind.CONFLICT
    assert approval.step == "right"
    assert "sum.py" in approval.detail
    assert str(lane(busy, task)) in approval.detail
    assert "approve" in approval.detail
    return approval


def lane(busy: Workshop, task: TaskId) -> Path:
    """The worktree of the step that is not merged yet."""
    return busy.home / "worktrees" / f"{task}.lane-right"


def content(project: Project, branch: str) -> str:
    return git(Path(project.repository), "show", f"{branch}:sum.py") + "\n"


async def test_an_agent_is_told_the_files_and_brings_both_intentions_together(busy: Workshop):
    seen: list[str] = []

    async def settle(stage: Stage) -> Mapping[str, object]:
        seen.append((stage.spec.worktree / "sum.py").read_text())
        (stage.spec.worktree / "sum.py").write_text(BOTH)
        return {"summary": "Kept both."}

    project, task = await clashing(busy, "settled", settle)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert content(project, view.task.branch) == BOTH
    assert "<<<<<<<" in seen[0]
    assert "print(4)" in seen[0]
    assert "print(2 + 2)" in seen[0]
    *_, told = busy.starts(task.id, "builder")
    assert "Files with conflicts" in told.prompt
    assert "sum.py" in told.prompt.partition("Files with conflicts")[2]
    found = [event for event in await busy.events(task.id) if isinstance(event, ConflictFound)]
    assert [(event.step, event.files) for event in found] == [("right", ("sum.py",))]
    assert busy.commits(project, view.task.branch) == ["right/1", "left/1"]
    right = view.steps[1]
    assert [part.run.purpose for part in right.runs] == [RunPurpose.WORK, RunPurpose.MERGE]
    assert right.step.summary == "Add two and two.", "settling a conflict changes nothing about what the step handed in"
    assert view.approvals == ()
    assert busy.lanes(task.id) == []


@pytest.mark.parametrize("merging", [gives_up, leaves_markers])
async def test_a_person_settles_what_no_agent_could(busy: Workshop, merging: Play):
    project, task = await clashing(busy, f"by-hand-{merging.__name__.replace('_', '-')}", merging)
    approval = await asked_to_settle(busy, task.id)
    file = lane(busy, task.id) / "sum.py"
    assert "<<<<<<<" in file.read_text()
    file.write_text(BOTH)
    await busy.approve(approval)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert content(project, view.task.branch) == BOTH
    assert busy.commits(project, view.task.branch) == ["right/1", "left/1"]
    assert [spec.role.name for spec in busy.starts(task.id)] == ["builder", "builder", "builder", "tester"]
    assert busy.lanes(task.id) == []


async def test_a_person_who_leaves_markers_is_asked_again(busy: Workshop):
    project, task = await clashing(busy, "half-settled", gives_up)
    await busy.approve(await asked_to_settle(busy, task.id))
    second = await asked_to_settle(busy, task.id, times=2)
    (lane(busy, task.id) / "sum.py").write_text(BOTH)
    await busy.approve(second)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert content(project, view.task.branch) == BOTH
    assert len(view.approvals) == 2


async def test_a_person_who_refuses_fails_the_task_and_what_was_done_is_kept(busy: Workshop):
    project, task = await clashing(busy, "refused", gives_up)
    main = git(Path(project.repository), "rev-parse", "main")
    await busy.deny(await asked_to_settle(busy, task.id), "these two do not belong together")
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.FAILED
    assert "The conflict in step right was not settled: these two do not belong together" in view.task.failure
    assert git(Path(project.repository), "rev-parse", "main") == main
    assert content(project, view.task.branch) == "print(4)\n"
    assert [part.step.state for part in view.steps] == [StepState.COMPLETED, StepState.FAILED, StepState.CANCELLED]
    assert any("lane-right" in left for left in busy.lanes(task.id)), "the work that was not merged can still be seen"
    assert busy.pull_requests(project) == []


async def test_work_that_fits_together_in_one_file_is_merged_without_anybody(busy: Workshop):
    def line(number: int) -> Play:
        async def play(stage: Stage) -> Mapping[str, object]:
            lines = [f"line {each}\n" for each in range(20)]
            lines[number] = f"changed by {stage.spec.agent_run}\n"
            (stage.spec.worktree / "long.txt").write_text("".join(lines))
            return RESULTS["builder"]

        return play

    project = busy.project("fits", plays={"left": line(1), "right": line(18)})
    repository = Path(project.repository)
    (repository / "long.txt").write_text("".join(f"line {each}\n" for each in range(20)))
    git(repository, "add", "long.txt")
    git(repository, "commit", "--quiet", "-m", "Add a long file")
    task = await busy.submit(project, workflow="pair", mode=Mode.PARALLEL)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    text = git(repository, "show", f"{view.task.branch}:long.txt")
    assert (f"changed by {task.id}.1" in text, f"changed by {task.id}.2" in text) == (True, True)
    assert not [event for event in await busy.events(task.id) if isinstance(event, ConflictFound)]
