"""What follows from an agent's failure: another try later, counted or not, or the end of the run."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.agents.runner import AgentFailed, FailureKind
from core.engine.parts import AgentLimits
from core.engine.recovery import MODEL_FAULTS, Postponed, after_failure, pause
from tests.support.values import NOON, a_run

LIMITS = AgentLimits(transient_attempts=4, first_pause_s=10, longest_pause_s=60)
failures = st.integers(0, 50)
kinds = st.sampled_from(FailureKind)


def failure(
    kind: FailureKind = FailureKind.OVERLOADED, *, transient: bool = True, after_s: float | None = None
) -> AgentFailed:
    return AgentFailed(message="It failed.", transient=transient, kind=kind, retry_after_s=after_s)


def verdict(failed: AgentFailed, *, earlier: int = 0) -> Postponed | None:
    """What follows when the run had failed `earlier` times in a row before."""
    return after_failure(a_run(transient_failures=earlier), failed, now=NOON, limits=LIMITS)


@pytest.mark.parametrize("kind", FailureKind)
def test_what_will_not_pass_by_itself_ends_the_run_at_once(kind: FailureKind) -> None:
    assert verdict(failure(kind, transient=False, after_s=5)) is None


@pytest.mark.parametrize(("earlier", "pause_s"), [(0, 10), (1, 20), (2, 40)])
def test_each_pause_is_twice_as_long_as_the_one_before(earlier: int, pause_s: float) -> None:
    assert verdict(failure(), earlier=earlier) == Postponed(until=NOON + timedelta(seconds=pause_s), counts=True)


@pytest.mark.parametrize("earlier", [3, 4, 99])
def test_when_the_attempts_are_used_up_the_run_has_failed(earlier: int) -> None:
    assert verdict(failure(), earlier=earlier) is None


def test_a_run_that_may_be_tried_once_is_not_tried_again() -> None:
    once = AgentLimits(transient_attempts=1)
    assert after_failure(a_run(), failure(), now=NOON, limits=once) is None


@pytest.mark.parametrize(("asked_s", "pause_s"), [(3.0, 10), (0.0, 10), (None, 10), (35.5, 35.5), (3600, 3600)])
def test_the_provider_may_ask_for_a_longer_pause_but_not_for_a_shorter_one(
    asked_s: float | None, pause_s: float
) -> None:
    assert verdict(failure(after_s=asked_s)) == Postponed(until=NOON + timedelta(seconds=pause_s), counts=True)


@pytest.mark.parametrize(("earlier", "pause_s"), [(0, 0), (1, 20), (2, 40)])
def test_what_broke_off_without_a_cause_is_tried_again_at_once_but_only_the_first_time(
    earlier: int, pause_s: float
) -> None:
    broken = AgentFailed(message="It broke off.", transient=True, kind=FailureKind.CRASHED, at_once=True)
    assert verdict(broken, earlier=earlier) == Postponed(until=NOON + timedelta(seconds=pause_s), counts=True)


@given(failures, st.none() | st.floats(0, 86_400))
def test_a_provider_without_room_never_uses_up_an_attempt(earlier: int, after_s: float | None) -> None:
    postponed = verdict(failure(FailureKind.RATE_LIMITED, after_s=after_s), earlier=earlier)
    assert postponed is not None
    assert not postponed.counts
    assert postponed.until >= NOON


@pytest.mark.parametrize(("asked_s", "pause_s"), [(2.0, 2), (700.0, 700), (None, 10), (0.0, 10)])
def test_a_provider_without_room_is_asked_again_exactly_when_it_said(asked_s: float | None, pause_s: float) -> None:
    postponed = verdict(failure(FailureKind.RATE_LIMITED, after_s=asked_s))
    assert postponed == Postponed(until=NOON + timedelta(seconds=pause_s), counts=False)


@given(failures, kinds.filter(lambda kind: kind != FailureKind.RATE_LIMITED))
def test_every_other_transient_failure_counts_so_that_retries_end(earlier: int, kind: FailureKind) -> None:
    postponed = verdict(failure(kind), earlier=earlier)
    assert (postponed is None) == (earlier + 1 >= LIMITS.transient_attempts)
    assert postponed is None or postponed.counts


@given(st.integers(1, 10_000))
def test_pauses_never_shrink_and_never_exceed_the_longest(number: int) -> None:
    assert 0 < pause(number, limits=LIMITS) <= pause(number + 1, limits=LIMITS) <= LIMITS.longest_pause_s


def test_the_default_pauses_are_those_that_are_documented() -> None:
    assert [pause(number, limits=AgentLimits()) for number in (1, 2, 5, 6, 7, 8)] == [10, 20, 160, 320, 600, 600]


def test_only_faults_of_the_provider_count_against_a_model() -> None:
    assert {FailureKind.OVERLOADED, FailureKind.NETWORK} == MODEL_FAULTS
