"""A model's standing: whether agents may be started on it now, as the provider and our own failures say (pure)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FAILURES_TO_OPEN = 3
"""Failures in a row after which a model is left alone."""
FIRST_HOLD_S = 60.0
LONGEST_HOLD_S = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStanding:
    """One model. `failures` counts in a row over all agents; times are UTC."""

    model: str
    failures: int = 0
    limited_until: datetime | None = None
    """The provider asked to be left alone until then: everybody waits, and nobody changes the model for it."""
    broken_until: datetime | None = None
    """Too many failures in a row: until then other models of the role are used where there are some."""
    reason: str = ""

    def limited(self, now: datetime) -> bool:
        """Whether the provider wants to be left alone at `now`."""
        return self.limited_until is not None and now < self.limited_until

    def broken(self, now: datetime) -> bool:
        """Whether its circuit is open at `now`; after that one agent may try (half open)."""
        return self.broken_until is not None and now < self.broken_until

    def held_until(self, now: datetime) -> datetime | None:
        """When the next agent may be started on it; None for now."""
        ends = [end for end in (self.limited_until, self.broken_until) if end is not None and now < end]
        return max(ends) if ends else None

    def after_success(self) -> "ModelStanding":
        """As new."""
        return ModelStanding(model=self.model, limited_until=self.limited_until)

    def after_failure(self, *, now: datetime, reason: str) -> "ModelStanding":
        """One more failure; from the third on the model is left alone, each time for twice as long, 30 min at most."""
        failures = self.failures + 1
        if failures < FAILURES_TO_OPEN:
            return replace(self, failures=failures, reason=reason)
        hold_s = min(FIRST_HOLD_S * 2.0 ** min(failures - FAILURES_TO_OPEN, 30), LONGEST_HOLD_S)
        return replace(self, failures=failures, broken_until=now + timedelta(seconds=hold_s), reason=reason)

    def limited_by_provider(self, *, until: datetime, reason: str) -> "ModelStanding":
        """Left alone at least until `until`; an earlier end never shortens a later one."""
        later = until if self.limited_until is None else max(until, self.limited_until)
        return replace(self, limited_until=later, reason=reason)
