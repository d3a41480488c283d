"""The steps of a request before it is begun: who does them with which model, and which are done at all."""

from dataclasses import replace

from core.domain.identity import StepName
from core.domain.project import PlanGate
from core.domain.role import ResultKind, Role
from core.domain.task import Complexity, Task
from core.domain.workflow import Gate, StepDefinition, Workflow
from core.preview.steps import plans, step_previews
from core.preview.values import Certainty, StepPreview
from tests.support.values import a_task

PLAN, BUILD, TEST, REVIEW = map(StepName, ("plan", "build", "test", "review"))
ROLES = {
    "planner": Role(name="planner", description="", prompt="", model="sonnet", result=ResultKind.PLAN),
    "builder": Role(
        name="builder", description="", prompt="", model="sonnet", complex_model="opus", result=ResultKind.CHANGE
    ),
    "tester": Role(name="tester", description="", prompt="", model="haiku", result=ResultKind.TEST_REPORT),
}
WORKFLOW = Workflow(
    name="w",
    description="",
    steps=(
        StepDefinition(name=PLAN, role="planner", gate=Gate.PLAN, when='complexity != "simple"'),
        StepDefinition(name=BUILD, role="builder", needs=(PLAN,)),
        StepDefinition(name=TEST, role="tester", needs=(BUILD,)),
        StepDefinition(name=REVIEW, role="tester", needs=(BUILD,), when="build.notes", gate=Gate.RESULT),
    ),
)


def ahead(task: Task, *, project_model: str = "", planner_model: str = "") -> dict[str, StepPreview]:
    """The steps by their names."""
    found = step_previews(task, roles=ROLES, project_model=project_model, planner_model=planner_model)
    assert [step.name for step in found] == list(task.workflow.order())
    return {step.name: step for step in found}


def test_each_step_has_the_model_its_agent_would_be_queued_with() -> None:
    def models(task: Task, **given: str) -> list[str]:
        return [step.model for step in ahead(task, **given).values()]

    usual = a_task(workflow=WORKFLOW)
    assert models(usual) == ["sonnet", "sonnet", "haiku", "haiku"]
    assert models(replace(usual, complexity=Complexity.COMPLEX)) == ["sonnet", "opus", "haiku", "haiku"]
    assert models(usual, project_model="other", planner_model="opus") == ["opus", "other", "other", "other"]
    assert models(replace(usual, model="mine"), planner_model="opus") == ["mine"] * 4


def test_what_the_request_decides_is_sure_and_what_results_decide_is_open() -> None:
    moderate = ahead(a_task(workflow=WORKFLOW))
    assert [step.certainty for step in moderate.values()] == [
        *(Certainty.SURE, Certainty.SURE, Certainty.SURE, Certainty.OPEN)
    ]
    simple = ahead(a_task(workflow=WORKFLOW, complexity=Complexity.SIMPLE))
    assert simple[PLAN].certainty is Certainty.SKIPPED


def test_steps_that_need_not_wait_for_each_other_are_beside_each_other() -> None:
    found = ahead(a_task(workflow=WORKFLOW))
    assert found[TEST].beside == (REVIEW,)
    assert found[BUILD].beside == ()
    chained = ahead(a_task(workflow=WORKFLOW.sequential()))
    assert chained[TEST].beside == ()


def test_gates_are_told_as_they_would_hold() -> None:
    always = ahead(a_task(workflow=WORKFLOW, plan_gate=PlanGate.ALWAYS))
    assert (always[PLAN].approved, always[REVIEW].approved, always[BUILD].approved) == ("plan", "result", "")
    never = ahead(a_task(workflow=WORKFLOW, plan_gate=PlanGate.NEVER))
    assert (never[PLAN].approved, never[REVIEW].approved) == ("", "result")


def test_only_a_plan_that_is_made_before_other_steps_may_divide_the_work() -> None:
    def divides(task: Task) -> bool:
        done = [step for step in ahead(task).values() if step.certainty is not Certainty.SKIPPED]
        return plans(task.workflow, ROLES, done)

    assert divides(a_task(workflow=WORKFLOW))
    assert not divides(a_task(workflow=WORKFLOW, complexity=Complexity.SIMPLE))
    assert not divides(a_task(workflow=replace(WORKFLOW, steps=WORKFLOW.steps[:1])))
