"""Pace: what may go when."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.port import Pace
from bot.delivery.pacing import Pacing, channel_of
from core.domain.identity import Place

pytestmark = pytest.mark.slack
C1 = Place(platform="slack", space="T1", channel="C1", thread="1.2")
SLACK = Pace(post_interval_s=1.0, edit_interval_s=2.0, edits_per_minute=50)


def settled(pace: Pace = SLACK) -> Pacing:
    """A pacing that was made long before second 1000."""
    return Pacing(pace, now_s=0.0)


def test_posts_in_one_channel_keep_the_interval_and_those_in_another_do_not_wait() -> None:
    pacing = settled()
    pacing.posted("a", now_s=1000.0)
    assert pacing.post_wait_s("a", now_s=1000.25) == 0.75
    assert pacing.post_wait_s("a", now_s=1001.0) == 0.0
    assert pacing.post_wait_s("b", now_s=1000.25) == 0.0


def test_edits_of_one_message_keep_the_interval() -> None:
    pacing = settled()
    pacing.edited("m", place=C1, now_s=1000.0)
    assert pacing.edit_wait_s("m", place=C1, now_s=1000.5) == 1.5
    assert pacing.edit_wait_s("n", place=C1, now_s=1000.5) == 0.0
    # numbers of messages begin anew in each chat of some platforms
    assert pacing.edit_wait_s("m", place=replace(C1, channel="C2"), now_s=1000.5) == 0.0


def test_what_a_former_process_did_is_taken_for_granted() -> None:
    pacing = Pacing(SLACK, now_s=1000.0)
    assert pacing.post_wait_s("a", now_s=1000.0) == 1.0
    assert pacing.edit_wait_s("m", place=C1, now_s=1000.0) == 2.0


def test_a_hold_stops_one_channel_and_a_general_one_stops_all() -> None:
    pacing = settled()
    pacing.hold(channel_of(C1), until_s=1030.0)
    assert pacing.post_wait_s(channel_of(C1), now_s=1000.0) == 30.0
    assert pacing.edit_wait_s("m", place=C1, now_s=1000.0) == 30.0
    assert pacing.post_wait_s("other", now_s=1000.0) == 0.0
    pacing.hold(None, until_s=1040.0)
    assert pacing.post_wait_s("other", now_s=1000.0) == 40.0
    assert pacing.post_wait_s(channel_of(C1), now_s=1000.0) == 40.0


def test_a_shorter_hold_does_not_end_a_longer_one() -> None:
    pacing = settled()
    pacing.hold("a", until_s=1030.0)
    pacing.hold("a", until_s=1010.0)
    assert pacing.post_wait_s("a", now_s=1000.0) == 30.0


def test_room_shrinks_with_a_burst_and_comes_back() -> None:
    pacing = settled()
    assert pacing.room(C1, now_s=1000.0) == 1.0
    for message in "abcde":
        assert pacing.edit_wait_s(message, place=C1, now_s=1000.0) == 0.0
        pacing.edited(message, place=C1, now_s=1000.0)
    assert pacing.room(C1, now_s=1000.0) == 0.0
    assert pacing.edit_wait_s("f", place=C1, now_s=1000.0) > 0.0
    assert pacing.room(C1, now_s=1060.0) == 1.0


def test_where_there_is_no_limit_nothing_waits() -> None:
    pacing = settled(Pace(post_interval_s=0.0, edit_interval_s=0.0))
    for _ in range(500):
        assert pacing.edit_wait_s("m", place=C1, now_s=1000.0) == 0.0
        pacing.edited("m", place=C1, now_s=1000.0)
    assert pacing.room(C1, now_s=1000.0) == 1.0


@given(
    per_minute=st.integers(2, 60),
    pauses=st.lists(st.floats(0.0, 5.0), min_size=1, max_size=300),
    restarts=st.sets(st.integers(0, 300), max_size=3),
)
def test_no_minute_holds_more_edits_than_its_limit_over_restarts_too(
    per_minute: int, pauses: list[float], restarts: set[int]
) -> None:
    pace = Pace(post_interval_s=0.0, edit_interval_s=0.0, edits_per_minute=per_minute)
    now_s, made = 0.0, list[float]()
    pacing = Pacing(pace, now_s=now_s)
    for number, pause_s in enumerate(pauses):
        now_s += pause_s
        if number in restarts:
            pacing = Pacing(pace, now_s=now_s)
        if pacing.edit_wait_s(str(number), place=C1, now_s=now_s) <= 0:
            pacing.edited(str(number), place=C1, now_s=now_s)
            made.append(now_s)
    for at_s in made:
        # the arithmetic is in floating point: a hair less than a minute
        assert sum(at_s <= other < at_s + 59.999 for other in made) <= per_minute


@given(waits=st.lists(st.floats(0.0, 3.0), max_size=60))
def test_whoever_waits_as_told_may_go_then(waits: list[float]) -> None:
    pacing, now_s = settled(), 1000.0
    for wait_s in waits:
        now_s += wait_s
        left_s = pacing.edit_wait_s("m", place=C1, now_s=now_s)
        now_s += left_s
        assert pacing.edit_wait_s("m", place=C1, now_s=now_s) < 1e-6
        pacing.edited("m", place=C1, now_s=now_s)


def test_channels_of_long_ago_are_forgotten() -> None:
    pacing = settled()
    for number in range(5000):
        pacing.posted(f"channel {number}", now_s=1000.0 + number)
    assert pacing.post_wait_s("channel 4999", now_s=5999.5) == 0.5
    assert len(pacing._posted_s) < 2100


GROUP = Place(platform="telegram", channel="-1001", thread="t5")
TELEGRAM = Pace(post_interval_s=0.0, edit_interval_s=0.0, per_minute_in_group=20)


@given(steps=st.lists(st.tuples(st.floats(0.0, 5.0), st.booleans()), min_size=1, max_size=200))
def test_no_minute_of_a_group_holds_more_posts_and_edits_than_its_limit(steps: list[tuple[float, bool]]) -> None:
    pacing, now_s, made = Pacing(TELEGRAM, now_s=0.0), 0.0, list[float]()
    for pause_s, is_post in steps:
        now_s += pause_s
        channel = channel_of(GROUP)
        if is_post and pacing.post_wait_s(channel, now_s=now_s) <= 0:
            pacing.posted(channel, now_s=now_s)
            made.append(now_s)
        elif not is_post and pacing.edit_wait_s("m", place=GROUP, now_s=now_s) <= 0:
            pacing.edited("m", place=GROUP, now_s=now_s)
            made.append(now_s)
    for at_s in made:
        assert sum(at_s <= other < at_s + 59.999 for other in made) <= 20


def test_a_burst_in_one_group_leaves_others_and_private_chats_alone() -> None:
    pacing = settled(TELEGRAM)
    while pacing.post_wait_s(channel_of(GROUP), now_s=1000.0) <= 0:
        pacing.posted(channel_of(GROUP), now_s=1000.0)
    assert pacing.room(GROUP, now_s=1000.0) == 0.0
    assert pacing.edit_wait_s("m", place=GROUP, now_s=1000.0) == 4.0
    for channel in ("telegram:/-1002", "telegram:/D5001", "telegram:5001"):
        assert pacing.post_wait_s(channel, now_s=1000.0) == 0.0
    alone = Place(platform="telegram", channel="D5001")
    for _ in range(100):
        assert pacing.edit_wait_s("m", place=alone, now_s=1000.0) == 0.0
        pacing.edited("m", place=alone, now_s=1000.0)


def test_groups_of_long_ago_are_forgotten() -> None:
    pacing = settled(TELEGRAM)
    for number in range(5000):
        pacing.posted(f"telegram:/-{number}", now_s=1000.0 + number * 60)
    assert len(pacing._groups._used) < 2100
