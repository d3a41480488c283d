"""The answer to "are we going to stay under budget?": each budget, what its period will likely come to, and whether."""

from bot.cards.answer import Shown, understood
from bot.cards.forecast import Lasting, band_words, lasting_card
from bot.commands.context import Asker, Context
from bot.commands.known import visible
from bot.commands.pictures import budget_picture
from bot.commands.reply import Private
from bot.commands.shared_budgets import concerns
from core.budgets.allowance import Allowance
from core.budgets.names import budget_name
from core.costs.query import Query
from core.costs.words.known import Known
from core.domain.cost import shown_usd
from core.domain.identity import PersonId
from core.forecasts.daily import WHOLE, Forecasts


async def budget_answer(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """Every budget the asker may see and asked about; without any what was spent, and will be."""
    standing = [
        each
        for each in await context.orchestrator.budgets.standing()
        if concerns(each, asker, context) and _asked(each, query)
    ]
    forecasts = Forecasts(context.seen.store, clock=lambda: known.now)
    found = await forecasts.of_budgets(standing, context.seen.settings.budget_book)
    people = {PersonId(each.budget.scope.person) for each in standing if each.budget.scope.person}
    async with context.seen.store.reading() as uow:
        names = await uow.people.names(people)
    lasting = [
        Lasting(name=budget_name(each.budget.scope, each.budget.unit, names), stands=each, ahead=found[each.budget.key])
        for each in standing
    ]
    none = "" if standing else await _without(query, asker, context, known)
    note = understood(query, known.zone_of(query.where.projects), Shown(names=names))
    card = lasting_card(lasting, none=none, note=note.text)
    return Private(card=card, picture=budget_picture(lasting, context, known))


async def _without(query: Query, asker: Asker, context: Context, known: Known) -> str:
    """Where no budget is set: what was spent, and what it will likely come to."""
    if query.period is None:
        return "No budget is set for that."
    zone, projects = known.zone_of(query.where.projects), visible(asker, context)
    forecasts = Forecasts(context.seen.store, clock=lambda: known.now)
    found = await forecasts.of(query.where, query.period, group=None, projects=projects, zone=zone)
    said = f"No budget is set for that. {shown_usd(found[WHOLE].spent_usd)} was spent {query.said or 'then'}."
    if known.now >= query.period.end:
        return said
    words = band_words(found[WHOLE])
    return f"{said} {words[0].upper()}{words[1:]}."


def _asked(each: Allowance, query: Query) -> bool:
    scope, where = each.budget.scope, query.where
    return (not where.projects or scope.project in where.projects) and (
        not where.persons or scope.person in where.persons
    )
