"""What work is expected to take, in a few words."""

from decimal import Decimal

from bot.cards.elapsed import shown_duration
from core.domain.cost import shown_usd
from core.domain.estimate import Band, Estimate


def shown_estimate(estimate: Estimate | None) -> str:
    """`$0.42, up to $2.50 · 5m 00s, up to 9m 00s`; '' when nothing is known."""
    if estimate is None:
        return ""
    return f"{money_band(estimate.cost_usd)} · {time_band(estimate.duration_s)}"


def money_band(band: Band) -> str:
    """`$0.42, up to $2.50`: nine in ten stay within the second."""
    return f"{shown_usd(usd(band.p50))}, up to {shown_usd(usd(band.p90))}"


def time_band(band: Band) -> str:
    """`5m 00s, up to 9m 00s`."""
    return f"{shown_duration(band.p50)}, up to {shown_duration(band.p90)}"


def usd(amount: float) -> Decimal:
    """An estimated amount as money."""
    return Decimal(str(round(amount, 6)))
