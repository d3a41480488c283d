"""Bulk discounts: the more pieces of one article, the cheaper each."""

from decimal import Decimal

# (from how many pieces, which part of the price is taken off), best first
TIERS = (
    (50, Decimal("0.15")),
    (10, Decimal("0.10")),
)


def bulk_discount(pieces: int) -> Decimal:
    """The part of the price that is taken off when `pieces` of one article are ordered."""
    for threshold, discount in TIERS:
        if pieces > threshold:
            return discount
    return Decimal("0")
