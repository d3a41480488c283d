"""Budgets: what may be spent, how an amount is written, and by how much it is raised; pure, in US dollars."""

import re
from decimal import ROUND_CEILING, Decimal

from core.domain.errors import InvalidInputError

MOST_USD = Decimal(1_000_000)
"""More than that is a slip of the finger."""
_AMOUNT = re.compile(r"\$?\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)(?:\s*(?:\$|usd))?", re.ASCII | re.IGNORECASE)


def usd_of(text: str) -> Decimal:
    """`5`, `7.50` or `$7.50` as US dollars; InvalidInputError for anything else, for nothing and for far too much."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        shown = text.strip()[:40]
        raise InvalidInputError(
            f"{shown!r} is no amount of money." if shown else "How much?", hint="Write US dollars, such as 5 or 7.50."
        )
    return checked_usd(Decimal(match[1]))


def checked_usd(amount: Decimal) -> Decimal:
    """`amount` when it can be a budget; InvalidInputError when it is not above zero or beyond all reason."""
    if not amount.is_finite() or amount <= 0:
        raise InvalidInputError("A budget is more than nothing.", hint="Write US dollars, such as 5 or 7.50.")
    if amount > MOST_USD:
        raise InvalidInputError(
            f"A budget is at most ${MOST_USD:,.0f}.", hint="Leave the budget out when there is to be no limit."
        )
    return amount


def is_used_up(budget: Decimal | None, spent: Decimal) -> bool:
    """Whether nothing may be spent any more; without a budget (None) there is no end."""
    return budget is not None and spent >= budget


def next_raise(budget: Decimal, *, spent: Decimal, step: Decimal) -> Decimal:
    """By how much a raise is offered: `step`, or as many of it as lead beyond what is spent already."""
    over = spent - budget
    steps = (over / step).to_integral_value(ROUND_CEILING) if over > 0 else Decimal(1)
    # exactly what is spent leaves nothing to go on with
    return step * (steps + 1 if budget + step * steps <= spent else steps)
