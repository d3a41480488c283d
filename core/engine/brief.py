"""What one agent run is told: the request, the results before it, what people said, and what sent the work back."""

from collections.abc import Mapping, Sequence

from core.agents import prompts, results
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.forge_news import ForgeNews
from core.domain.identity import StepName
from core.domain.role import ResultKind, Role
from core.domain.steering import SteeringMessage
from core.domain.task import AgentRun, Step, Task
from core.engine.approval_keys import gate_key
from core.engine.news_text import news_text
from core.forge import Issue
from core.planning.planned_work import may_be_planned


def brief(
    task: Task,
    run: AgentRun,
    *,
    steps: Sequence[Step],
    approvals: Sequence[Approval],
    roles: Mapping[str, Role],
    messages: Sequence[SteeringMessage] = (),
    notes: str = "",
    problem: str = "",
    conflict: Sequence[str] = (),
    continued: bool = False,
    news: Sequence[ForgeNews] = (),
) -> str:
    """The prompt of `run`, from the task's stored state alone.

    `notes` are the task's shared notes, `problem` is what was wrong with the last plan, `conflict` the files to settle.
    `continued` says that it goes on from an earlier session of its step, `news` is what came back from the forge.
    """
    by_name = {step.name: step for step in steps}
    needed = task.workflow.before(run.step)
    earlier = {
        name: (by_name[name].role, result)
        for name in task.workflow.order()
        if name in needed and (result := by_name[name].result) is not None
    }
    return prompts.step_prompt(
        task,
        task.workflow.step(run.step),
        round=run.round,
        issue=_issue(task),
        earlier=earlier,
        feedback=_feedback(run, task, by_name, roles) if run.round > 1 else "",
        plan_comment=_plan_comment(approvals),
        messages=[message.text for message in messages if message.heard_by == run.id],
        notes=notes,
        problem=problem,
        conflict=conflict,
        change_request=_change_request(by_name[run.step], approvals),
        roles=_plannable(roles) if roles[run.role].result is ResultKind.PLAN else (),
        copied=bool(run.forked_session) and not continued,
        continued=continued,
        came_back=news_text(news),
    )


def _plannable(roles: Mapping[str, Role]) -> list[Role]:
    """Those a planner may give work to."""
    return sorted((role for role in roles.values() if may_be_planned(role)), key=lambda role: role.name)


def _issue(task: Task) -> Issue | None:
    if not task.issue:
        return None
    return Issue(reference=task.issue, title=task.issue_title, body=task.issue_text)


def _feedback(run: AgentRun, task: Task, steps: Mapping[StepName, Step], roles: Mapping[str, Role]) -> str:
    """What the steps that sent the work back to this one had against it."""
    told: list[str] = []
    for definition in task.workflow.steps:
        result = steps[definition.name].result
        sends_back = definition.loop is not None and run.step in task.workflow.after(definition.loop.back_to)
        before_it = definition.name in task.workflow.after(run.step) and definition.name != run.step
        if sends_back and before_it and result is not None and roles[run.role].writes:
            told.append(results.feedback(roles[definition.role].result, result))
    return "\n\n".join(text for text in told if text)


def _change_request(step: Step, approvals: Sequence[Approval]) -> str:
    """What a person wanted changed in the round before, when they sent it back with words."""
    key = gate_key(step).removesuffix(f"{step.round}:gate") + f"{step.round - 1}:gate"
    return next((a.decision_reason for a in approvals if a.key == key and a.state == ApprovalState.CHANGED), "")


def _plan_comment(approvals: Sequence[Approval]) -> str:
    """What the person who approved the plan added in words."""
    return "\n\n".join(
        approval.decision_reason
        for approval in approvals
        if approval.kind == ApprovalKind.PLAN and approval.state == ApprovalState.APPROVED and approval.decision_reason
    )
