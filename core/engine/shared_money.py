"""Budgets that tasks share, as a task's next move depends on them: read from the store, decided by pure rules."""

from collections.abc import Sequence

from core.allowances import allowance, budgets_now
from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook, drawn_on
from core.budgets.draws import OVER, draw_of
from core.domain.approval import Approval
from core.domain.identity import StepName
from core.domain.limit import Draw
from core.domain.queue import WaitingRun
from core.domain.task import AgentRun, Step, Task
from core.engine.money import OWN, SharedMoney, open_question
from core.store.unit_of_work import UnitOfWork


async def shared_money(
    uow: UnitOfWork,
    book: BudgetBook,
    task: Task,
    *,
    steps: Sequence[Step],
    runs: Sequence[AgentRun],
    approvals: Sequence[Approval],
) -> SharedMoney:
    """How the shared budgets stand that the steps of `task` draw on, and the one that people are asked about."""
    budgets = await budgets_now(uow, book)
    asked = open_question(task, approvals)
    asked = asked if asked is not None and asked.budget != OWN else None
    draws = {step.name: _draw(task, step, runs) for step in steps if step.state not in OVER}
    named = {asked.budget} if asked else set[str]()
    wanted = [each for each in budgets if each.key in named or any(each.scope.covers(draw) for draw in draws.values())]
    stand = {each.key: await allowance(uow, book, each) for each in wanted}
    if asked is not None and _has_money_again(asked, stand.get(asked.budget)):
        return SharedMoney(has_again=asked.id)
    short: dict[StepName, str] = {}
    for name, draw in draws.items():
        used_up = [each.key for each in drawn_on(wanted, draw) if stand[each.key].used_up or each.key in named]
        if used_up:
            short[name] = used_up[0]
    return SharedMoney(short_of=short, until=stand[asked.budget].period.end if asked else None)


def _has_money_again(asked: Approval, stands: Allowance | None) -> bool:
    """Whether there is money since `asked` was asked.

    That the ledger has some left is not enough: an agent program that counts more than we do has stopped there.
    """
    if stands is None:
        return True
    changed = stands.limit_usd != asked.limit_usd or stands.period.begin > asked.created_at
    return changed and not stands.used_up


def _draw(task: Task, step: Step, runs: Sequence[AgentRun]) -> Draw:
    """Whose money the step's next call is; its model is known once an agent has been chosen for this round."""
    mine = [run for run in runs if run.step == step.name and run.round == step.round]
    return draw_of(task, role=step.role, model=mine[-1].model if mine else "")


async def with_money(uow: UnitOfWork, book: BudgetBook, waiting: Sequence[WaitingRun]) -> list[WaitingRun]:
    """Those of the waiting runs that no used-up shared budget holds back."""
    budgets = await budgets_now(uow, book)
    draws = {
        each.id: Draw(project=each.project, person=each.person, role=each.role, model=each.model) for each in waiting
    }
    wanted = [each for each in budgets if any(each.scope.covers(draw) for draw in draws.values())]
    used_up = [each for each in wanted if (await allowance(uow, book, each)).used_up]
    return [each for each in waiting if not drawn_on(used_up, draws[each.id])]
