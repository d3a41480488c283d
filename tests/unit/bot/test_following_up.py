"""What `address` is about: the checks, the reviews, only what was said, or the newest of both."""

import pytest

from bot.forge.following_up import Wanted, wanted
from core.domain.event import Event, JournalEntry
from core.domain.forge_event import ChecksReported, ReviewReported
from tests.support.values import NOON, T1

pytestmark = pytest.mark.github
RED = ChecksReported(pull_request="45", commit="c", failed=("lint",))
GREEN = ChecksReported(pull_request="45", commit="c")
REVIEWED = ReviewReported(pull_request="45", by="maria", verdict="commented", remarks=1)


def told(*events: Event) -> list[JournalEntry]:
    return [JournalEntry(seq=seq, task=T1, at=NOON, event=event) for seq, event in enumerate(events, start=1)]


@pytest.mark.parametrize("text", ["review", "comments", "Feedback."])
def test_a_review_is_meant_by_each_of_its_names(text: str) -> None:
    assert wanted(text, told()) == Wanted(why="review")


def test_words_after_it_go_along() -> None:
    assert wanted("checks keep  it small", told()) == Wanted(why="checks", text="keep  it small")


def test_free_words_are_what_is_wanted() -> None:
    assert wanted("also handle empty carts", told(RED)) == Wanted(why="words", text="also handle empty carts")


@pytest.mark.parametrize(
    ("events", "why"),
    [((REVIEWED, RED), "checks"), ((RED, REVIEWED), "review"), ((REVIEWED, GREEN), "review"), ((), "review")],
)
def test_when_nothing_is_said_the_newest_that_asks_for_work_is_meant(events: tuple[Event, ...], why: str) -> None:
    assert wanted("", told(*events)).why == why
