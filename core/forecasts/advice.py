"""Where less money would do: advice with its evidence, or what is missing to tell; pure, and nothing is changed by it.

A cheaper model is advised for a role when both models did at least `ENOUGH_STEPS` steps of it, each alone, and the
cheaper one did as large a share of its steps at the first try, give or take `_MARGIN`. What would be saved is what the
dearer model's tokens cost less at the cheaper one's prices; that is the most it can be, because another model needs
another number of tokens. The cache is spoken of when a role reads less than half the share from it that the others do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.domain.cost import PriceList, TokenUsage

ENOUGH_STEPS = 10
_MARGIN = 0.05
_WORTH_USD = Decimal(1)
"""Less than that is not spoken of."""
_CACHE_TOKENS = 1_000_000
_CACHE_SHARE = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One role with one model. Steps are those that this model did alone, from the first round to the last."""

    role: str
    model: str
    steps: int = 0
    first_try: int = 0
    """Done in one round by one agent that did not fail."""
    sent_back: int = 0
    """Done in more than one round."""
    failed: int = 0
    """An agent failed in them."""
    rounds: int = 0
    """Of all steps together."""
    calls: int = 0
    usage: TokenUsage = field(default_factory=TokenUsage)
    cost_usd: Decimal = Decimal(0)

    @property
    def first_share(self) -> float:
        """Share (0 to 1) of the steps that were done at the first try."""
        return self.first_try / self.steps if self.steps else 0.0


class Standing(StrEnum):
    """What the evidence says about a cheaper model."""

    ADVISED = "advised"
    WORSE = "worse"
    """It was tried often enough, and did less at the first try."""
    TOO_FEW = "too few"
    """One of the two has done too few steps to tell."""
    UNTRIED = "untried"
    """The role has worked with nothing cheaper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAdvice:
    """About the model that a role spends most on, and the cheaper one that it is compared with."""

    standing: Standing
    used: Trial
    cheaper: Trial | None
    at_most_usd: Decimal
    """What would be saved at most; 0 where nothing can be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheAdvice:
    """A role that reads little from the cache; shares are of 0 to 1."""

    role: str
    share: Decimal
    others: Decimal
    read_tokens: int
    at_most_usd: Decimal
    """What would be saved if it read as much from the cache as the others."""


def model_advice(trials: Sequence[Trial], prices: PriceList, *, at: datetime) -> list[ModelAdvice]:
    """One for each role on which enough is spent and for which there may be something cheaper; most saved first."""
    found: list[ModelAdvice] = []
    for role in dict.fromkeys(each.role for each in trials):
        of_role = [each for each in trials if each.role == role]
        used = max(of_role, key=lambda each: each.cost_usd)
        if used.cost_usd >= _WORTH_USD and (advice := _advice(used, of_role, prices, at=at)) is not None:
            found.append(advice)
    return sorted(found, key=lambda each: (list(Standing).index(each.standing), -each.at_most_usd, each.used.role))


def _advice(used: Trial, of_role: Sequence[Trial], prices: PriceList, *, at: datetime) -> ModelAdvice | None:
    savings = [(each, _saving(used, each.model, prices, at=at)) for each in of_role if each.model != used.model]
    cheaper = [(each, saved) for each, saved in savings if saved >= _WORTH_USD]
    if not cheaper:
        dearest = not any(_saving(used, model, prices, at=at) >= _WORTH_USD for model in prices.tariffs)
        return None if dearest else ModelAdvice(standing=Standing.UNTRIED, used=used, cheaper=None, at_most_usd=_NONE)
    judged = [
        ModelAdvice(standing=_standing(used, each), used=used, cheaper=each, at_most_usd=saved)
        for each, saved in cheaper
    ]
    order = (Standing.ADVISED, Standing.TOO_FEW, Standing.WORSE)
    return min(judged, key=lambda each: (order.index(each.standing), -each.at_most_usd))


def _standing(used: Trial, cheaper: Trial) -> Standing:
    if min(used.steps, cheaper.steps) < ENOUGH_STEPS:
        return Standing.TOO_FEW
    return Standing.ADVISED if cheaper.first_share >= used.first_share - _MARGIN else Standing.WORSE


def _saving(used: Trial, model: str, prices: PriceList, *, at: datetime) -> Decimal:
    """What the same tokens would have cost less; without dearer prices for long prompts, so it is never too little."""
    price = replace(prices.price(model, at), long_prompt=None)
    return used.cost_usd - price.cost_usd(used.usage)


def cache_advice(trials: Sequence[Trial], prices: PriceList, *, at: datetime) -> list[CacheAdvice]:
    """Roles that read much, but little of it from the cache, against all the others; most saved first."""
    found: list[CacheAdvice] = []
    for role in dict.fromkeys(each.role for each in trials):
        mine = [each for each in trials if each.role == role]
        read, others = _sum(mine), _sum([each for each in trials if each.role != role])
        if min(read.prompt_tokens, others.prompt_tokens) < _CACHE_TOKENS:
            continue
        share, usual = _share(read), _share(others)
        saved = sum((_recached(each, usual - share, prices, at=at) for each in mine), start=_NONE)
        if share < usual * _CACHE_SHARE and saved >= _WORTH_USD:
            found.append(
                CacheAdvice(role=role, share=share, others=usual, read_tokens=read.prompt_tokens, at_most_usd=saved)
            )
    return sorted(found, key=lambda each: -each.at_most_usd)


def _recached(trial: Trial, more: Decimal, prices: PriceList, *, at: datetime) -> Decimal:
    """What is saved when so much more of what it read comes from the cache."""
    price = prices.price(trial.model, at)
    return (price.input_usd - price.cache_read_usd) * trial.usage.prompt_tokens * more / 1_000_000


def _sum(trials: Sequence[Trial]) -> TokenUsage:
    return sum((each.usage for each in trials), start=TokenUsage())


def _share(usage: TokenUsage) -> Decimal:
    return Decimal(usage.cache_read_tokens) / usage.prompt_tokens if usage.prompt_tokens else _NONE


_NONE = Decimal(0)
