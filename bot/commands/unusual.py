"""`costs --unusual`: what was seen of spending far from the usual."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from bot.cards.answer import Shown, understood
from bot.cards.unusual import unusual_list
from bot.commands.context import Asker, Context
from bot.commands.known import visible
from bot.commands.reply import Private
from core.costs.query import Query, Subject
from core.costs.wording import shown_dates
from core.costs.words.known import Known
from core.domain.unusual import Unusual
from core.unusual.words import notice


async def unusual(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """What was seen, as a card."""
    found = await _found(query, asker, context)
    zone = known.zone_of(query.where.projects)
    dates = "all time" if query.period is None else shown_dates(query.period, zone=zone)
    over = "" if query.where.projects or visible(asker, context) is None else "in the projects you may see"
    note = understood(replace(query, subject=Subject.UNUSUAL), zone, Shown(names={}, over=over))
    return Private(card=unusual_list(found, title=query.said or dates, zone=zone, note=note.text))


async def unusual_document(query: Query, asker: Asker, context: Context, _known: Known) -> dict[str, Any]:
    """What was seen, for scripts; money and shares as exact text."""
    return {"seen": [_document(each) for each in await _found(query, asker, context)]}


async def _found(query: Query, asker: Asker, context: Context) -> list[Unusual]:
    where = query.where
    async with context.seen.store.reading() as uow:
        found = await uow.unusual.within(query.period, projects=visible(asker, context))
    return [
        each
        for each in found
        if _fits(each.project, where.projects) and _fits(each.task, where.tasks) and _fits(each.role, where.roles)
    ]


def _fits(value: str, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted


def _document(seen: Unusual) -> dict[str, Any]:
    return {
        "kind": seen.kind.value,
        "project": seen.project,
        "task": seen.task,
        "about": seen.about,
        "role": seen.role or None,
        "found": f"{seen.found:f}",
        "usual": f"{seen.usual:f}",
        "over": seen.over,
        "at": seen.at.isoformat(),
        "text": notice(seen),
    }
