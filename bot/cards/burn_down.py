"""A budget's period as a drawing: what was left when, and what will be left in the end; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from bot.cards.course import course, ends
from bot.cards.forecast import Lasting
from core.costs.answer import Row
from core.costs.picture import Ahead, BurnDown
from core.domain.cost import shown_usd
from core.forecasts.projection import Projection
from core.forecasts.verdict import Verdict, verdict

_VERDICTS: Mapping[Verdict, str] = {
    Verdict.YES: "It will last",
    Verdict.PROBABLY: "It will probably last",
    Verdict.UNKNOWN: "Too early to tell",
    Verdict.PROBABLY_NOT: "It will probably not last",
    Verdict.NO: "It will not last",
}


def burn_down(lasting: Lasting, days: Sequence[Row], *, now: datetime, zone: str) -> BurnDown:
    """What is left of the budget after each of `days` (what they cost, the oldest first), and the way to the end."""
    of = lasting.stands
    title = f"{lasting.name[0].upper()}{lasting.name[1:]}"
    ahead = _ahead(lasting)
    begin, end = ends(of.period, zone=zone)
    spent = course(of.period, days, of.spent_usd, now=now, zone=zone)
    left_text = _left(of.limit_usd - of.spent_usd)
    total = "It is used up" if of.used_up else _VERDICTS[verdict(lasting.ahead, of.limit_usd)]
    said = [f"of {shown_usd(of.limit_usd)} since {begin}, {left_text} now"]
    if ahead is not None:
        said.append(f"likely {ahead.text} at the end ({end})")
        if ahead.low != ahead.high:
            said.append(f"eight times in ten between {_left(ahead.low)} and {_left(ahead.high)}")
    return BurnDown(
        title=title,
        total=total,
        alt=f"Budget burn-down. {title}: {'; '.join(said)}. {total}.",
        limit=of.limit_usd,
        limit_text=shown_usd(of.limit_usd),
        course=tuple((share, of.limit_usd - usd) for share, usd in spent),
        left_text=left_text,
        ahead=ahead,
        begin=begin,
        end=end,
    )


def _ahead(lasting: Lasting) -> Ahead | None:
    """The projection, seen from the limit; nothing where there is none, or nothing more can be spent."""
    of, ahead = lasting.stands, lasting.ahead
    if of.used_up or not isinstance(ahead, Projection):
        return None
    likely = of.limit_usd - ahead.likely_usd
    return Ahead(
        likely=likely, low=of.limit_usd - ahead.high_usd, high=of.limit_usd - ahead.low_usd, text=_left(likely)
    )


def _left(usd: Decimal) -> str:
    return f"{shown_usd(usd)} left" if usd >= 0 else f"{shown_usd(-usd)} too much"
