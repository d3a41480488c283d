"""Where less money would do: advice with its evidence, or what is missing to tell; pure, and nothing is changed by it.

A cheaper model is advised for a role when both models did at least `ENOUGH_STEPS` steps of it, each alone, and the
cheaper one did as large a share of its steps at the first try, give or take `_MARGIN`. What would be saved is what the
dearer model's tokens cost less at the cheaper one's prices, both of today; that is the most it can be, because another
model needs another number of tokens. Models without a listed price are not compared.

The cache is spoken of when a role reads less than half the share from it that the others do.
"""

from collections.abc import Collection, Sequence
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
    comes_usd: Decimal
    """What the calls of the model in use come to at today's prices …"""
    cheaper_usd: Decimal
    """… and what the same tokens come to with the cheaper one; the same where there is none."""

    @property
    def at_most_usd(self) -> Decimal:
        """What would be saved at most; 0 where nothing can be compared."""
        return self.comes_usd - self.cheaper_usd


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
    """One for each role on which enough is spent and for which there may be something cheaper; most saved first.

    What might be cheaper is any model that other roles work with; every listed one where all work with the same.
    """
    in_use = {each.model for each in trials if prices.knows(each.model)}
    might = in_use if len(in_use) > 1 else set(prices.tariffs)
    found: list[ModelAdvice] = []
    for role in dict.fromkeys(each.role for each in trials):
        of_role = [each for each in trials if each.role == role]
        used = max(of_role, key=lambda each: each.cost_usd)
        if used.cost_usd >= _WORTH_USD and (advice := _advice(used, of_role, prices, might=might, at=at)) is not None:
            found.append(advice)
    return sorted(found, key=lambda each: (list(Standing).index(each.standing), -each.at_most_usd, each.used.role))


def _advice(
    used: Trial, of_role: Sequence[Trial], prices: PriceList, *, might: Collection[str], at: datetime
) -> ModelAdvice | None:
    if not prices.knows(used.model):
        return None
    comes = _comes(used, prices, at=at)
    others = {each.model: each for each in of_role if each.model != used.model and prices.knows(each.model)}
    cheaper = [
        (each, other)
        for model, each in others.items()
        if comes - (other := _with(used, model, prices, at=at)) >= _WORTH_USD
    ]
    if not cheaper:
        least = min((_with(used, model, prices, at=at) for model in might), default=comes)
        if comes - least < _WORTH_USD:
            return None
        return ModelAdvice(standing=Standing.UNTRIED, used=used, cheaper=None, comes_usd=comes, cheaper_usd=comes)
    judged = [
        ModelAdvice(standing=_standing(used, each), used=used, cheaper=each, comes_usd=comes, cheaper_usd=other)
        for each, other in cheaper
    ]
    order = (Standing.ADVISED, Standing.TOO_FEW, Standing.WORSE)
    return min(judged, key=lambda each: (order.index(each.standing), -each.at_most_usd))


def _standing(used: Trial, cheaper: Trial) -> Standing:
    if min(used.steps, cheaper.steps) < ENOUGH_STEPS:
        return Standing.TOO_FEW
    return Standing.ADVISED if cheaper.first_share >= used.first_share - _MARGIN else Standing.WORSE


def _comes(used: Trial, prices: PriceList, *, at: datetime) -> Decimal:
    """What its calls cost at today's prices; what they did cost where long prompts have a price of their own."""
    price = prices.price(used.model, at)
    return used.cost_usd if price.long_prompt is not None else price.cost_usd(used.usage)


def _with(used: Trial, model: str, prices: PriceList, *, at: datetime) -> Decimal:
    """What the same tokens cost with `model`; without dearer prices for long prompts, so it is never too much."""
    return replace(prices.price(model, at), long_prompt=None).cost_usd(used.usage)


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
