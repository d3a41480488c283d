"""Gates and plans: people approve, send back or refuse what a step hands in; a plan may divide the work anew."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from core.agents.memory import Stage
from core.domain.approval import ApprovalKind, ApprovalState
from core.domain.errors import InvalidInputError
from core.domain.event import NoticeRaised, PlanMade
from core.domain.project import PlanGate
from core.domain.task import StepState, TaskState
from core.domain.workflow import Mode
from core.orchestrator import Decision
from tests.support.engine import ALICE, Workshop
from tests.support.engine_plays import RESULTS, fails, hands_in, in_turn, writes

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


def plan(*work: Mapping[str, object], **facts: object) -> dict[str, Any]:
    """A planner's result."""
    return {**RESULTS["planner"], "work": list(work), **facts}


def part(name: str, role: str = "builder", needs: Sequence[str] = ()) -> dict[str, object]:
    return {"name": name, "role": role, "needs": list(needs), "instruction": f"Do {name}."}


async def test_an_approved_result_lets_the_next_step_begin(busy: Workshop):
    task = await busy.submit(busy.project("shown"), workflow="shown")
    (asked,) = await busy.asked(task.id)
    assert (asked.kind, asked.step) == (ApprovalKind.RESULT, "build")
    assert "Mended the sum." in asked.detail
    assert busy.starts(task.id, "reviewer") == []
    await busy.approve(asked)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert len(busy.starts(task.id, "reviewer")) == 1


async def test_a_result_sent_back_is_made_again_with_the_words_and_asked_again(busy: Workshop):
    project = busy.project("sent-back")
    task = await busy.submit(project, workflow="shown")
    (asked,) = await busy.asked(task.id)
    await busy.orchestrator.decide(asked.id, Decision(approved=False, revise=True, reason="name it better"), by=ALICE)
    (again,) = await busy.asked(task.id, times=2)
    assert again.id != asked.id
    first, second = busy.starts(task.id, "builder")
    assert "name it better" not in first.prompt
    assert "name it better" in second.prompt
    await busy.approve(again)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert [approval.state for approval in view.approvals] == [ApprovalState.CHANGED, ApprovalState.APPROVED]
    assert busy.commits(project, view.task.branch) == ["build/2", "build/1"]


async def test_a_plan_sent_back_is_made_anew_by_a_planner_that_hears_the_words(busy: Workshop):
    task = await busy.submit(busy.project("replanned", plan_gate=PlanGate.ALWAYS), workflow="plan_build")
    (asked,) = await busy.asked(task.id)
    await busy.orchestrator.decide(asked.id, Decision(approved=False, revise=True, reason="also the docs"), by=ALICE)
    (again,) = await busy.asked(task.id, times=2)
    assert "also the docs" in busy.starts(task.id, "planner")[1].prompt
    assert busy.starts(task.id, "builder") == []
    await busy.approve(again)
    assert (await busy.ended(task.id)).task.state == TaskState.COMPLETED


async def test_a_refused_result_cancels_the_task_with_the_words(busy: Workshop):
    project = busy.project("refused-result")
    task = await busy.submit(project, workflow="shown")
    (asked,) = await busy.asked(task.id)
    await busy.deny(asked, "not what I meant")
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.CANCELLED
    assert "not what I meant" in str((await busy.events(task.id))[-1])
    assert busy.pull_requests(project) == []


async def test_sending_back_needs_words_and_something_that_can_be_made_again(busy: Workshop):
    task = await busy.submit(busy.project("wordless"), workflow="shown")
    (asked,) = await busy.asked(task.id)
    with pytest.raises(InvalidInputError, match="What should be changed"):
        await busy.orchestrator.decide(asked.id, Decision(approved=False, revise=True), by=ALICE)
    assert (await busy.orchestrator.approval(asked.id)).state == ApprovalState.PENDING
    await busy.orchestrator.cancel(task.id, by=ALICE)


