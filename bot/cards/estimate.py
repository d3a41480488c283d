"""What work is expected to take, in a few words."""

from decimal import Decimal

from bot.cards.elapsed import shown_duration
from core.domain.cost import shown_usd
from core.domain.estimate import Band, Estimate


def shown_estimate(estimate: Estimate | None) -> str:
    """`$0.42 ($0.10 to $2.50), 5m 00s, as 4 tasks before`; '' when nothing is known."""
    if estimate is None:
        return ""
    return f"{money_band(estimate.cost_usd)}, {shown_duration(estimate.duration_s.median)}, as {estimate.tasks} before"


def money_band(band: Band) -> str:
    """`$0.42 ($0.10 to $2.50)`."""
    least, middle, most = (shown_usd(usd(each)) for each in (band.least, band.median, band.most))
    return f"{middle} ({least} to {most})"


def usd(amount: float) -> Decimal:
    """An estimated amount as money."""
    return Decimal(str(round(amount, 6)))
