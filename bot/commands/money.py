"""Commands about money: budget, estimate."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, written
from bot.commands.money_cards import Period, Sums, budget_card, estimate_card
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.scope import Scope, scope_of
from bot.commands.shared_budgets import raise_budget, remove_budget, set_budget
from bot.commands.standing_budgets import with_shared_budgets
from bot.commands.targets import names_target, take_target
from bot.commands.task_budget import RAISE, task_budget
from bot.commands.vocabulary import Target
from core.domain.access import Act, may
from core.domain.errors import InvalidInputError
from core.domain.identity import ProjectName
from core.domain.role import Role
from core.planning.assessment import assess
from core.planning.request import clean_request
from core.spending import Spent, estimate_from, past_tasks, spent_since


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


async def estimate(command: Command, asker: Asker, context: Context) -> Reply:
    """What completed tasks of the same kind cost and how long they took; one button hands the request over."""
    scope = await scope_of(command, asker, context)
    text = clean_request(command.text)
    judged = assess(text)
    project = ProjectName(command.option("project")) if command.option("project") else asker.usual_project
    known = await past_tasks(context.seen.store, judged.type, projects=scope.projects)
    found = estimate_from(known, like=(project, judged.complexity.value) if project else None)
    options = {"project": (project,)} if project else {}
    begin = written(Command(verb=Verb.SUBMIT, text=text, options=options))
    can_begin = may(asker.access.get(project), Act.SUBMIT) if project else _may_somewhere(asker)
    return Private(card=estimate_card(text, judged, found, begin=begin if can_begin else ""))


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


def _may_somewhere(asker: Asker) -> bool:
    return any(may(access, Act.SUBMIT) for access in asker.access.values())


async def _sums(scope: Scope, context: Context, *, now: datetime) -> Sums:
    """Dollars of each period, from the ledger."""
    return {
        period: sum((each.cost_usd for each in await _since(period, scope, context, now=now)), start=Decimal(0))
        for period in Period
    }


async def _since(period: Period, scope: Scope, context: Context, *, now: datetime) -> list[Spent]:
    return await spent_since(context.seen.store, period.begin(now), projects=scope.projects)


HANDLERS: Mapping[Verb, Handler] = {Verb.BUDGET: budget, Verb.ESTIMATE: estimate}
