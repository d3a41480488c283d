"""Tokens and money: what a model call used, what it costs, how it is shown. Money is Decimal US dollars."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from core.domain.identity import AgentRunId

TOKENS_PER_PRICE = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsage:
    """Tokens of one model call, or a sum of them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    thinking_tokens: int = 0
    """Those of the output that were thinking, where the provider tells them; 0 otherwise."""

    @property
    def prompt_tokens(self) -> int:
        """All tokens of the prompt, whether they were read from or written to the cache or neither."""
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        return TokenUsage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
            thinking_tokens=self.thinking_tokens + other.thinking_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LongPromptPrice:
    """Prices of a whole call whose prompt has more than `over_tokens` tokens, cached ones included."""

    over_tokens: int
    price: "Price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens; some models have another price for long prompts."""

    input_usd: Decimal
    output_usd: Decimal
    cache_read_usd: Decimal
    cache_write_usd: Decimal
    long_prompt: LongPromptPrice | None = None

    def cost_usd(self, usage: TokenUsage) -> Decimal:
        """Exact price of one call's `usage`."""
        if self.long_prompt is not None and usage.prompt_tokens > self.long_prompt.over_tokens:
            return self.long_prompt.price.cost_usd(usage)
        return (
            self.input_usd * usage.input_tokens
            + self.output_usd * usage.output_tokens
            + self.cache_read_usd * usage.cache_read_tokens
            + self.cache_write_usd * usage.cache_write_tokens
        ) / TOKENS_PER_PRICE


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """What a model costs from `begin` on."""

    begin: datetime
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What a model costs over time: `first` until the earliest change; changes stand in the order of their times."""

    first: Price
    changes: tuple[PriceChange, ...] = ()

    def __post_init__(self) -> None:
        begins = [change.begin for change in self.changes]
        if any(early >= late for early, late in pairwise(begins)):
            raise ValueError("Changes of a price stand in the order of their times, and no two begin at once.")

    def price(self, at: datetime) -> Price:
        """What a call made at `at` costs; a change counts from its first moment on."""
        begun = [change.price for change in self.changes if change.begin <= at]
        return begun[-1] if begun else self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Tariffs by model prefix; the longest matching prefix wins, `fallback` prices what nobody listed."""

    tariffs: Mapping[str, Tariff]
    fallback: Tariff

    def price(self, model: str, at: datetime) -> Price:
        """What `model` cost, or will cost, at that time; the stated fallback for a model nobody listed."""
        return self.tariff(model).price(at)

    def tariff(self, model: str) -> Tariff:
        """All prices of `model` over time, or those of the stated fallback."""
        known = [prefix for prefix in self.tariffs if model.startswith(prefix)]
        return self.tariffs[max(known, key=len)] if known else self.fallback

    def knows(self, model: str) -> bool:
        """Whether `model` is listed, so that a caller can warn when it is not."""
        return any(model.startswith(prefix) for prefix in self.tariffs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One row of the ledger: one answer of one model, counted once whatever is re-run."""

    message_id: str
    agent_run: AgentRunId | None
    """Whose call it was; None for one that read a question, which is no agent's work."""
    model: str
    usage: TokenUsage
    cost_usd: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What something cost: a sum over the ledger."""

    calls: int = 0
    usage: TokenUsage = TokenUsage()
    cost_usd: Decimal = Decimal(0)


def shown_usd(amount: Decimal) -> str:
    """`$0.0042` below one cent, else `$1.23`; zero is `$0.00`, and a negative amount has its sign in front."""
    sign = "-" if amount < 0 else ""
    places = 4 if 0 < abs(amount) < Decimal("0.01") else 2
    return f"{sign}${abs(amount):,.{places}f}"
