"""When people are told about a budget: once for each threshold and period, and again only when it is crossed anew.

The rule. Remembered is the highest threshold that was told in this period, and the limit it was told of. When the
limit has grown since (a raise, new settings), what the money spent before this call no longer reaches is forgotten. A
call tells the highest threshold that is reached after it, when that is above what is remembered.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.domain.limit import ALL, Tally

_HUNDRED = Decimal(100)


def reached(spent: Decimal, limit: Decimal, warn_at: Sequence[int]) -> int:
    """The highest threshold (per cent) that `spent` has reached; 0 for none, 100 once the limit itself is reached."""
    return max((each for each in (*warn_at, ALL) if spent * _HUNDRED >= limit * each), default=0)


def told_after(
    tally: Tally, *, before: Decimal, after: Decimal, limit: Decimal, warn_at: Sequence[int]
) -> tuple[Tally, int]:
    """What is remembered after a call took spending from `before` to `after`, and what is to be told now (0: nothing).

    `limit` is what holds now, raises included.
    """
    remembered = tally.told_percent
    if limit > tally.told_limit_usd:
        remembered = min(remembered, reached(before, limit, warn_at))
    now = reached(after, limit, warn_at)
    told = now if now > remembered else 0
    return replace(tally, told_percent=max(now, remembered), told_limit_usd=limit), told
