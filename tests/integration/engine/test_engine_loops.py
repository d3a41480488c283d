"""Work that is sent back: what the next round is told, when it ends, and what is kept of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.agents.memory import Stage
from core.domain.event import WorkVerified
from core.domain.task import StepState, TaskState
from core.views import TaskView
from tests.support.engine import Workshop, git
from tests.support.engine_plays import fails, passes_from, round_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


def rounds(view: TaskView) -> dict[str, int]:
    """The round each step has got to."""
    return {part.step.name: part.step.round for part in view.steps}


async def test_a_failed_test_sends_the_work_back_with_what_failed(busy: Workshop):
    project = busy.project("second", plays={"tester": passes_from(2)})
    view = await busy.ended((await busy.submit(project, workflow="everything")).id)
    first, second = busy.starts(view.task.id, "builder")
    assert view.task.state == TaskState.COMPLETED
    assert rounds(view) == {"plan": 1, "build": 2, "test": 2}
    assert "test_sum: 3 is not 4" not in first.prompt
    assert "test_sum: 3 is not 4" in second.prompt
    assert busy.commits(project, view.task.branch) == ["build/2", "build/1"]
    assert len(busy.pull_requests(project)) == 1


async def test_tests_that_always_fail_end_the_task_after_the_last_round_and_the_work_is_kept(busy: Workshop):
    project = busy.project("never", plays={"tester": passes_from(99)})
    before = git(Path(project.repository), "rev-parse", "main")
    view = await busy.ended((await busy.submit(project, workflow="everything")).id)
    assert view.task.state == TaskState.FAILED
    assert view.steps[-1].step.state == StepState.FAILED
    assert "test did not succeed after 3 rounds" in view.task.failure
    assert "One failed." in view.task.failure
    assert view.task.branch in view.task.failure
    assert busy.commits(project, view.task.branch) == ["build/3", "build/2", "build/1"]
    assert git(Path(project.repository), "rev-parse", "main") == before
    assert busy.pull_requests(project) == []


async def test_the_projects_own_check_outranks_a_tester_that_claims_success(busy: Workshop):
    verify = "grep -q 'round 2' work.txt || { echo only one round; exit 3; }"
    project = busy.project("claims", verify=verify)
    view = await busy.ended((await busy.submit(project, workflow="everything")).id)
    checks = [event for event in await busy.events(view.task.id) if isinstance(event, WorkVerified)]
    assert view.task.state == TaskState.COMPLETED
    assert [(check.round, check.passed) for check in checks] == [(1, False), (2, True)]
    _, second = busy.starts(view.task.id, "builder")
    assert "exit code 3" in second.prompt
    assert "only one round" in second.prompt


async def test_a_passing_check_does_not_make_a_bad_report_good(busy: Workshop):
    project = busy.project("honest", verify="true", plays={"tester": passes_from(2)})
    view = await busy.ended((await busy.submit(project, workflow="everything")).id)
    assert view.task.state == TaskState.COMPLETED
    assert rounds(view)["test"] == 2


async def test_what_the_check_leaves_in_the_worktree_is_not_committed(busy: Workshop):
    verify = "echo junk > junk.txt; grep -q 'round 2' work.txt"
    project = busy.project("litter", verify=verify)
    view = await busy.ended((await busy.submit(project, workflow="everything")).id)
    assert view.task.state == TaskState.COMPLETED
    assert view.files == ("work.txt",)


async def test_a_reviewer_who_wants_changes_sends_the_work_back_with_the_comments(busy: Workshop):
    async def strict(stage: Stage) -> Mapping[str, object]:
        if round_of(stage.spec) > 1:
            return {"summary": "Good.", "verdict": "approve"}
        comment = {"file": "sum.py", "line": 1, "text": "name the number"}
        return {"summary": "Nearly.", "verdict": "changes_requested", "comments": [comment]}

    project = busy.project("strict", plays={"reviewer": strict})
    view = await busy.ended((await busy.submit(project, workflow="build_review")).id)
    _, second = busy.starts(view.task.id, "builder")
    assert view.task.state == TaskState.COMPLETED
    assert rounds(view) == {"build": 2, "review": 2}
    assert "sum.py:1: name the number" in second.prompt


async def test_an_agent_that_fails_ends_the_task_with_its_words_and_no_secret(busy: Workshop):
    project = busy.project("broken", plays={"builder": fails("The model said no to hunter2.")})
    view = await busy.ended((await busy.submit(project)).id)
    assert view.task.state == TaskState.FAILED
    assert "The builder could not finish step build: The model said no to ***." in view.task.failure
    assert "hunter2" not in str(await busy.events(view.task.id))


async def test_changes_of_a_role_that_does_not_write_are_thrown_away(busy: Workshop):
    async def meddles(stage: Stage) -> Mapping[str, object]:
        (stage.spec.worktree / "mine.txt").write_text("planner was here")
        return {"summary": "A plan.", "steps": ["one"]}

    project = busy.project("meddling", plays={"planner": meddles})
    view = await busy.ended((await busy.submit(project, workflow="plan_build")).id)
    assert view.task.state == TaskState.COMPLETED
    assert view.files == ("work.txt",)
