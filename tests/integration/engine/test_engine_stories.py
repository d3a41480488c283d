"""Whole tasks from the request to the pull request: what happens, in which order, and what is left of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from core.agents.memory import Stage
from core.domain.event import Event, StepStateChanged, TaskStateChanged
from core.domain.project import PlanGate
from core.domain.task import TaskState
from tests.support.engine import Workshop, git
from tests.support.engine_plays import runs, usual

pytestmark = pytest.mark.asyncio(loop_scope="module")


def states(events: Sequence[Event]) -> list[str]:
    """The states of the task, as people saw them."""
    return [event.target for event in events if isinstance(event, TaskStateChanged)]


def step_moves(events: Sequence[Event]) -> list[str]:
    """Every move of a step."""
    return [f"{e.step} {e.target}" for e in events if isinstance(e, StepStateChanged)]


@pytest.mark.slow
async def test_a_bug_fix_goes_through_all_its_steps_to_one_commit_and_one_pull_request(busy: Workshop):
    project = busy.project("whole", plan_gate=PlanGate.ALWAYS, verify="true")
    task = await busy.submit(project, "fix issue #7", workflow="")
    (plan,) = await busy.asked(task.id)
    assert plan.kind == "plan"
    assert "Mend sum.py" in plan.detail
    await busy.approve(plan)
    view = await busy.ended(task.id)
    events = await busy.events(task.id)

    assert view.task.workflow.name == "bug_fix"
    assert states(events) == ["planning", "awaiting_approval", "running", "completed"]
    assert step_moves(events) == [
        *("analyse running", "analyse completed"),
        *("plan running", "plan completed", "plan waiting", "plan completed"),
        *("build running", "build completed"),
        *("test running", "test completed"),
        *("review running", "review completed"),
    ]
    assert [event.type for event in events][:4] == [
        *("task_submitted", "plan_made", "task_state_changed", "workspace_prepared")
    ]
    assert [event.type for event in events][-2:] == ["pull_request_opened", "task_state_changed"]
    assert busy.commits(project, view.task.branch) == ["build/1"]
    assert view.task.branch == f"orchestrate/{task.id}-the-sum-is-wrong"
    assert view.files == ("work.txt",)
    (record,) = busy.pull_requests(project)
    assert view.task.pull_request == record.stem
    assert git(Path(project.repository), "status", "--porcelain") == ""


async def test_a_feature_goes_the_same_way(busy: Workshop):
    project = busy.project("feature")
    task = await busy.submit(project, "add a product", workflow="")
    view = await busy.ended(task.id)
    assert view.task.workflow.name == "feature_implementation"
    assert view.task.state == TaskState.COMPLETED
    assert busy.commits(project, view.task.branch) == ["build/1"]


async def test_the_bill_of_every_step_is_the_sum_of_its_calls_in_the_ledger(busy: Workshop):
    project = busy.project("bill", plays={"builder": runs("echo 1", "echo 2")})
    view = await busy.ended((await busy.submit(project, workflow="bug_fix")).id)
    called = [event for event in await busy.events(view.task.id) if event.type == "model_called"]
    total = sum((Decimal(event.cost_usd) for event in called), Decimal(0))
    assert view.bill.cost_usd == total == sum(step.bill.cost_usd for step in view.steps) > 0
    assert [step.bill.calls for step in view.steps] == [1, 1, 3, 1, 1]
    for step in view.steps:
        (run,) = step.runs
        of_run = [Decimal(event.cost_usd) for event in called if event.agent_run == run.run.id]
        assert step.bill.cost_usd == run.bill.cost_usd == sum(of_run)


async def test_without_a_plan_gate_nobody_is_asked(busy: Workshop):
    project = busy.project("ungated", plan_gate=PlanGate.NEVER)
    task = await busy.submit(project, workflow="plan_build")
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert view.approvals == ()


async def test_a_refused_plan_cancels_the_task_with_the_reason_and_commits_nothing(busy: Workshop):
    project = busy.project("refused", plan_gate=PlanGate.ALWAYS)
    task = await busy.submit(project, workflow="plan_build")
    (plan,) = await busy.asked(task.id)
    await busy.deny(plan, "too risky before the holidays")
    view = await busy.ended(task.id)
    (end,) = [e for e in await busy.events(task.id) if isinstance(e, TaskStateChanged) and e.target == "cancelled"]
    assert view.task.state == TaskState.CANCELLED
    assert "too risky before the holidays" in end.reason
    assert busy.commits(project, view.task.branch) == []
    assert busy.starts(task.id, "builder") == []
    assert busy.pull_requests(project) == []


async def test_what_is_said_about_an_approved_plan_reaches_the_builder(busy: Workshop):
    project = busy.project("commented", plan_gate=PlanGate.ALWAYS)
    task = await busy.submit(project, workflow="plan_build")
    (plan,) = await busy.asked(task.id)
    await busy.approve(plan, reason="but leave the tests alone")
    await busy.ended(task.id)
    (spec,) = busy.starts(task.id, "builder")
    assert "but leave the tests alone" in spec.prompt
    assert "Mend sum.py" in spec.prompt


async def test_a_denied_call_does_not_run_and_the_agent_reads_why(busy: Workshop):
    project = busy.project("denied", plays={"builder": runs("risky deploy")})
    task = await busy.submit(project)
    (call,) = await busy.asked(task.id)
    assert (call.kind, call.tool, call.tool_input) == ("tool", "Bash", {"command": "risky deploy"})
    await busy.deny(call, "never on a Friday")
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert "never on a Friday" in view.steps[0].step.summary
    assert not [event for event in await busy.events(task.id) if event.type == "agent_acted"]


async def test_an_answered_question_reaches_the_agent(busy: Workshop):
    async def asks(stage: Stage) -> Mapping[str, object]:
        reply = await stage.ask("Which sum?", choices=("first", "second"))
        return {**await usual(stage), "summary": f"They said: {reply.text}"}

    project = busy.project("question", plays={"builder": asks})
    task = await busy.submit(project)
    (question,) = await busy.asked(task.id)
    assert question.kind == "question"
    assert [choice.label for choice in question.questions[0].choices] == ["first", "second"]
    await busy.approve(question, answers={"Which sum?": "both of them"})
    view = await busy.ended(task.id)
    assert "both of them" in view.steps[0].step.summary


async def test_work_that_changes_nothing_completes_without_a_pull_request(busy: Workshop):
    async def idle(_stage: Stage) -> Mapping[str, object]:
        return {"summary": "It was right already."}

    project = busy.project("idle", plays={"builder": idle})
    view = await busy.ended((await busy.submit(project)).id)
    assert view.task.state == TaskState.COMPLETED
    assert (view.task.commit, view.task.pull_request) == ("", "")
    assert view.bill.calls == 1
