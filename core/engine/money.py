"""When a task may spend no more, of its own budget or of a shared one, and what becomes of it then (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.budget import is_used_up
from core.domain.cost import shown_usd
from core.domain.identity import ApprovalId, StepName
from core.domain.task import Task
from core.engine.approval_keys import budget_key
from core.engine.moves import AskBudget, AwaitMoney, StopHere

OWN = ""
"""Stands for the task's own budget where the key of a shared one could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMoney:
    """How the budgets stand that the task shares with others."""

    short_of: Mapping[StepName, str] = field(default_factory=dict[StepName, str])
    """Steps whose next model call would draw on a budget that is used up, each with its key."""
    has_again: ApprovalId | None = None
    """The open question about one that has money again: it was raised or taken away, or another period began."""
    until: datetime | None = None
    """When the period ends of the one that people are asked about."""


NOTHING_SHARED = SharedMoney()


def asked_for_money(task: Task, approvals: Sequence[Approval]) -> list[Approval]:
    """What people were asked about money in the present life of `task`, oldest first."""
    prefix = budget_key(task, 0).removesuffix("0")
    asked = [each for each in approvals if each.kind == ApprovalKind.BUDGET and each.key.startswith(prefix)]
    return sorted(asked, key=lambda approval: int(approval.key.removeprefix(prefix)))


def open_question(task: Task, approvals: Sequence[Approval]) -> Approval | None:
    """What people are being asked about money now."""
    asked = asked_for_money(task, approvals)
    return asked[-1] if asked and asked[-1].state == ApprovalState.PENDING else None


def is_held(task: Task, approvals: Sequence[Approval], *, spent: Decimal) -> bool:
    """Whether nothing that costs may go on: its own budget is used up, or a person is asked whether it is raised."""
    asked = open_question(task, approvals)
    return is_used_up(task.budget_usd, spent) or (asked is not None and asked.budget == OWN)


def refusal(task: Task, approvals: Sequence[Approval]) -> StopHere | None:
    """The end of a task that a person gave no more money; None when nobody has said so."""
    asked = asked_for_money(task, approvals)
    if not asked or asked[-1].state != ApprovalState.DENIED:
        return None
    why = f": {asked[-1].decision_reason.rstrip('.')}." if asked[-1].decision_reason else "."
    what = asked[-1].title if asked[-1].budget else f"Stopped at its budget{_of(task.budget_usd)}"
    return StopHere(reason=f"{what}{why}", by=asked[-1].decided_by)


def question(
    task: Task, approvals: Sequence[Approval], *, short_of: str, shared: SharedMoney
) -> AskBudget | tuple[AwaitMoney, ...]:
    """What is due when only money is missing: to ask for it, once at a time, or to wait for the next period."""
    asked = open_question(task, approvals)
    if asked is None:
        return AskBudget(budget=short_of)
    return (AwaitMoney(until=shared.until),) if shared.until is not None else ()


def _of(budget: Decimal | None) -> str:
    return "" if budget is None else f" of {shown_usd(budget)}"
