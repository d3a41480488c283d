"""What follows from an agent's failure: another try later by itself, or the end of the run (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.agents.runner import AgentFailed, FailureKind
from core.domain.task import AgentRun
from core.engine.parts import AgentLimits

MODEL_FAULTS = frozenset({FailureKind.OVERLOADED, FailureKind.NETWORK})
"""What counts against the model in its circuit breaker: not what an agent did, nor what its program did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """Try again at `until` (UTC); `counts` says whether this uses up one of the run's attempts."""

    until: datetime
    counts: bool


def after_failure(run: AgentRun, failed: AgentFailed, *, now: datetime, limits: AgentLimits) -> Postponed | None:
    """When `run` is tried again; None when it has failed for good.

    A provider without room never uses up an attempt: the run waits as long as it takes.
    """
    if not failed.transient:
        return None
    asked_s = failed.retry_after_s or 0.0
    # only the first one: what keeps failing is left alone for longer each time
    own_s = 0.0 if failed.at_once and not run.transient_failures else pause(run.transient_failures + 1, limits=limits)
    pause_s = max(own_s, asked_s)
    if failed.kind == FailureKind.RATE_LIMITED:
        return Postponed(until=now + timedelta(seconds=asked_s or pause_s), counts=False)
    if run.transient_failures + 1 >= limits.transient_attempts:
        return None
    return Postponed(until=now + timedelta(seconds=pause_s), counts=True)


def pause(failures: int, *, limits: AgentLimits) -> float:
    """Seconds to wait after the `failures`-th failure in a row: doubling, up to the longest pause."""
    return min(limits.first_pause_s * 2.0 ** min(failures - 1, 30), limits.longest_pause_s)
