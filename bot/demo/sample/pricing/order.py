"""An order's lines and its total."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pricing.discount import bulk_discount

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """So many pieces of one article at one price."""

    article: str
    pieces: int
    price: Decimal

    def total(self) -> Decimal:
        """What the line costs after the bulk discount, rounded to the cent."""
        if self.pieces < 1:
            raise ValueError(f"{self.article}: {self.pieces} pieces cannot be ordered")
        full = self.price * self.pieces
        return (full * (1 - bulk_discount(self.pieces))).quantize(CENT, ROUND_HALF_UP)


def order_total(lines: Iterable[Line]) -> Decimal:
    """What the whole order costs."""
    return sum((line.total() for line in lines), Decimal("0.00"))
