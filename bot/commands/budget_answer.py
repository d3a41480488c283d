"""The answer to "are we going to stay under budget?": each budget, what its period will likely come to, and whether."""

from collections.abc import Sequence
from typing import Any

from bot.cards.answer import Shown, understood
from bot.cards.forecast import Lasting, band_words, lasting_card
from bot.cards.person import Names
from bot.commands.context import Asker, Context
from bot.commands.forecast import outlook_document
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
from core.forecasts.projection import WHOLE, Outlook
from core.forecasts.verdict import verdict


async def budget_answer(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """Every budget the asker may see and asked about, and what all that was asked about will come to."""
    lasting, names = await _lasting(query, asker, context, known)
    note = understood(query, known.zone_of(query.where.projects), Shown(names=names))
    whole = None if _told_already(lasting, query) else await _in_all(query, asker, context, known)
    card = lasting_card(lasting, whole=_whole_words(whole, query, known), note=note.text)
    return Private(card=card, picture=budget_picture(lasting, context, known))


async def budget_document(query: Query, asker: Asker, context: Context, known: Known) -> dict[str, Any]:
    """The same for scripts; money as exact text."""
    lasting, _ = await _lasting(query, asker, context, known)
    whole = await _in_all(query, asker, context, known)
    return {
        "budgets": [
            {
                "key": each.stands.budget.key,
                "from": each.stands.period.begin.isoformat(),
                "to": each.stands.period.end.isoformat(),
                "limit_usd": f"{each.stands.limit_usd:f}",
                "lasts": verdict(each.ahead, each.stands.limit_usd).value,
                **outlook_document(each.ahead),
            }
            for each in lasting
        ],
        "whole": None if whole is None else outlook_document(whole),
    }


async def _lasting(query: Query, asker: Asker, context: Context, known: Known) -> tuple[list[Lasting], Names]:
    """The budgets with what their periods will come to, and the names of people among them."""
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
    return [
        Lasting(name=budget_name(each.budget.scope, each.budget.unit, names), stands=each, ahead=found[each.budget.key])
        for each in standing
    ], names


async def _in_all(query: Query, asker: Asker, context: Context, known: Known) -> Outlook | None:
    """What all that was asked about will come to, whatever is limited of it; None for all of the past."""
    if query.period is None:
        return None
    zone, projects = known.zone_of(query.where.projects), visible(asker, context)
    forecasts = Forecasts(context.seen.store, clock=lambda: known.now)
    return (await forecasts.of(query.where, query.period, group=None, projects=projects, zone=zone))[WHOLE]


def _whole_words(whole: Outlook | None, query: Query, known: Known) -> str:
    if whole is None or query.period is None:
        return ""
    said = f"All in all {shown_usd(whole.spent_usd)} was spent {query.said or 'then'}."
    if known.now >= query.period.end:
        return said
    words = band_words(whole)
    return f"{said} {words[0].upper()}{words[1:]}."


def _told_already(lasting: Sequence[Lasting], query: Query) -> bool:
    """Whether one of the budgets is about just what was asked."""
    where = query.where
    if max(map(len, (where.projects, where.persons, where.roles, where.models))) > 1:
        return False
    named = [each[0] if each else "" for each in (where.projects, where.persons, where.roles, where.models)]
    asked = BudgetScope(project=named[0], person=named[1], role=named[2], model=named[3])
    return any(each.stands.budget.scope == asked and each.stands.period == query.period for each in lasting)


def _asked(each: Allowance, query: Query) -> bool:
    scope, where = each.budget.scope, query.where
    return (not where.projects or scope.project in where.projects) and (
        not where.persons or scope.person in where.persons
    )
