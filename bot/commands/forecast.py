"""`costs --forecast`: what a day, week or month will come to, for projects and people."""

from collections.abc import Sequence
from typing import Any

from bot.cards.answer import Shown, understood
from bot.cards.forecast import Ahead, forecast_card
from bot.commands.context import Asker, Context
from bot.commands.known import visible
from bot.commands.pictures import forecast_picture
from bot.commands.reply import Private
from core.costs.query import Group, Query
from core.costs.wording import shown_dates
from core.costs.words.known import Known
from core.domain.errors import InvalidInputError
from core.domain.identity import PersonId
from core.forecasts.daily import OF, Forecasts
from core.forecasts.projection import WHOLE, Outlook, TooEarly

_TOLD = (Group.PROJECT, Group.PERSON)


async def forecast(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """The forecast as a card."""
    ahead = await _ahead(query, asker, context, known)
    people = {PersonId(key) for group, found in ahead.groups if group is Group.PERSON for key in found if key}
    async with context.seen.store.reading() as uow:
        names = await uow.people.names(people | set(map(PersonId, query.where.persons)))
    note = understood(query, known.zone_of(query.where.projects), Shown(names=names, over=_over(query, asker, context)))
    card = forecast_card(ahead, names, note=note.text)
    picture = forecast_picture(query, ahead.whole, asker, context, known, title=card.title)
    return Private(card=card, picture=picture)


async def forecast_document(query: Query, asker: Asker, context: Context, known: Known) -> dict[str, Any]:
    """The forecast for scripts; money as exact text."""
    ahead = await _ahead(query, asker, context, known)
    assert query.period is not None, "a forecast is about a time"
    return {
        "from": query.period.begin.isoformat(),
        "to": query.period.end.isoformat(),
        "zone": known.zone_of(query.where.projects),
        "whole": outlook_document(ahead.whole),
        "by": {
            group.value: [{"name": key, **outlook_document(each)} for key, each in found.items() if key != WHOLE]
            for group, found in ahead.groups
        },
    }


def outlook_document(ahead: Outlook) -> dict[str, Any]:
    """One projection; what is not known (yet) is null."""
    if isinstance(ahead, TooEarly):
        told_on = None if ahead.on is None else ahead.on.isoformat()
        band = dict[str, str | None].fromkeys(("low_usd", "likely_usd", "high_usd"))
        return {"spent_usd": f"{ahead.spent_usd:f}", **band, "days": None, "told_on": told_on}
    return {
        "spent_usd": f"{ahead.spent_usd:f}",
        "low_usd": f"{ahead.low_usd:f}",
        "likely_usd": f"{ahead.likely_usd:f}",
        "high_usd": f"{ahead.high_usd:f}",
        "days": ahead.days,
        "told_on": None,
    }


async def _ahead(query: Query, asker: Asker, context: Context, known: Known) -> Ahead:
    if query.period is None:
        raise InvalidInputError("All time has no end.", hint="For example: costs this month --forecast")
    zone, projects = known.zone_of(query.where.projects), visible(asker, context)
    forecasts = Forecasts(context.seen.store, clock=lambda: known.now)
    groups = [
        (group, await forecasts.of(query.where, query.period, group=group, projects=projects, zone=zone))
        for group in _groups(query)
    ]
    return Ahead(
        title=query.said or shown_dates(query.period, zone=zone),
        over=known.now >= query.period.end,
        whole=groups[0][1][WHOLE],
        groups=groups,
    )


def _groups(query: Query) -> Sequence[Group]:
    """What is told apart: as asked, else projects and people."""
    if query.group is None:
        return _TOLD
    if query.group not in OF:
        names = ", ".join(group.value for group in OF)
        raise InvalidInputError(f"There is no forecast by {query.group.value}.", hint=f"It can be by {names}.")
    return (query.group,)


def _over(query: Query, asker: Asker, context: Context) -> str:
    named = bool(query.where.projects or query.where.tasks)
    return "" if named or visible(asker, context) is None else "in the projects you may see"
