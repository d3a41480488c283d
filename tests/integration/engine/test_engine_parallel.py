"""Steps that do not need each other run at the same time, each writer in a worktree of its own, merged in order."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.agents.memory import Stage
from core.domain.event import AgentRunStateChanged, CommitCreated, Event, StepStateChanged
from core.domain.task import AgentRunState, StepState, TaskState
from core.domain.workflow import Mode
from tests.support.engine import PATIENCE_S, Workshop, git
from tests.support.engine_plays import RESULTS, Held, fails, hands_in, in_turn, round_of, usual, writes

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


async def test_two_builders_work_at_once_each_in_its_own_worktree_and_are_merged_in_the_workflows_order(busy: Workshop):
    left = Held(writes({"left.txt": "left\n"}, summary="Did the left side."))
    right = Held(writes({"right.txt": "right\n"}, summary="Did the right side."))
    seen: list[set[str]] = []

    async def tests(stage: Stage) -> Mapping[str, object]:
        seen.append({path.name for path in stage.spec.worktree.glob("*.txt")})
        return RESULTS["tester"]

    project = busy.project("beside", plays={"left": left, "right": right, "tester": tests})
    repository = Path(project.repository)
    (repository / "mine.txt").write_text("not committed yet")
    before = (git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD", "main"))

    task = await busy.submit(project, workflow="pair", mode=Mode.PARALLEL)
    await asyncio.wait_for(left.began.wait(), PATIENCE_S)
    await asyncio.wait_for(right.began.wait(), PATIENCE_S)
    view = await busy.orchestrator.task(task.id)
    assert [part.runs[0].run.state for part in view.steps[:2]] == [AgentRunState.RUNNING] * 2
    worktrees = {spec.worktree for spec in busy.starts(task.id)}
    assert len(worktrees) == 2
    assert busy.home / "worktrees" / task.id not in worktrees

    right.go_on.set()
    await busy.until(task.id, lambda events: f"{task.id}.2 completed" in runs_told(events))
    assert not [event for event in await busy.events(task.id) if isinstance(event, CommitCreated)]
    left.go_on.set()
    view = await busy.ended(task.id)

    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert busy.commits(project, view.task.branch) == ["right/1", "left/1"]
    assert git(repository, "log", "--format=%s", f"main..{view.task.branch}").splitlines() == [
        "Did the right side.",
        "Did the left side.",
    ]
    assert git(repository, "log", "--merges", "--format=%H", f"main..{view.task.branch}") == ""
    tasks = git(repository, "log", "--format=%(trailers:key=Task,valueonly,separator=)", f"main..{view.task.branch}")
    assert tasks.splitlines() == [task.id] * 2
    assert view.files == ("left.txt", "right.txt")
    assert seen == [{"left.txt", "right.txt"}]
    (told,) = busy.starts(task.id, "tester")
    assert "Did the left side." in told.prompt
    assert "Did the right side." in told.prompt
    assert busy.lanes(task.id) == []
    assert (git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD", "main")) == before


def runs_told(events: list[Event]) -> list[str]:
    """Every move of an agent run."""
    return [f"{event.agent_run} {event.target}" for event in events if isinstance(event, AgentRunStateChanged)]


async def test_in_sequence_the_second_builder_begins_where_the_first_ended(busy: Workshop):
    found: list[bool] = []

    async def looks(stage: Stage) -> Mapping[str, object]:
        found.append((stage.spec.worktree / "left.txt").exists())
        return await usual(stage)

    project = busy.project("sequence", plays={"left": writes({"left.txt": "left\n"}), "right": looks})
    view = await busy.ended((await busy.submit(project, workflow="pair", mode=Mode.SEQUENTIAL)).id)
    assert found == [True]
    assert busy.commits(project, view.task.branch) == ["right/1", "left/1"]
    assert len({spec.worktree for spec in busy.starts(view.task.id)}) == 1


async def test_a_failing_branch_of_the_work_stops_the_other_one_and_keeps_what_is_on_the_branch(busy: Workshop):
    right = Held()
    project = busy.project("halffailed", plays={"left": fails("No way."), "right": right})
    task = await busy.submit(project, workflow="pair", mode=Mode.PARALLEL)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.FAILED
    assert "The builder could not finish step left: No way." in view.task.failure
    assert [part.step.state for part in view.steps] == [StepState.FAILED, StepState.FAILED, StepState.CANCELLED]
    assert git(Path(project.repository), "status", "--porcelain") == ""


async def test_test_and_review_that_both_object_make_one_more_round_in_which_the_builder_hears_both(busy: Workshop):
    async def tests(stage: Stage) -> Mapping[str, object]:
        if round_of(stage.spec) == 1:
            return {"summary": "One failed.", "passed": False, "failures": ["test_sum: 3 is not 4"]}
        return RESULTS["tester"]

    async def reviews(stage: Stage) -> Mapping[str, object]:
        if round_of(stage.spec) == 1:
            return {
                "summary": "Not yet.",
                "verdict": "changes_requested",
                "comments": [{"file": "work.txt", "line": 1, "text": "Say what it does."}],
            }
        return RESULTS["reviewer"]

    testing = Held(tests)
    project = busy.project("objected", plays={"test": testing, "review": reviews})
    task = await busy.submit(project, workflow="objections", mode=Mode.PARALLEL)
    await busy.until(task.id, lambda events: "review failed" in steps_told(events))
    assert len(busy.starts(task.id, "builder")) == 1, "the other objection has to be heard first"
    testing.go_on.set()
    view = await busy.ended(task.id)

    assert view.task.state == TaskState.COMPLETED, view.task.failure
    first, second = busy.starts(task.id, "builder")
    assert "3 is not 4" not in first.prompt
    assert "3 is not 4" in second.prompt
    assert "Say what it does." in second.prompt
    assert busy.commits(project, view.task.branch) == ["build/2", "build/1"]
    assert [part.step.round for part in view.steps] == [2, 2, 2]
    assert busy.lanes(task.id) == []


def steps_told(events: list[Event]) -> list[str]:
    """Every move of a step."""
    return [f"{event.step} {event.target}" for event in events if isinstance(event, StepStateChanged)]


async def test_objections_without_end_end_after_the_rounds_that_are_allowed(busy: Workshop):
    never = hands_in(summary="One failed.", passed=False, failures=["test_sum"])
    project = busy.project("endless", plays={"test": never})
    view = await busy.ended((await busy.submit(project, workflow="objections", mode=Mode.PARALLEL)).id)
    assert view.task.state == TaskState.FAILED
    assert "Step test did not succeed after 3 rounds" in view.task.failure
    assert f"What was done is kept on the branch {view.task.branch}." in view.task.failure
    assert len(busy.starts(view.task.id, "builder")) == 3


async def test_a_step_with_retries_gets_another_agent_when_the_first_fails_for_good(busy: Workshop):
    project = busy.project("retried", plays={"builder": in_turn(fails("I give up."), usual)})
    view = await busy.ended((await busy.submit(project, workflow="retried")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    runs = [part.run for part in view.steps[0].runs]
    assert [(run.state, run.error) for run in runs] == [
        (AgentRunState.FAILED, "I give up."),
        (AgentRunState.COMPLETED, ""),
    ]
    assert runs[0].session != runs[1].session
    assert busy.commits(project, view.task.branch) == ["build/1"]


async def test_a_step_with_retries_fails_when_they_are_used_up(busy: Workshop):
    project = busy.project("hopeless", plays={"builder": fails("I give up.")})
    view = await busy.ended((await busy.submit(project, workflow="retried")).id)
    assert view.task.state == TaskState.FAILED
    assert len(view.steps[0].runs) == 2


async def test_a_step_whose_condition_does_not_hold_is_skipped_and_the_work_goes_on(busy: Workshop):
    project = busy.project("skips")
    view = await busy.ended((await busy.submit(project, workflow="conditional")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert [part.step.state for part in view.steps] == [
        *(StepState.SKIPPED, StepState.COMPLETED, StepState.COMPLETED, StepState.SKIPPED)
    ]
    assert 'complexity == "complex"' in view.steps[0].step.summary
    assert [spec.role.name for spec in busy.starts(view.task.id)] == ["builder", "tester"]
