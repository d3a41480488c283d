"""Whether money lasts, said from a projection and a limit; pure."""

from decimal import Decimal
from enum import StrEnum

from core.forecasts.projection import Outlook, TooEarly


class Verdict(StrEnum):
    """From the best to the worst; of several budgets the worst one counts."""

    YES = "yes"
    """More than nine in ten."""
    PROBABLY = "probably"
    UNKNOWN = "unknown"
    """There is too little to go by."""
    PROBABLY_NOT = "probably not"
    NO = "no"
    """Less than one in ten, or it is used up already."""


_ORDER = tuple(Verdict)


def verdict(ahead: Outlook, limit_usd: Decimal) -> Verdict:
    """Whether what is spent stays within `limit_usd`."""
    if ahead.spent_usd >= limit_usd:
        return Verdict.NO
    if isinstance(ahead, TooEarly):
        return Verdict.UNKNOWN
    if ahead.low_usd > limit_usd:
        return Verdict.NO
    if ahead.likely_usd > limit_usd:
        return Verdict.PROBABLY_NOT
    return Verdict.PROBABLY if ahead.high_usd > limit_usd else Verdict.YES


def worst(found: list[Verdict]) -> Verdict:
    """The one that decides; UNKNOWN for none at all."""
    return max(found, key=_ORDER.index, default=Verdict.UNKNOWN)