@pytest.mark.parametrize(("complexity", "asked"), [("complex", True), ("simple", False)])
async def test_the_gate_for_complex_work_asks_about_what_the_planner_found_complex(
    busy: Workshop, complexity: str, asked: bool
):
    plays = {"planner": hands_in(**plan(complexity=complexity))}
    project = busy.project(f"gate-{complexity}", plan_gate=PlanGate.COMPLEX, plays=plays)
    task = await busy.submit(project, workflow="plan_build")
    if asked:
        (approval,) = await busy.asked(task.id)
        assert "judged complex" in approval.reason
        await busy.approve(approval)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert len(view.approvals) == asked


async def test_a_plan_that_divides_the_work_replaces_the_later_steps(busy: Workshop):
    plays = {
        "planner": hands_in(**plan(part("shop"), part("till"), part("check", "tester", ["shop", "till"]))),
        "shop": writes({"shop.txt": "shop\n"}),
        "till": writes({"till.txt": "till\n"}),
    }
    project = busy.project("divided", plays=plays)
    task = await busy.submit(project, workflow="everything", mode=Mode.PARALLEL)
    view = await busy.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert view.task.workflow.order() == ("plan", "shop", "till", "check")
    assert [part.step.name for part in view.steps] == ["plan", "shop", "till", "check"]
    assert busy.commits(project, view.task.branch) == ["till/1", "shop/1"]
    made = [event for event in await busy.events(task.id) if isinstance(event, PlanMade)]
    assert [event.source for event in made] == ["rules", "model"]
    assert busy.lanes(task.id) == []


async def test_a_bad_plan_is_mended_once_by_a_planner_that_hears_what_is_wrong(busy: Workshop):
    bad, good = hands_in(**plan(part("shop", "wizard"))), hands_in(**plan(part("shop")))
    project = busy.project("mended", plays={"planner": in_turn(bad, good)})
    view = await busy.ended((await busy.submit(project, workflow="plan_build")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    first, second = busy.starts(view.task.id, "planner")
    assert "there is no role wizard" not in first.prompt
    assert "there is no role wizard" in second.prompt
    assert [part.step.name for part in view.steps] == ["plan", "shop"]


async def test_after_a_second_bad_plan_the_workflows_own_steps_are_taken_with_a_notice(busy: Workshop):
    project = busy.project("unmended", plays={"planner": hands_in(**plan(part("shop", "wizard")))})
    view = await busy.ended((await busy.submit(project, workflow="plan_build")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert len(busy.starts(view.task.id, "planner")) == 2
    assert [part.step.name for part in view.steps] == ["plan", "build"]
    told = [event.text for event in await busy.events(view.task.id) if isinstance(event, NoticeRaised)]
    assert any("there is no role wizard" in text for text in told)
    assert any("The plan's own steps cannot be used" in text for text in told)


async def test_a_planner_that_failed_before_handing_in_a_plan_does_not_use_up_the_mending(busy: Workshop):
    bad, good = hands_in(**plan(part("shop", "wizard"))), hands_in(**plan(part("shop")))
    project = busy.project("failed-first", plays={"planner": in_turn(fails("I give up."), bad, good)})
    view = await busy.ended((await busy.submit(project, workflow="plan_retried")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert len(busy.starts(view.task.id, "planner")) == 3
    assert [part.step.name for part in view.steps] == ["plan", "shop"]


async def test_a_planner_is_told_the_roles_it_can_plan_with(busy: Workshop):
    view = await busy.ended((await busy.submit(busy.project("roles"), workflow="plan_build")).id)
    (planner,) = busy.starts(view.task.id, "planner")
    (builder,) = busy.starts(view.task.id, "builder")
    assert "- builder:" in planner.prompt
    assert "- builder:" not in builder.prompt


async def test_a_step_may_look_back_at_results_in_its_condition(busy: Workshop):
    async def fails_softly(_stage: Stage) -> Mapping[str, object]:
        return {"summary": "Something is odd.", "passed": True}

    project = busy.project("looks-back", plays={"test": fails_softly})
    request = "redesign the whole architecture of every module, migrate the database and rewrite the public api"
    view = await busy.ended((await busy.submit(project, request, workflow="conditional")).id)
    assert view.steps[0].step.state == StepState.COMPLETED, view.task.complexity
    assert view.steps[3].step.state == StepState.SKIPPED
