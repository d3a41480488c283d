"""The pull request's text: what was done, how it was checked, and what each role cost."""

from collections.abc import Mapping, Sequence

from core.agents import results
from core.domain.cost import Bill, shown_usd
from core.domain.identity import StepName
from core.domain.role import Role
from core.domain.task import Step, Task
from core.forge import PullRequestDraft


def pull_request_draft(
    task: Task, steps: Sequence[Step], bills: Mapping[StepName, Bill], roles: Mapping[str, Role]
) -> PullRequestDraft:
    """Everything the forge needs to offer `task`'s branch."""
    title = task.issue_title or task.title
    lines = [f"Task {task.id}: {task.title}", ""]
    for step in steps:
        lines += [f"- **{step.name}** ({step.role}): {_line(step, roles)}"]
    lines += ["", "| step | role | cost |", "|---|---|---|"]
    lines += [f"| {s.name} | {s.role} | {shown_usd(bills.get(s.name, Bill()).cost_usd)} |" for s in steps]
    if task.issue:
        lines += ["", f"Fixes #{task.issue}"]
    return PullRequestDraft(
        task=task.id,
        title=title,
        body="\n".join(lines),
        branch=task.branch,
        base_branch=task.base_branch,
        commit=task.commit,
        closes=task.issue,
    )


def _line(step: Step, roles: Mapping[str, Role]) -> str:
    role = roles.get(step.role)
    if step.summary or role is None:
        return step.summary
    return results.summary_line(role.result, step.result or {})
