"""Closes a question about a shared budget that has money again, and says why: who raised it, or what else happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.allowances import allowance_of
from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook
from core.domain.approval import NEW_BUDGET, NO_LIMIT, Approval, ApprovalState
from core.domain.budget_event import BudgetLimitChanged
from core.domain.cost import shown_usd
from core.domain.event import HOUSE
from core.domain.identity import PersonId
from core.engine.changes import decide_approval
from core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What answered it: a person who gave more money, with what may be spent now; or circumstances, told in words."""

    by: PersonId | None = None
    limit: str = ""
    raise_usd: Decimal | None = None
    """By how much it was raised; None where there is no limit any more."""
    reason: str = ""


async def close_question(uow: UnitOfWork, book: BudgetBook, asked: Approval) -> Approval:
    """Close the open question `asked`: as raised by whoever did so, else as not needed, with the reason."""
    stands = await allowance_of(uow, book, asked.budget)
    entries = await uow.events.of(HOUSE, types=("budget_limit_changed",))
    since = [entry.event for entry in entries if entry.at >= asked.created_at]
    answered = what_answered(asked, stands, [each for each in since if isinstance(each, BudgetLimitChanged)])
    if answered.by is None:
        return await decide_approval(uow, asked, ApprovalState.CANCELLED, by=None, reason=answered.reason)
    raised = replace(asked, raise_usd=answered.raise_usd)
    told = {NEW_BUDGET: answered.limit}
    return await decide_approval(uow, raised, ApprovalState.APPROVED, by=answered.by, answers=told)


def what_answered(asked: Approval, stands: Allowance | None, changes: Sequence[BudgetLimitChanged]) -> Answered:
    """Why there is money again: how the budget stands now, and what `changes` there were since it was asked (pure)."""
    last = next((each for each in reversed(changes) if each.budget == asked.budget), None)
    if stands is None:
        if last is not None and last.by is not None and not last.target:
            return Answered(by=last.by, limit=NO_LIMIT)
        return Answered(reason="There is no such budget any more.")
    more = stands.limit_usd - (asked.limit_usd or Decimal(0))
    if last is not None and last.by is not None and more > 0 and _gave(last, stands):
        return Answered(by=last.by, limit=shown_usd(stands.limit_usd), raise_usd=more)
    if stands.period.begin > asked.created_at:
        return Answered(reason=f"A new {stands.budget.unit.value} has begun.")
    # settings were changed, or a smaller limit was set that is not reached
    return Answered(reason=f"{stands.name[0].upper()}{stands.name[1:]} is {shown_usd(stands.limit_usd)} now.")


def _gave(change: BudgetLimitChanged, stands: Allowance) -> bool:
    """Whether what may be spent now is what `change` made it; a raise ends with its period."""
    held = change.until is None or change.until == stands.period.end
    return held and bool(change.target) and Decimal(change.target) == stands.limit_usd
