"""What follows from a model call that was recorded: budgets that are reached stop work, thresholds are told once."""

from decimal import Decimal

from core.allowances import allowance, allowances, budgets_now
from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook, drawn_on
from core.budgets.draws import draw_of
from core.budgets.names import budget_name
from core.budgets.thresholds import told_after
from core.domain.budget import is_used_up
from core.domain.budget_event import BudgetThresholdReached
from core.domain.event import BudgetReached
from core.domain.identity import PersonId
from core.domain.limit import ALL, BudgetScope, Tally
from core.domain.task import AgentRun, Task
from core.engine.budgets import spent_usd
from core.store.unit_of_work import UnitOfWork


async def tell_spending(uow: UnitOfWork, book: BudgetBook, run: AgentRun, *, model: str, cost_usd: Decimal) -> None:
    """Tell, in the transaction that recorded a call of `run`, which budgets it took to a threshold."""
    task = await uow.tasks.get(run.task)
    await _tell_own(uow, book, task, cost_usd)
    for budget in drawn_on(await budgets_now(uow, book), draw_of(task, role=run.role, model=model)):
        held = await uow.budgets.hold_tally(Tally(budget=budget.key, begin=book.period(budget, uow.now).begin))
        # only now: who held it before us has committed what they spent
        stands = await allowance(uow, book, budget)
        after = stands.spent_usd
        tally, percent = told_after(
            held, before=after - cost_usd, after=after, limit=stands.limit_usd, warn_at=stands.budget.warn_at
        )
        await uow.budgets.save_tally(tally)
        if percent:
            await uow.events.append(task.id, await _threshold(uow, task, stands, percent))


async def _tell_own(uow: UnitOfWork, book: BudgetBook, task: Task, cost_usd: Decimal) -> None:
    """The task's own budget: whoever drives the task stops its agents when it is used up."""
    if task.budget_usd is None:
        return
    spent = await spent_usd(uow, task)
    if is_used_up(task.budget_usd, spent) and not is_used_up(task.budget_usd, spent - cost_usd):
        await uow.events.append(task.id, BudgetReached(budget_usd=str(task.budget_usd), spent_usd=str(spent)))
    held = await uow.budgets.hold_tally(Tally(budget=f"task:{task.id}", begin=task.created_at))
    warn_at = book.warns_at(BudgetScope(project=task.project))
    tally, percent = told_after(held, before=spent - cost_usd, after=spent, limit=task.budget_usd, warn_at=warn_at)
    await uow.budgets.save_tally(tally)
    # at its end people are asked, which is telling them
    if 0 < percent < ALL:
        told = BudgetThresholdReached(
            budget="",
            name=f"the budget of {task.id}",
            percent=percent,
            limit_usd=str(task.budget_usd),
            spent_usd=str(spent),
            told=(task.requested_by,),
        )
        await uow.events.append(task.id, told)


async def _threshold(uow: UnitOfWork, task: Task, stands: Allowance, percent: int) -> BudgetThresholdReached:
    scope = stands.budget.scope
    names = await uow.people.names({PersonId(scope.person)} if scope.person else ())
    return BudgetThresholdReached(
        budget=stands.budget.key,
        name=budget_name(scope, stands.budget.unit, names),
        percent=percent,
        limit_usd=str(stands.limit_usd),
        spent_usd=str(stands.spent_usd),
        until=stands.period.end,
        told=tuple(dict.fromkeys((task.requested_by, *stands.budget.owners))),
        owners=stands.budget.owners,
    )


async def out_of_money(uow: UnitOfWork, book: BudgetBook, run: AgentRun) -> bool:
    """Whether `run` must make no other model call; a shared budget that is used up is told to whoever drives its task.

    Each agent learns of it as it comes to its next call, so what it has paid for already is not lost.
    """
    task = await uow.tasks.get(run.task)
    if is_used_up(task.budget_usd, await spent_usd(uow, task)):
        return True
    for stands in await allowances(uow, book, draw_of(task, role=run.role, model=run.model)):
        if stands.used_up:
            limit, spent = str(stands.limit_usd), str(stands.spent_usd)
            told = BudgetReached(budget=stands.budget.key, budget_usd=limit, spent_usd=spent)
            await uow.events.append(task.id, told)
            return True
    return False
