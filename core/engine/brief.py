"""What one agent run is told: the request, the results before it, and what sent the work back."""

from collections.abc import Mapping, Sequence

from core.agents import prompts, results
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.identity import StepName
from core.domain.role import Role
from core.domain.task import AgentRun, Step, Task
from core.domain.workflow import Workflow
from core.forge import Issue


def brief(
    task: Task,
    run: AgentRun,
    *,
    steps: Sequence[Step],
    approvals: Sequence[Approval],
    roles: Mapping[str, Role],
) -> str:
    """The prompt of `run`, from the task's stored state alone."""
    by_name = {step.name: step for step in steps}
    earlier = {
        name: (by_name[name].role, result)
        for name in task.workflow.order()
        if name in before(task.workflow, run.step) and (result := by_name[name].result) is not None
    }
    return prompts.step_prompt(
        task,
        task.workflow.step(run.step),
        round=run.round,
        issue=_issue(task),
        earlier=earlier,
        feedback=_feedback(task, run, by_name, roles) if run.round > 1 else "",
        plan_comment=_plan_comment(approvals),
    )


def before(workflow: Workflow, name: StepName) -> frozenset[StepName]:
    """Every step that `name` needs, directly or through others."""
    needed: set[StepName] = set()
    for step in reversed(workflow.order()):
        if step == name or step in needed:
            needed.update(workflow.step(step).needs)
    return frozenset(needed)


def _issue(task: Task) -> Issue | None:
    if not task.issue:
        return None
    return Issue(reference=task.issue, title=task.issue_title, body=task.issue_text)


def _feedback(task: Task, run: AgentRun, steps: Mapping[StepName, Step], roles: Mapping[str, Role]) -> str:
    """What the steps that sent the work back to this one had against it."""
    told: list[str] = []
    for definition in task.workflow.steps:
        result = steps[definition.name].result
        if definition.loop is not None and definition.loop.back_to == run.step and result is not None:
            told.append(results.feedback(roles[definition.role].result, result))
    return "\n\n".join(text for text in told if text)


def _plan_comment(approvals: Sequence[Approval]) -> str:
    """What the person who approved the plan added in words."""
    return "\n\n".join(
        approval.decision_reason
        for approval in approvals
        if approval.kind == ApprovalKind.PLAN and approval.state == ApprovalState.APPROVED and approval.decision_reason
    )
