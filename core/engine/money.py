"""When a task may spend no more, and what becomes of it then (pure)."""

from collections.abc import Sequence
from decimal import Decimal

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.budget import is_used_up
from core.domain.cost import shown_usd
from core.domain.task import Task
from core.engine.approval_keys import budget_key
from core.engine.moves import AskBudget, Refuse


def asked_for_money(task: Task, approvals: Sequence[Approval]) -> list[Approval]:
    """What people were asked about the budget in the present life of `task`, oldest first."""
    prefix = budget_key(task, 0).removesuffix("0")
    asked = [each for each in approvals if each.kind == ApprovalKind.BUDGET and each.key.startswith(prefix)]
    return sorted(asked, key=lambda approval: int(approval.key.removeprefix(prefix)))


def is_held(task: Task, approvals: Sequence[Approval], *, spent: Decimal) -> bool:
    """Whether nothing that costs may go on: the budget is used up, or a person is asked whether it is raised."""
    asked = asked_for_money(task, approvals)
    return is_used_up(task.budget_usd, spent) or (bool(asked) and asked[-1].state == ApprovalState.PENDING)


def refusal(task: Task, approvals: Sequence[Approval]) -> Refuse | None:
    """The end of a task that a person gave no more money; None when nobody has said so."""
    asked = asked_for_money(task, approvals)
    if not asked or asked[-1].state != ApprovalState.DENIED:
        return None
    why = f": {asked[-1].decision_reason}" if asked[-1].decision_reason else "."
    return Refuse(reason=f"Stopped at its budget{_of(task.budget_usd)}{why}")


def question(task: Task, approvals: Sequence[Approval]) -> AskBudget | tuple[()]:
    """What is due when only money is missing: to ask for it, once at a time."""
    asked = asked_for_money(task, approvals)
    return () if asked and asked[-1].state == ApprovalState.PENDING else AskBudget()


def _of(budget: Decimal | None) -> str:
    return "" if budget is None else f" of {shown_usd(budget)}"
