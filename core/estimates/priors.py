"""What work is expected to take before any like it was done, per role and complexity: data that a user can edit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.cost import Price, TokenUsage
from core.domain.estimate import Band
from core.domain.role import ResultKind, Role
from core.domain.task import Complexity


@dataclass(frozen=True, slots=True, kw_only=True)
class BySize:
    """One figure for each complexity."""

    simple: float
    moderate: float
    complex: float

    def of(self, complexity: Complexity) -> float:
        """The figure for work of that complexity."""
        sizes = {
            Complexity.SIMPLE: self.simple,
            Complexity.MODERATE: self.moderate,
            Complexity.COMPLEX: self.complex,
        }
        return sizes[complexity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What a step of one role takes in the middle, all its rounds together; nine in ten stay below `spread` times that.

    `tokens_in` and `tokens_out` are those of one model call; `cached` is the share of what it reads that comes from the
    cache, 0 to 1.
    """

    calls: BySize
    tokens_in: float
    tokens_out: float
    cached: float
    seconds: BySize
    spread: float

    def tokens(self, complexity: Complexity) -> Band:
        """All tokens that are read and written."""
        return self._spread(self.calls.of(complexity) * (self.tokens_in + self.tokens_out))

    def duration_s(self, complexity: Complexity) -> Band:
        """Seconds of work."""
        return self._spread(self.seconds.of(complexity))

    def cost_usd(self, complexity: Complexity, price: Price) -> Band:
        """US dollars at `price`; what is not read from the cache is written to it."""
        read = round(self.tokens_in * self.cached)
        usage = TokenUsage(
            cache_read_tokens=read,
            cache_write_tokens=max(0, round(self.tokens_in) - read),
            output_tokens=round(self.tokens_out),
        )
        return self._spread(self.calls.of(complexity) * float(price.cost_usd(usage)))

    def _spread(self, middle: float) -> Band:
        return Band(p50=middle, p90=middle * self.spread)


_ANY = Prior(
    calls=BySize(simple=10, moderate=20, complex=40),
    tokens_in=35_000,
    tokens_out=600,
    cached=0.9,
    seconds=BySize(simple=120, moderate=300, complex=700),
    spread=3.0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """What is stated for roles by name, else for what they hand in, else for any role."""

    roles: Mapping[str, Prior] = field(default_factory=dict[str, Prior])
    results: Mapping[ResultKind, Prior] = field(default_factory=dict[ResultKind, Prior])
    fallback: Prior = _ANY

    def of(self, role: Role) -> Prior:
        """What is stated for `role`."""
        return self.roles.get(role.name) or self.results.get(role.result) or self.fallback
