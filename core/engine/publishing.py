"""The pull request's text: what was done and why, how it was checked, and what each role cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.agents import results
from core.domain.cost import Bill, shown_usd
from core.domain.event import WorkVerified
from core.domain.identity import StepName
from core.domain.role import ResultKind, Role
from core.domain.task import Step, StepState, Task
from core.forge import PullRequestDraft
from core.store.unit_of_work import UnitOfWork

_TOLD = (StepState.COMPLETED, StepState.FAILED, StepState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that a pull request tells of its task. `verified` is our own last run of the verify command."""

    task: Task
    steps: Sequence[Step] = ()
    bills: Mapping[StepName, Bill] = field(default_factory=dict[StepName, Bill])
    roles: Mapping[str, Role] = field(default_factory=dict[str, Role])
    verified: WorkVerified | None = None

    @property
    def unfinished(self) -> str:
        """Why it is to be looked at and not merged yet; '' when everything is done and passed."""
        if self.task.unfinished:
            return self.task.unfinished
        if self.verified is not None and not self.verified.passed:
            return f"`{self.verified.command}` did not pass."
        return ""


async def account_of(uow: UnitOfWork, task: Task, *, roles: Mapping[str, Role]) -> Account:
    """What there is to tell about `task` now."""
    entries = await uow.events.of(task.id, types=("work_verified",))
    verified = [entry.event for entry in entries if isinstance(entry.event, WorkVerified)]
    return Account(
        task=task,
        steps=await uow.steps.of(task.id),
        bills=await uow.ledger.by_step(task.id),
        roles=roles,
        verified=verified[-1] if verified else None,
    )


def pull_request_draft(account: Account) -> PullRequestDraft:
    """Everything the forge needs to offer the task's branch; which issue it closes is the forge's to write."""
    task = account.task
    parts = [
        _warning(account.unfinished),
        "## What\n\n" + _what(account),
        "## Why\n\n" + _why(task),
        "## How it was tested\n\n" + _tested(account),
        "## Bill\n\n" + _bill(account),
        f"Task {task.id}, workflow {task.workflow.name}.",
    ]
    return PullRequestDraft(
        task=task.id,
        title=task.issue_title or task.title,
        body="\n\n".join(part for part in parts if part),
        branch=task.branch,
        base_branch=task.base_branch,
        commit=task.commit,
        closes=task.issue,
        unfinished=bool(account.unfinished),
    )


def _warning(unfinished: str) -> str:
    return f"> **Not finished.** {_one_line(unfinished)}" if unfinished else ""


def _what(account: Account) -> str:
    """In the words of those who changed something; of all, where nobody is known to."""
    writers = [step for step in account.steps if _writes(step, account.roles)]
    told = [_line(step, account.roles) for step in writers or account.steps if step.state in _TOLD]
    return "\n".join(f"- {line}" for line in told if line) or account.task.title


def _why(task: Task) -> str:
    request = "\n".join(f"> {line}".rstrip() for line in task.request.strip().splitlines())
    source = f"\n\nIssue {task.issue}: {_one_line(task.issue_title)}" if task.issue and task.issue_title else ""
    return f"{request}{source}"


def _tested(account: Account) -> str:
    """Our own run of the verify command first: its word counts; then what the testers say."""
    lines: list[str] = []
    if account.verified is not None:
        lines.append(f"- `{account.verified.command}`: {'passed' if account.verified.passed else '**did not pass**'}")
    for step in account.steps:
        role = account.roles.get(step.role)
        checks = role is not None and role.result in (ResultKind.TEST_REPORT, ResultKind.REVIEW)
        if checks and step.state in _TOLD and (line := _line(step, account.roles)):
            lines.append(f"- **{step.name}** ({step.role}): {line}")
    return "\n".join(lines) or "No step tested it."


def _bill(account: Account) -> str:
    costs: dict[str, Decimal] = {}
    for step in account.steps:
        costs[step.role] = costs.get(step.role, Decimal(0)) + account.bills.get(step.name, Bill()).cost_usd
    rows = [f"| {role} | {shown_usd(cost)} |" for role, cost in costs.items()]
    total = f"| **all** | **{shown_usd(sum(costs.values(), Decimal(0)))}** |"
    return "\n".join(["| role | cost |", "|---|---|", *rows, total])


def _writes(step: Step, roles: Mapping[str, Role]) -> bool:
    role = roles.get(step.role)
    return role is not None and role.writes


def _line(step: Step, roles: Mapping[str, Role]) -> str:
    role = roles.get(step.role)
    if step.summary or role is None or step.result is None:
        return _one_line(step.summary)
    return results.summary_line(role.result, step.result)


def _one_line(text: str) -> str:
    return " ".join(text.split())
