"""The answer to "are we going to stay under budget?": each budget, what its period will likely come to, and whether."""

from collections.abc import Sequence

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
from core.domain.limit import BudgetScope
from core.forecasts.daily import Forecasts
from core.forecasts.projection import WHOLE


async def budget_answer(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """Every budget the asker may see and asked about, and what all that was asked about will come to."""
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
    note = understood(query, known.zone_of(query.where.projects), Shown(names=names))
    whole = "" if _told_already(standing, query) else await _in_all(query, asker, context, known)
    card = lasting_card(lasting, whole=whole, note=note.text)
    return Private(card=card, picture=budget_picture(lasting, context, known))


async def _in_all(query: Query, asker: Asker, context: Context, known: Known) -> str:
    """What was spent of all that was asked about, and what it will likely come to, whatever is limited of it."""
    if query.period is None:
        return ""
    zone, projects = known.zone_of(query.where.projects), visible(asker, context)
    forecasts = Forecasts(context.seen.store, clock=lambda: known.now)
    found = await forecasts.of(query.where, query.period, group=None, projects=projects, zone=zone)
    said = f"All in all {shown_usd(found[WHOLE].spent_usd)} was spent {query.said or 'then'}."
    if known.now >= query.period.end:
        return said
    words = band_words(found[WHOLE])
    return f"{said} {words[0].upper()}{words[1:]}."


def _told_already(standing: Sequence[Allowance], query: Query) -> bool:
    """Whether one of the budgets is about just what was asked."""
    where = query.where
    if max(map(len, (where.projects, where.persons, where.roles, where.models))) > 1:
        return False
    named = [each[0] if each else "" for each in (where.projects, where.persons, where.roles, where.models)]
    asked = BudgetScope(project=named[0], person=named[1], role=named[2], model=named[3])
    return any(each.budget.scope == asked and each.period == query.period for each in standing)


def _asked(each: Allowance, query: Query) -> bool:
    scope, where = each.budget.scope, query.where
    return (not where.projects or scope.project in where.projects) and (
        not where.persons or scope.person in where.persons
    )
