"""What tasks are expected to take: told when they are submitted and with the plan, and held against what they took."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from core.agents.memory import Stage
from core.domain.approval import ApprovalKind
from core.domain.estimate import Estimate, Likeness
from core.domain.identity import ProjectName, TaskId
from core.domain.project import PlanGate, Project
from core.domain.task import TaskType
from core.estimates.calibration import calibration
from core.estimates.wording import told_estimate
from core.orchestrator import Decision
from tests.support.engine import ALICE, Workshop
from tests.support.engine_plays import RESULTS, in_turn, runs, usual

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow, pytest.mark.money]


def part(name: str, role: str = "builder", needs: Sequence[str] = ()) -> dict[str, object]:
    return {"name": name, "role": role, "needs": list(needs), "instruction": f"Do {name}."}


def plans(*work: Mapping[str, object], **facts: object) -> Any:
    """A planner that makes one model call and divides the work."""

    async def play(stage: Stage) -> Mapping[str, object]:
        await stage.use("Bash", {"command": "ls"})
        return {**RESULTS["planner"], "work": list(work), **facts}

    return play


async def estimate_of(workshop: Workshop, task: TaskId) -> Estimate:
    found = (await workshop.orchestrator.task(task)).task.estimate
    assert found is not None
    return found


def steps(estimate: Estimate) -> list[str]:
    return [step.step for step in estimate.steps]


async def with_a_past(workshop: Workshop, name: str, *, tasks: int = 5, **changes: Any) -> Project:
    """A project in which so many small repairs were made, of two model calls each."""
    project = workshop.project(name, plays={"builder": runs("echo 1", "echo 2")}, **changes)
    for _ in range(tasks):
        await workshop.ended((await workshop.submit(project)).id)
    return project


async def test_a_task_has_an_estimate_from_the_first_moment_on(busy: Workshop):
    task = await busy.submit(busy.project("new"), "fix issue #7", workflow="")
    assert task.estimate is not None
    assert task.estimate.tasks == 0
    assert steps(task.estimate) == ["analyse", "plan", "build", "test", "review"]
    assert 0 < task.estimate.cost_usd.p50 < task.estimate.cost_usd.p90
    assert [step.model for step in task.estimate.steps if step.role == "tester"] == ["claude-haiku-5-5"]
    await busy.ended(task.id)


async def test_what_a_person_asks_for_is_what_is_estimated(busy: Workshop):
    project = busy.project("asked")
    plain = await busy.submit(project, workflow="build_review")
    dear = await busy.submit(project, workflow="build_review", model="claude-opus-4-1")
    short = await busy.submit(project, "fix a typo", workflow="conditional")
    assert plain.estimate
    assert dear.estimate
    assert short.estimate
    assert dear.estimate.cost_usd.p50 > 2 * plain.estimate.cost_usd.p50
    assert {step.model for step in dear.estimate.steps} == {"claude-opus-4-1"}
    assert "analyse" not in steps(short.estimate), "a simple request is not analysed"
    for task in (plain, dear, short):
        await busy.ended(task.id)


async def test_completed_tasks_of_the_project_are_behind_the_next_estimate(busy: Workshop):
    project = await with_a_past(busy, "experienced")
    other = await busy.submit(busy.project("other"))
    task = await busy.submit(project)
    assert task.estimate
    assert other.estimate
    assert (task.estimate.tasks, other.estimate.tasks) == (5, 0)
    assert Likeness.PROJECT in task.estimate.alike
    assert task.estimate.cost_usd.p50 < other.estimate.cost_usd.p50 / 10, "they made two small calls each"
    shared = await busy.submit(busy.projects[other.project], others={project.name})
    assert shared.estimate
    assert (shared.estimate.tasks, Likeness.PROJECT in shared.estimate.alike) == (5, False)
    for each in (task, other, shared):
        await busy.ended(each.id)


async def test_a_plan_is_estimated_from_the_same_projects_as_its_task_was(busy: Workshop):
    await with_a_past(busy, "elsewhere")
    project = busy.project("beside", plays={"planner": plans()})
    alone = await busy.submit(project, workflow="plan_build")
    await busy.ended(alone.id)
    beside = await busy.submit(project, workflow="plan_build", others={ProjectName("elsewhere")})
    await busy.ended(beside.id)
    assert (await estimate_of(busy, alone.id)).tasks == 0
    assert (await estimate_of(busy, beside.id)).tasks == 6


async def test_the_plan_a_person_approves_says_what_it_will_take(busy: Workshop):
    work = [part("left"), part("right"), part("check", "tester", ["left", "right"])]
    project = busy.project("planned", plan_gate=PlanGate.ALWAYS, plays={"planner": plans(*work)})
    task = await busy.submit(project, workflow="plan_build")
    assert task.estimate
    (asked,) = await busy.asked(task.id)
    planned = await estimate_of(busy, task.id)

    assert steps(planned) == ["plan", "left", "right", "check"]
    assert planned.cost_usd.p50 > 1.5 * task.estimate.cost_usd.p50
    assert asked.kind == ApprovalKind.PLAN
    assert asked.detail.endswith(f"**Estimate of all of it**\n\n{told_estimate(planned)}")
    await busy.approve(asked)
    view = await busy.ended(task.id)
    assert await estimate_of(busy, task.id) == planned, "what people approved is what the outcome is held against"
    spent = next(step for step in view.steps if step.step.name == "plan").bill
    paid = planned.steps[0]
    assert paid.cost_usd.p50 == paid.cost_usd.p90 == pytest.approx(float(spent.cost_usd)), "it is certain by then"
    assert paid.tokens.p50 == spent.usage.prompt_tokens + spent.usage.output_tokens


async def test_a_plan_that_is_made_again_is_estimated_again(busy: Workshop):
    small, large = plans(part("one")), plans(part("one"), part("two"), part("three"), part("four"))
    project = busy.project("replanned", plan_gate=PlanGate.ALWAYS, plays={"planner": in_turn(small, large)})
    task = await busy.submit(project, workflow="plan_build")
    (first,) = await busy.asked(task.id)
    before = await estimate_of(busy, task.id)
    await busy.orchestrator.decide(first.id, Decision(approved=False, revise=True, reason="all four"), by=ALICE)
    (second,) = await busy.asked(task.id, times=2)
    after = await estimate_of(busy, task.id)
    assert (len(before.steps), len(after.steps)) == (2, 5)
    assert told_estimate(before) in first.detail
    assert told_estimate(after) in second.detail
    await busy.deny(second)
    await busy.ended(task.id)


async def test_a_planner_that_takes_the_work_for_another_kind_is_heard(busy: Workshop):
    project = await with_a_past(busy, "kinds")
    busy.plays[project.name] = {"planner": plans(type="feature", complexity="complex"), "builder": usual}
    task = await busy.submit(project, workflow="plan_build")
    assert task.estimate
    assert (task.type, task.estimate.tasks) == (TaskType.BUG_FIX, 5)
    view = await busy.ended(task.id)
    assert view.task.estimate
    assert (view.task.type, view.task.estimate.tasks) == (TaskType.FEATURE, 0)


async def test_steps_that_a_plan_leaves_as_they_are_keep_their_places(busy: Workshop):
    project = busy.project("kept", plays={"planner": plans()})
    task = await busy.submit(project, workflow="everything")
    await busy.ended(task.id)
    found = await estimate_of(busy, task.id)
    assert task.estimate
    assert steps(found) == steps(task.estimate)
    assert found.cost_usd.p90 > found.steps[0].cost_usd.p90


async def test_a_result_that_is_no_plan_is_shown_without_an_estimate(busy: Workshop):
    task = await busy.submit(busy.project("no-plan"), workflow="shown")
    (asked,) = await busy.asked(task.id)
    assert "Estimate" not in asked.detail
    await busy.approve(asked)
    await busy.ended(task.id)


async def test_what_tasks_took_is_held_against_what_was_expected(busy: Workshop):
    project = await with_a_past(busy, "judged", tasks=3)
    found = await calibration(busy.store, projects={project.name})
    assert found.whole
    assert (found.whole.tasks, found.whole.assumed) == (3, 1), "the first had nothing to go by"
    assert (found.whole.cost_usd.p50, found.whole.tokens.p90) == (1.0, 1.0), "the stated figures are for real work"
    assert set(found.by_type) == {TaskType.BUG_FIX}
