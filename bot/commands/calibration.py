"""`costs --calibration`: how good the estimates of completed tasks were."""

from dataclasses import replace
from typing import Any

from bot.cards.answer import Shown, understood
from bot.cards.calibration import calibration_card, named, only
from bot.commands.context import Asker, Context
from bot.commands.known import visible
from bot.commands.reply import Private
from bot.commands.scope import seen_projects
from core.costs.query import Query, Subject, Where
from core.costs.words.known import Known
from core.domain.errors import InvalidInputError
from core.domain.identity import ProjectName
from core.estimates.calibration import Calibrated, Calibration
from core.estimates.calibration import calibration as calibrated


async def calibration(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """Shares of the tasks that stayed within their estimates, as a card."""
    found = await _found(query, asker, context)
    over = "" if query.where.projects or visible(asker, context) is None else "in the projects you may see"
    asked = replace(query, subject=Subject.ESTIMATES)
    note = understood(asked, known.zone_of(query.where.projects), Shown(names={}, over=over))
    return Private(card=calibration_card(found, note=note.text))


async def calibration_document(query: Query, asker: Asker, context: Context, _known: Known) -> dict[str, Any]:
    """The same for scripts; shares are 0 to 1, `ratio` is the median of outcome over the likely figure."""
    found = await _found(query, asker, context)
    return {
        "whole": None if found.whole is None else _document(found.whole),
        "by_type": [{"type": kind.value, **_document(each)} for kind, each in found.by_type.items()],
    }


async def _found(query: Query, asker: Asker, context: Context) -> Calibration:
    """Of the asker's projects; InvalidInputError for what estimates cannot be told apart by."""
    where = query.where
    if where != Where(projects=where.projects, types=where.types) or query.group is not None:
        hint = "They are told by kind of work. For example: costs --calibration --project api"
        raise InvalidInputError("Estimates are of whole tasks.", hint=hint)
    named_ones = frozenset(map(ProjectName, where.projects))
    projects = named_ones or seen_projects(asker, context)
    found = await calibrated(context.seen.store, projects=projects, period=query.period)
    return only(found, where.types)


def _document(found: Calibrated) -> dict[str, Any]:
    shares = {
        name.lower(): {
            "within_p50": round(share.p50, 4),
            "within_p90": round(share.p90, 4),
            "ratio": round(share.ratio, 4),
            "verdict": share.verdict.value,
        }
        for name, share in named(found)
    }
    return {"tasks": found.tasks, "assumed": found.assumed, **shares}
