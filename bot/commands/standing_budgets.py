"""The shared budgets that concern who asks, on the card that answers `budget`."""

from dataclasses import replace
from decimal import Decimal

from adapters.chat.card import Action, Card
from bot.cards.budgets import budget_sections, raise_actions
from bot.commands.command import Command, written
from bot.commands.context import Asker, Context
from bot.commands.scope import Scope
from bot.commands.shared_budgets import concerns, offered, refused_to_limit
from bot.commands.verbs import Verb
from core.budgets.allowance import Allowance
from core.domain.identity import Access, PersonId, ProjectName
from core.forecasts.daily import Forecasts


async def with_shared_budgets(card: Card, scope: Scope, asker: Asker, context: Context) -> Card:
    """`card` with the budgets in `scope` above all else, and the buttons that the asker may press."""
    standing = [each for each in await context.orchestrator.budgets.standing() if _is_told(each, scope, asker, context)]
    people = {PersonId(each.budget.scope.person) for each in standing if each.budget.scope.person}
    people |= {owner for each in standing for owner in each.budget.owners}
    async with context.seen.store.reading() as uow:
        names = await uow.people.names(people)
    forecasts = Forecasts(context.seen.store, clock=context.seen.clock)
    sections = budget_sections(
        standing,
        names=names,
        zone=lambda project: _zone(project, context),
        ahead=await forecasts.of_budgets(standing, context.seen.settings.budget_book),
    )
    mine = [each for each in standing if refused_to_limit(each.budget.scope, asker, context) is None]
    raises = raise_actions(mine, by=lambda each: _typed(offered(each)), names=names)
    new = (Action(label="Set a budget…", command=_set(asker)),) if _may_set(asker, context) else ()
    return replace(card, sections=(*sections, *card.sections), actions=(*raises, *new, *card.actions))


def _is_told(stands: Allowance, scope: Scope, asker: Asker, context: Context) -> bool:
    project = stands.budget.scope.project
    return concerns(stands, asker, context) and (not project or scope.holds(ProjectName(project)))


def _zone(project: str, context: Context) -> str:
    known = context.gate.projects.get(project)
    return known.time_zone if known is not None else context.seen.settings.time_zone


def _typed(usd: Decimal) -> str:
    return f"{usd.normalize():f}"


def _set(asker: Asker) -> str:
    options = {"project": (asker.usual_project,)} if asker.usual_project else {}
    return written(Command(verb=Verb.BUDGET, part="set", options=options))


def _may_set(asker: Asker, context: Context) -> bool:
    return context.gate.sees_all(asker.person.id) or Access.ADMIN in asker.access.values()
