"""How long a forge that does not answer is left alone, and when it has been long enough."""

from datetime import timedelta

import pytest

from core.domain.pull_request import ForgeWait
from core.engine.forge_patience import ForgePatience, postponed
from core.forge import ForgeBusyError, ForgeUnavailableError
from tests.support.values import NOON

pytestmark = pytest.mark.github
PATIENCE = ForgePatience(first_pause_s=10, longest_pause_s=60, give_up_after_s=3600)
AWAY = ForgeUnavailableError("No answer.")


def test_each_pause_is_twice_as_long_as_the_one_before_up_to_the_longest() -> None:
    wait, now, pauses = None, NOON, list[float]()
    for _ in range(5):
        wait = postponed(wait, AWAY, now=now, patience=PATIENCE)
        assert wait is not None
        pauses.append((wait.until - now).total_seconds())
        now = wait.until
    assert pauses == [10, 20, 40, 60, 60]
    assert wait is not None
    assert (wait.since, wait.failures) == (NOON, 5)


def test_without_any_answer_for_hours_it_is_enough() -> None:
    wait = ForgeWait(until=NOON, reason="", since=NOON, failures=9)
    almost = NOON + timedelta(seconds=3599)
    assert postponed(wait, AWAY, now=almost, patience=PATIENCE) is not None
    assert postponed(wait, AWAY, now=almost + timedelta(seconds=1), patience=PATIENCE) is None


def test_a_forge_that_says_when_to_come_again_has_answered_and_is_obeyed_for_ever() -> None:
    wait = ForgeWait(until=NOON, reason="", since=NOON - timedelta(days=9), failures=9)
    busy = ForgeBusyError("The limit is reached.", retry_after_s=1800)
    obeyed = postponed(wait, busy, now=NOON, patience=PATIENCE)
    assert obeyed == ForgeWait(
        until=NOON + timedelta(minutes=30), reason="The limit is reached.", since=NOON, failures=0
    )


def test_a_forge_that_is_free_again_already_is_asked_at_once() -> None:
    obeyed = postponed(None, ForgeBusyError("", retry_after_s=-3), now=NOON, patience=PATIENCE)
    assert obeyed is not None
    assert obeyed.until == NOON


def test_however_often_it_failed_the_pause_can_be_counted() -> None:
    wait = ForgeWait(until=NOON, reason="", since=NOON, failures=100_000)
    later = postponed(wait, AWAY, now=NOON, patience=PATIENCE)
    assert later is not None
    assert later.until == NOON + timedelta(seconds=60)
