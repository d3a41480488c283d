"""The command `budget`: of one task, shared ones, and what was spent."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.money_cards import Period, Sums, budget_card
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.scope import Scope, scope_of
from bot.commands.shared_budgets import raise_budget, remove_budget, set_budget
from bot.commands.standing_budgets import with_shared_budgets
from bot.commands.targets import names_target, take_target
from bot.commands.task_budget import RAISE, task_budget
from bot.commands.vocabulary import Target
from core.domain.errors import InvalidInputError
from core.domain.identity import ProjectName
from core.domain.role import Role
from core.spending import Spent, spent_since


async def budget(command: Command, asker: Asker, context: Context) -> Reply:
    """What one task may cost; without a task what was spent, and the limits that hold now."""
    command = _about_task(command)
    if command.target:
        return await task_budget(command, asker, context)
    if command.part in _SHARED:
        return await _SHARED[command.part](command, asker, context)
    scope = await scope_of(command, asker, context)
    project = ProjectName(command.option("project")) if command.option("project") else asker.usual_project
    roles: Mapping[str, Role] = context.data.roles(project) if project else {}
    sums = await _sums(scope, context, now=context.seen.clock())
    others = sorted(name for name in asker.access if name != project)
    bound = context.gate.projects.get(project) if project else None
    task_usd = bound.task_budget_usd if bound else None
    card = budget_card(sums, list(roles.values()), project=project or "", task_usd=task_usd, others=others)
    return Private(card=await with_shared_budgets(card, scope, asker, context))


def _about_task(command: Command) -> Command:
    """`budget set T142 7.50` as `budget T142 7.50`; what names no task is about a shared budget."""
    if command.part not in {"set", RAISE, "remove"}:
        return command
    names, rest = take_target(Target.TASK, command.text) if names_target(Target.TASK, command.text) else ((), "")
    # a number alone is an amount
    if not names or command.text.strip().isdigit():
        return command
    if command.part == "set" and not rest:
        raise InvalidInputError(f"How much may {names[0]} cost?", hint=f"For example: budget {names[0]} 7.50")
    return Command(verb=command.verb, target=names[0], text="none" if command.part == "remove" else rest or RAISE)


_SHARED: Mapping[str, Handler] = {
    "set": set_budget,
    "remove": remove_budget,
    "delete": remove_budget,
    RAISE: raise_budget,
}


async def _sums(scope: Scope, context: Context, *, now: datetime) -> Sums:
    """Dollars of each period, from the ledger."""
    return {
        period: sum((each.cost_usd for each in await _since(period, scope, context, now=now)), start=Decimal(0))
        for period in Period
    }


async def _since(period: Period, scope: Scope, context: Context, *, now: datetime) -> list[Spent]:
    return await spent_since(context.seen.store, period.begin(now), projects=scope.projects)


HANDLERS: Mapping[Verb, Handler] = {Verb.BUDGET: budget}
