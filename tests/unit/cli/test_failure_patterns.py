"""Failures that differ only in names and numbers are one pattern; each pattern says what helps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.agents.runner import FailureKind
from core.domain.identity import task_id
from core.failures import EXAMPLES, Failure, advice, normalised, patterns
from tests.support.values import NOON

FAILURE = Failure(task=task_id(1), where="T1.1", at=NOON, reason="It broke.", role="builder", model="m", step="build")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stopped after 30 minutes.", "Stopped after 7.5 minutes."),
        ("T1.3 cannot go on", "T207.11 cannot go on"),
        ("no file src/pricing/money.py here", "no file ./lib/a-b/c.rs here"),
        ("no file /srv/x/y.log", "no file ~/other/z.log"),
        ("commit 1f2e3d4c5b is gone", "commit abcdef0123456789abcdef0123456789abcdef01 is gone"),
        ("see https://one.example/a?b=1", "see http://two.example"),
        (
            "session 0b0d8f8e-8f4e-4b1e-9d8e-1c2d3e4f5a6b is lost",
            "session 11111111-2222-3333-4444-555555555555 is lost",
        ),
        ("request req_011CabcDEF failed", "request req_9zz failed"),
        ("at 2026-03-01T12:00:00Z", "at 2027-11-21 06:28:04.123+02:00"),
        ("it said 'one thing'", 'it said "another"'),
        ("  spaces \n here ", "spaces here."),
        ("it costs $1.25 now", "it costs $0.0031 now"),
    ],
)
def test_what_differs_from_case_to_case_is_blanked_out(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Messages API answered 429: slow down", "The Messages API answered 529: slow down"),
        ("status 500", "status 401"),
        ("The tests fail.", "The review failed."),
    ],
)
def test_what_tells_causes_apart_stays(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_a_status_stays_while_other_numbers_go() -> None:
    assert normalised("The Messages API answered 529: overloaded after 12 tries") == (
        "The Messages API answered 529: overloaded after <n> tries"
    )


@given(st.text(max_size=2_000))
def test_any_text_has_a_short_normal_form_that_stays_as_it_is(text: str) -> None:
    once = normalised(text)

    assert len(once) <= 200
    assert "\n" not in once


def test_equal_causes_in_one_place_are_one_pattern_and_the_newest_are_the_examples() -> None:
    same = [
        replace(FAILURE, where=f"T{n}.1", task=task_id(n), at=NOON + timedelta(hours=n), reason=f"It broke {n} times.")
        for n in range(1, 6)
    ]
    elsewhere = replace(FAILURE, role="tester", at=NOON - timedelta(days=1))

    first, second = patterns([*reversed(same), elsewhere])

    assert (first.count, first.tasks, first.role, first.reason) == (5, 5, "builder", "It broke <n> times")
    assert first.examples == ("T5.1", "T4.1", "T3.1")
    assert len(first.examples) == EXAMPLES
    assert (first.first_at, first.last_at) == (NOON + timedelta(hours=1), NOON + timedelta(hours=5))
    assert first.sample == "It broke 5 times."
    assert (second.count, second.role) == (1, "tester")


def test_the_most_frequent_comes_first_and_then_the_most_recent() -> None:
    often = [replace(FAILURE, reason="Often.")] * 2
    late = replace(FAILURE, reason="Late.", at=NOON + timedelta(days=1))

    assert [each.reason for each in patterns([replace(FAILURE, reason="Early."), late, *often])] == [
        "Often",
        "Late",
        "Early",
    ]


def test_what_was_tried_again_by_itself_is_counted_apart() -> None:
    (found,) = patterns([FAILURE, replace(FAILURE, passing=True)])

    assert (found.count, found.passed) == (2, 1)


def test_every_kind_of_failure_has_advice_of_its_own() -> None:
    general = advice(kind="", reason="?")

    told = {kind: advice(kind=kind.value, reason="?") for kind in FailureKind if kind is not FailureKind.OTHER}

    assert general not in told.values()
    assert advice(kind="other", reason="?") == general


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("The Messages API answered 429: rate limit", "rate_limited"),
        ("The Messages API answered 529: overloaded", "overloaded"),
        ("The Messages API does not accept the key: no", "not_allowed"),
        ("The Messages API could not be reached: ECONNREFUSED", "network"),
        ("The builder used up its 60 turns without a result.", "out_of_turns"),
        ("The builder was stopped after its limit of 30 minutes.", "out_of_time"),
        ("The model refused the task.", "refused"),
        ("The agent program ended unexpectedly: killed", "crashed"),
    ],
)
def test_without_a_kind_the_words_tell_what_helps(reason: str, kind: str) -> None:
    assert advice(kind="", reason=reason) == advice(kind=kind, reason="")


def test_a_failed_check_points_at_the_verify_command_whatever_else_is_named() -> None:
    reason = "Step test did not succeed: Failed: The project's own check ended with exit code 1. It is on the branch b."
    assert "verify command" in advice(kind="", reason=reason)
