"""How long the CLI may ask again by itself, and what it says about the provider's limits."""

from datetime import UTC, datetime
from typing import Any

import pytest
from claude_agent_sdk import RateLimitInfo

from adapters.claude.provider import Patience, Retry, full_until, retry
from adapters.claude.pulse import Pulse


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_retry_is_read_from_what_the_cli_says() -> None:
    told = {"attempt": 2, "max_retries": 6, "retry_delay_ms": 41767, "error_status": 529, "error": "overloaded"}

    assert retry(told) == Retry(status=529, attempt=2, pause_s=41.767)


@pytest.mark.parametrize("told", [{}, {"attempt": "x", "retry_delay_ms": None, "error_status": "y"}, {"attempt": 0}])
def test_what_is_missing_counts_as_nothing(told: dict[str, Any]) -> None:
    assert retry(told) == Retry(status=None, attempt=1, pause_s=0.0)


@pytest.mark.parametrize(
    ("attempt", "pause_s", "asked_for"),
    [(1, 0.56, False), (2, 1.21, False), (3, 2.45, False), (7, 38.0, False), (1, 2.2, True), (1, 70.6, True)],
)
def test_a_pause_longer_than_the_clis_own_was_asked_for_by_the_provider(
    attempt: int, pause_s: float, asked_for: bool
) -> None:
    assert Retry(status=429, attempt=attempt, pause_s=pause_s).asked_for_s == (pause_s if asked_for else None)


def patience(clock: Clock) -> Patience:
    return Patience(max_retries=3, within_s=60.0, clock=clock)


def attempt(number: int, *, pause_s: float = 1.0) -> Retry:
    return Retry(status=529, attempt=number, pause_s=pause_s)


def test_patience_ends_with_the_number_of_retries() -> None:
    patient = patience(Clock())

    assert [patient.ends_with(attempt(number)) for number in (1, 2, 3, 4)] == [False, False, False, True]


def test_patience_ends_at_once_when_the_pause_is_too_long() -> None:
    assert patience(Clock()).ends_with(attempt(1, pause_s=61.0))


@pytest.mark.parametrize("status", [401, 403])
def test_patience_ends_at_once_when_the_key_is_refused(status: int) -> None:
    assert patience(Clock()).ends_with(Retry(status=status, attempt=1, pause_s=0.5))


def test_patience_counts_the_time_since_trouble_began_and_an_answer_ends_trouble() -> None:
    clock = Clock()
    patient = patience(clock)
    assert not patient.ends_with(attempt(1))
    clock.now_s += 59.5
    assert patient.ends_with(attempt(2))

    patient.answered()
    assert not patient.ends_with(attempt(1))


def limits(**values: Any) -> RateLimitInfo:
    return RateLimitInfo(**{"status": "rejected", "resets_at": 1_800_000_000, **values})


def test_only_a_used_up_limit_with_a_time_holds_the_model() -> None:
    assert full_until(limits()) == datetime.fromtimestamp(1_800_000_000, UTC)
    assert full_until(limits(status="allowed_warning")) is None
    assert full_until(limits(resets_at=None)) is None
    assert full_until(limits(resets_at=10**18)) is None


def test_a_pulse_is_due_some_time_after_anything_was_told() -> None:
    clock = Clock()
    pulse = Pulse(every_s=5.0, clock=clock)
    clock.now_s += 4.9
    assert not pulse.due()
    pulse.told()
    clock.now_s += 4.9
    assert not pulse.due()
    clock.now_s += 0.2
    assert pulse.due()
    assert not pulse.due()
