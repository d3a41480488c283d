"""Shared budgets in the store: asking for more of one, raising it for its period, setting it for good."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.allowances import allowance_of
from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook
from core.budgets.names import budget_name
from core.budgets.raising import raise_step
from core.domain.approval import Approval, ApprovalKind, Risk
from core.domain.budget import checked_usd, next_raise
from core.domain.budget_event import BudgetLimitChanged
from core.domain.cost import shown_usd
from core.domain.errors import InvalidInputError, NotFoundError
from core.domain.event import HOUSE
from core.domain.identity import PersonId, StepName, approval_id
from core.domain.limit import BudgetScope, KeptBudget, Tally, budget_key
from core.domain.period import PeriodUnit
from core.domain.task import Task
from core.engine import approval_keys
from core.engine.changes import request_approval
from core.store.unit_of_work import UnitOfWork


async def ask_for_shared(
    uow: UnitOfWork, book: BudgetBook, task: Task, *, key: str, number: int, step: StepName, account: str
) -> Approval | None:
    """Ask people about the shared budget `key`, as the `number`-th question of the task's life; None without it.

    `account` is what the task has reached.
    """
    stands = await allowance_of(uow, book, key)
    if stands is None:
        return None
    name = await _name(uow, stands)
    return await request_approval(
        uow,
        Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=approval_keys.budget_key(task, number),
            task=task.id,
            step=step,
            kind=ApprovalKind.BUDGET,
            title=f"{name[0].upper()}{name[1:]} is used up",
            detail=f"{_standing(stands)}\n\n{account}",
            reason=f"Whatever draws on it waits until it is raised, or a new {stands.budget.unit.value} begins.",
            risk=Risk.LOW,
            budget=key,
            limit_usd=stands.limit_usd,
            raise_usd=next_raise(stands.limit_usd, spent=stands.spent_usd, step=raise_step(stands.limit_usd)),
            created_at=uow.now,
        ),
    )


async def raise_shared(uow: UnitOfWork, book: BudgetBook, key: str, amount: Decimal, *, by: PersonId) -> Allowance:
    """Raise the budget `key` by `amount` until its period ends; every task that it holds goes on.

    InvalidInputError when that leaves nothing to go on with, NotFoundError when it does not exist any more.
    """
    found = await _known(uow, book, key)
    held = await uow.budgets.hold_tally(Tally(budget=key, begin=found.period.begin))
    before = replace(await _known(uow, book, key), extra_usd=held.extra_usd)
    raised = replace(before, extra_usd=held.extra_usd + checked_usd(amount))
    if raised.used_up:
        raise InvalidInputError(
            f"With that it is still used up: {shown_usd(raised.spent_usd)} of {shown_usd(raised.limit_usd)}.",
            hint=f"Raise it by more than {shown_usd(before.passed_by_usd)}.",
        )
    await uow.budgets.save_tally(replace(held, extra_usd=raised.extra_usd))
    changed = BudgetLimitChanged(
        budget=key,
        name=await _name(uow, before),
        source=str(before.limit_usd),
        target=str(raised.limit_usd),
        until=raised.period.end,
        by=by,
    )
    await uow.events.append(HOUSE, changed)
    return raised


async def set_shared(
    uow: UnitOfWork,
    book: BudgetBook,
    scope: BudgetScope,
    unit: PeriodUnit,
    usd: Decimal | None,
    *,
    owners: Sequence[PersonId] | None,
    warn_at: Sequence[int] | None,
    by: PersonId,
) -> Allowance | None:
    """Set what may be spent within `scope` in each `unit` from now on (None: no limit); how it stands then.

    What is None stays as it was; a new budget is owned by who sets it. What was raised in this period counts no more.
    """
    key = budget_key(scope, unit)
    before = await allowance_of(uow, book, key)
    if before is None and usd is None:
        raise NotFoundError("budget", key, hint="See which there are: budget list")
    known = before.budget if before is not None else None
    kept = KeptBudget(
        key=key,
        scope=scope,
        unit=unit,
        usd=None if usd is None else checked_usd(usd),
        warn_at=tuple(warn_at) if warn_at is not None else known.warn_at if known else book.warns_at(scope),
        owners=tuple(owners) if owners is not None else known.owners if known else (by,),
        by=by,
        at=uow.now,
    )
    await uow.budgets.keep(kept)
    after = await allowance_of(uow, book, key)
    if after is not None:
        held = await uow.budgets.hold_tally(Tally(budget=key, begin=after.period.begin))
        await uow.budgets.save_tally(replace(held, extra_usd=Decimal(0)))
        after = replace(after, extra_usd=Decimal(0))
    changed = BudgetLimitChanged(
        budget=key,
        name=await _name(uow, after or before),
        source="" if before is None else str(before.limit_usd),
        target="" if after is None else str(after.limit_usd),
        by=by,
    )
    await uow.events.append(HOUSE, changed)
    return after


async def _known(uow: UnitOfWork, book: BudgetBook, key: str) -> Allowance:
    found = await allowance_of(uow, book, key)
    if found is None:
        raise NotFoundError("budget", key, hint="Somebody took it away; what waited for it goes on.")
    return found


async def _name(uow: UnitOfWork, stands: Allowance | None) -> str:
    assert stands is not None, "a budget was there before or is there now"
    scope = stands.budget.scope
    names = await uow.people.names({PersonId(scope.person)} if scope.person else ())
    return budget_name(scope, stands.budget.unit, names)


def _standing(stands: Allowance) -> str:
    passed = f", passed by {shown_usd(stands.passed_by_usd)}" if stands.passed_by_usd else ""
    return f"{shown_usd(stands.spent_usd)} of {shown_usd(stands.limit_usd)} is spent{passed}."
