"""By how much a raise of a shared budget is offered; pure."""

from decimal import Decimal

_SHARE = 4
_ROUND = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


def raise_step(limit: Decimal) -> Decimal:
    """A round amount, at most a quarter of `limit`: $5 for $20, $50 for $200, $0.20 for $1."""
    share = limit / _SHARE
    power = Decimal(1).scaleb(share.adjusted())
    return max(step for each in _ROUND if (step := each * power) <= share)
