"""Where spending is heading: what a period will come to when it goes on as it did so far; pure.

A straight line, on purpose: it can be checked in the head.
"""

from datetime import datetime
from decimal import Decimal

from core.domain.period import Period

_FROM = Decimal("0.05")
"""Share of a period that must be over before it says anything about the rest."""


def straight_on(spent_usd: Decimal, period: Period, *, now: datetime) -> Decimal | None:
    """What `period` will have cost in the end; None before a twentieth of it is over."""
    if now >= period.end:
        return spent_usd
    whole = Decimal((period.end - period.begin).total_seconds())
    over = Decimal((now - period.begin).total_seconds())
    if over < whole * _FROM:
        return None
    return spent_usd * whole / over
