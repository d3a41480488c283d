"""What a period will come to as a drawing: what was spent when, and the band it will likely end in; pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards.course import course, ends
from bot.cards.forecast import about_usd
from core.costs.answer import Row
from core.costs.picture import Ahead, Rise
from core.domain.cost import shown_usd
from core.domain.period import Period
from core.forecasts.projection import Projection


def rise(projection: Projection, period: Period, days: Sequence[Row], *, title: str, now: datetime, zone: str) -> Rise:
    """What was spent after each of `days` (what they cost, the oldest first), and the way to the end."""
    begin, end = ends(period, zone=zone)
    low, likely, high = map(about_usd, (projection.low_usd, projection.likely_usd, projection.high_usd))
    spent = shown_usd(projection.spent_usd)
    said = f"{spent} spent since {begin}; likely {likely} at the end ({end}), eight times in ten {low} to {high}"
    return Rise(
        title=title,
        total=f"About {likely}",
        alt=f"Line chart. {title}: {said}.",
        course=course(period, days, projection.spent_usd, now=now, zone=zone),
        spent_text=spent,
        ahead=Ahead(
            likely=projection.likely_usd,
            low=projection.low_usd,
            high=projection.high_usd,
            text=likely if low == high else f"{low} to {high}",
        ),
        begin=begin,
        end=end,
    )
