"""Always for this task: what a person permits once is done again without asking, by every agent of the task only."""

import asyncio
from dataclasses import replace

import pytest

from core.agents.memory import Stage
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import ApprovalDecided, ApprovalRequested, PermissionKept
from core.domain.identity import PersonId
from core.domain.project import PlanGate
from core.domain.task import TaskState
from core.domain.workflow import Mode
from core.orchestrator import Decision
from tests.support.engine import ALICE, PATIENCE_S, Workshop
from tests.support.engine_plays import RESULTS, runs, runs_together

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow, pytest.mark.slack]

ALWAYS = Decision(approved=True, always=True)
BOB = PersonId("console:bob")


async def allow(workshop: Workshop, approval: Approval, *, by: PersonId = ALICE) -> Approval:
    return await workshop.orchestrator.decide(approval.id, ALWAYS, by=by)


async def test_the_same_command_is_asked_about_once_for_all_agents_of_the_task(busy: Workshop):
    plays = {"builder": runs("risky deploy", "risky deploy"), "reviewer": runs("risky deploy")}
    task = await busy.submit(busy.project("again", plays=plays), workflow="build_review")
    (asked,) = await busy.asked(task.id)

    decided = await allow(busy, asked)
    view = await busy.ended(task.id)

    assert (decided.always, decided.decided_by) == (True, ALICE)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert [(each.id, each.always) for each in view.approvals] == [(asked.id, True)]
    assert view.steps[0].step.summary == "done; done"
    kept = [event for event in await busy.events(task.id) if isinstance(event, PermissionKept)]
    assert kept == [PermissionKept(approval=asked.id, tool="Bash", title=asked.title, by=ALICE)]


async def test_anything_else_is_asked_about_and_what_is_denied_stays_denied(busy: Workshop):
    play = runs("risky deploy", "risky deploy --all", "risky deploy forbidden")
    task = await busy.submit(busy.project("wider", plays={"builder": play}))
    (asked,) = await busy.asked(task.id)
    await allow(busy, asked)
    (other,) = await busy.asked(task.id, times=2)
    assert other.tool_input == {"command": "risky deploy --all"}
    await busy.approve(other)
    view = await busy.ended(task.id)
    assert view.steps[0].step.summary == "done; done; The rules forbid it."


async def test_a_plain_yes_is_good_for_once(busy: Workshop):
    task = await busy.submit(busy.project("once", plays={"builder": runs("risky deploy", "risky deploy")}))
    (asked,) = await busy.asked(task.id)
    await busy.approve(asked)
    (again,) = await busy.asked(task.id, times=2)
    assert again.tool_input == asked.tool_input
    await busy.approve(again)
    assert (await busy.ended(task.id)).task.state == TaskState.COMPLETED


async def test_another_task_of_the_same_project_is_asked_for_itself(busy: Workshop):
    project = busy.project("neighbours", plays={"builder": runs("risky deploy")})
    first = await busy.submit(project)
    (asked,) = await busy.asked(first.id)
    await allow(busy, asked)
    await busy.ended(first.id)
    second = await busy.submit(project)
    (other,) = await busy.asked(second.id)
    await busy.deny(other)
    await busy.ended(second.id)


async def test_whoever_waits_with_the_same_thing_goes_on_with_it(busy: Workshop):
    plays = {"left": runs("risky deploy"), "right": runs("risky deploy")}
    task = await busy.submit(busy.project("both", plays=plays), workflow="pair", mode=Mode.PARALLEL)
    one, other = await busy.asked(task.id, times=2)

    await allow(busy, one, by=BOB)
    view = await busy.ended(task.id)

    assert view.task.state == TaskState.COMPLETED, view.task.failure
    states = {each.id: (each.state, each.always, each.decided_by) for each in view.approvals}
    assert states == {
        one.id: (ApprovalState.APPROVED, True, BOB),
        other.id: (ApprovalState.APPROVED, False, BOB),
    }
    assert one.id in next(each.decision_reason for each in view.approvals if each.id == other.id)


async def test_an_agent_at_work_when_it_was_permitted_bothers_nobody_with_it(busy: Workshop):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def late(stage: Stage):
        begun.set()
        await asyncio.wait_for(go_on.wait(), PATIENCE_S)
        reply = await stage.use("Bash", {"command": "risky deploy"})
        return {**RESULTS["builder"], "summary": reply.text}

    plays = {"left": runs("risky deploy"), "right": late}
    task = await busy.submit(busy.project("late", plays=plays), workflow="pair", mode=Mode.PARALLEL)
    await asyncio.wait_for(begun.wait(), PATIENCE_S)
    await busy.until(task.id, lambda events: any(isinstance(each, ApprovalRequested) for each in events))
    (asked,) = [each for each in await busy.orchestrator.pending_approvals() if each.task == task.id]
    await allow(busy, asked)
    go_on.set()
    view = await busy.ended(task.id)

    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert [each.state for each in view.approvals] == [ApprovalState.APPROVED] * 2
    events = await busy.events(task.id)
    assert [each.approval for each in events if isinstance(each, ApprovalRequested)] == [asked.id]
    assert len([each for each in events if isinstance(each, ApprovalDecided)]) == 2
    assert all(each.used_at for each in view.approvals), "each call ran once"


async def test_of_two_same_calls_in_one_turn_both_are_answered_by_one_permission(busy: Workshop):
    task = await busy.submit(busy.project("twice", plays={"builder": runs_together("risky one", "risky one")}))
    one, _ = await busy.asked(task.id, times=2)
    await allow(busy, one)
    view = await busy.ended(task.id)
    assert view.steps[0].step.summary == "done; done"
    assert [each.state for each in view.approvals] == [ApprovalState.APPROVED] * 2


async def test_a_plan_or_a_question_is_decided_this_once_only(busy: Workshop):
    async def asks(stage: Stage):
        return {**RESULTS["builder"], "summary": (await stage.ask("Which?", choices=["a", "b"])).text}

    project = busy.project("plans", plays={"builder": asks}, plan_gate=PlanGate.ALWAYS)
    task = await busy.submit(project, workflow="plan_build")
    (plan,) = await busy.asked(task.id)
    with pytest.raises(InvalidInputError, match="only be decided this once") as caught:
        await allow(busy, plan)
    assert f"orchestrator approve {plan.id}" in caught.value.hint
    await busy.approve(plan)
    (question,) = await busy.asked(task.id, times=2)
    assert question.kind is ApprovalKind.QUESTION
    with pytest.raises(InvalidInputError, match="only be decided this once"):
        await busy.orchestrator.decide(question.id, replace(ALWAYS, answers={"Which?": "a"}), by=ALICE)
    await busy.approve(question, answers={"Which?": "a"})
    await busy.ended(task.id)


async def test_a_no_cannot_be_for_always_and_the_second_answer_changes_nothing(busy: Workshop):
    task = await busy.submit(busy.project("no", plays={"builder": runs("risky deploy")}))
    (asked,) = await busy.asked(task.id)
    with pytest.raises(InvalidInputError, match="only be approved for the whole task"):
        await busy.orchestrator.decide(asked.id, Decision(approved=False, always=True), by=ALICE)
    await busy.deny(asked)
    with pytest.raises(ConflictError):
        await allow(busy, asked)
    view = await busy.ended(task.id)
    assert [each.always for each in view.approvals] == [False]
