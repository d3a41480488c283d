"""A task's budget in the store: asking for more, raising it, and what a new process may spend of it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.allowances import allowances, scarcest
from core.budgets.book import BudgetBook
from core.budgets.draws import draw_of
from core.domain.approval import NEW_BUDGET, NO_LIMIT, Approval, ApprovalKind, ApprovalState, Risk
from core.domain.budget import checked_usd, next_raise
from core.domain.cost import shown_usd
from core.domain.errors import InvalidInputError
from core.domain.event import BudgetChanged
from core.domain.identity import PersonId, approval_id
from core.domain.task import FINAL_TASK_STATES, Step, StepState, Task
from core.engine.approval_keys import budget_key
from core.engine.changes import decide_approval, request_approval
from core.engine.money import OWN, asked_for_money
from core.engine.shared_budgets import ask_for_shared, raise_shared
from core.store.unit_of_work import UnitOfWork

LEAST_USD = 0.000001
"""Agent programs take no limit of nothing."""
AMOUNT = "Amount"
"""Stands on the decided card where a question would."""
_DONE = (StepState.COMPLETED, StepState.SKIPPED)


async def spent_usd(uow: UnitOfWork, task: Task) -> Decimal:
    """What `task` cost so far; 0 without looking when it has no budget."""
    return Decimal(0) if task.budget_usd is None else (await uow.ledger.of_task(task.id)).cost_usd


async def left_usd(uow: UnitOfWork, task: Task, *, book: BudgetBook, role: str, model: str) -> float | None:
    """What an agent that begins now may spend of every budget it draws on; None for no limit.

    It is never nothing: where others have spent the rest a moment ago, it ends after its first call.
    """
    left = [each.left_usd for each in await allowances(uow, book, draw_of(task, role=role, model=model))]
    if task.budget_usd is not None:
        left.append(task.budget_usd - await spent_usd(uow, task))
    return max(float(min(left)), LEAST_USD) if left else None


async def ask_about_least(uow: UnitOfWork, task: Task, *, book: BudgetBook, role: str, model: str) -> Approval | None:
    """Ask people about that budget of which an agent of this role and model has the least left; None without any."""
    shared = scarcest(await allowances(uow, book, draw_of(task, role=role, model=model)))
    own = None if task.budget_usd is None else task.budget_usd - await spent_usd(uow, task)
    key = shared.budget.key if shared is not None and (own is None or shared.left_usd < own) else OWN
    return await ask_for_more(uow, task, book=book, key=key)


async def ask_for_more(uow: UnitOfWork, task: Task, *, book: BudgetBook, key: str = OWN) -> Approval | None:
    """Ask people to raise the budget `key`, unless they are being asked; None when there is none (any more)."""
    asked = asked_for_money(task, await uow.approvals.of(task.id))
    if asked and asked[-1].state == ApprovalState.PENDING:
        return asked[-1]
    steps = await uow.steps.of(task.id)
    step = next((each.name for each in steps if each.state not in _DONE), steps[-1].name)
    if key != OWN:
        number = len(asked) + 1
        return await ask_for_shared(uow, book, task, key=key, number=number, step=step, account=_account(steps))
    return await _ask_for_own(uow, task, [each for each in asked if each.budget == OWN], number=len(asked) + 1)


async def _ask_for_own(uow: UnitOfWork, task: Task, asked: Sequence[Approval], *, number: int) -> Approval | None:
    if task.budget_usd is None:
        return None
    spent = await spent_usd(uow, task)
    # what was offered first is offered again: a doubling each time would soon be far too much
    step = next((each.raise_usd for each in asked if each.raise_usd), task.budget_usd)
    steps = await uow.steps.of(task.id)
    return await request_approval(
        uow,
        Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=budget_key(task, number),
            task=task.id,
            step=next((each.name for each in steps if each.state not in _DONE), steps[-1].name),
            kind=ApprovalKind.BUDGET,
            title=f"{task.id} has used {shown_usd(spent)} of {shown_usd(task.budget_usd)}",
            detail=_account(steps),
            reason="Its budget is used up. Nothing goes on until it is raised.",
            risk=Risk.LOW,
            raise_usd=next_raise(task.budget_usd, spent=spent, step=step),
            created_at=uow.now,
        ),
    )


async def granted(
    uow: UnitOfWork, approval: Approval, amount: Decimal | None, *, book: BudgetBook, by: PersonId
) -> Approval:
    """Raise the budget by `amount` (None: as offered), and return the approval as it is to be decided.

    InvalidInputError when that leaves nothing to go on with.
    """
    task = await uow.tasks.get(approval.task)
    given = checked_usd(amount) if amount is not None else approval.raise_usd
    if given is None:
        return approval
    raised = replace(approval, raise_usd=given, answers={AMOUNT: shown_usd(given)})
    if approval.budget != OWN:
        now = await raise_shared(uow, book, approval.budget, given, by=by)
        return replace(raised, answers={**raised.answers, NEW_BUDGET: shown_usd(now.limit_usd)})
    if task.budget_usd is None:
        return approval
    await _set(uow, task, task.budget_usd + given, by=by)
    return raised


async def set_budget(uow: UnitOfWork, task: Task, usd: Decimal | None, *, by: PersonId) -> Task:
    """Set what `task` may cost in all, None for no limit; whoever is asked about it has their answer with that."""
    changed = await _set(uow, task, usd if usd is None else checked_usd(usd), by=by)
    asked = asked_for_money(task, await uow.approvals.of(task.id))
    pending = bool(asked) and asked[-1].state == ApprovalState.PENDING and asked[-1].budget == OWN
    if task.state not in FINAL_TASK_STATES and pending:
        raised = None if usd is None or task.budget_usd is None else usd - task.budget_usd
        told = f"{shown_usd(usd)} in all" if usd is not None else NO_LIMIT
        await decide_approval(
            uow, replace(asked[-1], raise_usd=raised), ApprovalState.APPROVED, by=by, answers={NEW_BUDGET: told}
        )
    return changed


async def _set(uow: UnitOfWork, task: Task, usd: Decimal | None, *, by: PersonId) -> Task:
    if usd == task.budget_usd:
        return task
    spent = (await uow.ledger.of_task(task.id)).cost_usd
    if usd is not None and usd <= spent:
        raise InvalidInputError(
            f"{task.id} has used {shown_usd(spent)} already.", hint="Set a budget above that, or stop the task."
        )
    changed = replace(task, budget_usd=usd)
    await uow.tasks.save(changed)
    await uow.events.append(task.id, BudgetChanged(source=_shown(task.budget_usd), target=_shown(usd), by=by))
    return changed


def _shown(usd: Decimal | None) -> str:
    return "" if usd is None else str(usd)


def _account(steps: Sequence[Step]) -> str:
    """What was reached and what is left to do, as Markdown."""
    done = [f"- {each.name}: {each.summary}".rstrip(": ") for each in steps if each.state == StepState.COMPLETED]
    left = [each.name for each in steps if each.state not in _DONE]
    reached = "\n".join(["Reached so far:", "", *done]) if done else "No step is finished yet."
    return f"{reached}\n\nLeft to do: {', '.join(left)}." if left else reached
