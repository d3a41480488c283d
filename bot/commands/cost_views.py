"""What else `costs` can show, each by an option of its own: a card for people, a document for scripts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.commands.advice import advice, advice_document
from bot.commands.calibration import calibration, calibration_document
from bot.commands.context import Asker, Context
from bot.commands.forecast import forecast, forecast_document
from bot.commands.reply import Private
from bot.commands.unusual import unusual, unusual_document
from core.costs.query import Query, Subject
from core.costs.words.known import Known
from core.domain.errors import InvalidInputError
from core.domain.period import last_days, month

View = Callable[[Query, Asker, Context, Known], Awaitable[Private]]
"""Answers with what the query's period and names are about; the asker sees only what they may."""
Document = Callable[[Query, Asker, Context, Known], Awaitable[dict[str, Any]]]
"""The same for `--json`."""

VIEWS: Mapping[str, View] = {"calibration": calibration, "forecast": forecast, "unusual": unusual, "advice": advice}
"""By the name of the option; the same names are COST_VIEWS of the vocabulary."""
DOCUMENTS: Mapping[str, Document] = {
    "calibration": calibration_document,
    "forecast": forecast_document,
    "unusual": unusual_document,
    "advice": advice_document,
}

VIEW_OF = {Subject.UNUSUAL: "unusual", Subject.ADVICE: "advice", Subject.ESTIMATES: "calibration"}
"""What plain questions ask for that is told by a view."""
_LOOKED_BACK_DAYS = {"advice": 90}
_ALL_THERE_IS = frozenset({"calibration"})


def chosen(options: Mapping[str, tuple[str, ...]]) -> str:
    """Which view the options ask for, as `--forecast` or `--view forecast`; '' for none.

    InvalidInputError for more than one: each is an answer of its own.
    """
    named = [name for name in VIEWS if name in options]
    named += [name for name in options.get("view", ()) if name not in named]
    if len(named) > 1:
        one = " or ".join(f"--{name}" for name in named)
        raise InvalidInputError("That is more than one question.", hint=f"Ask for one at a time: {one}")
    return named[0] if named else ""


def over_usual_time(query: Query, known: Known, *, view: str) -> Query:
    """`query` over the time that `view` is about unless another is said: this month, or as long as its evidence."""
    if view in _ALL_THERE_IS:
        return replace(query, period=None, said="")
    zone, days = known.zone_of(query.where.projects), _LOOKED_BACK_DAYS.get(view)
    if days is not None:
        return replace(query, period=last_days(days, known.now, zone=zone), said=f"the last {days} days")
    return replace(query, period=month(known.now, zone), said="this month")
