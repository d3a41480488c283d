"""What is said when something happens to a task's pull request."""

from typing import Any

import pytest

from adapters.chat.card import Card, Code, Text, Tone
from bot.cards.forge import Since, Told, forge_card
from bot.cards.pull_request import forge_wait_words, pull_request_standing
from core.domain.forge_event import (
    BaseMoved,
    BranchMoved,
    ChecksReported,
    PullRequestCameBack,
    PullRequestClosed,
    ReviewPosted,
    ReviewReported,
)
from core.domain.forge_news import ChecksEnded, FailedCheck, Remark, ReviewGiven
from core.domain.pull_request import ForgeWait
from core.domain.task import Task, TaskState
from tests.support.values import NOON, a_task

pytestmark = pytest.mark.github
RED = ChecksReported(pull_request="45", commit="c" * 40, failed=("lint", "tests"), news="n1")
GREEN = ChecksReported(pull_request="45", commit="c" * 40)
ASKS = ReviewReported(pull_request="45", by="maria", verdict="changes_requested", remarks=2, news="n2")


def offered(**changes: Any) -> Task:
    """T1 is done, and offered as #45."""
    usual: dict[str, Any] = {
        "state": TaskState.COMPLETED,
        "branch": "task/T1",
        "pull_request": "45",
        "pull_request_url": "https://github.com/acme/shop/pull/45",
        "pull_request_state": "open",
    }
    return a_task(**usual | changes)


def card(event: Told, *, task: Task | None = None, news: Any = None, **since: Any) -> Card:
    return forge_card(task or offered(), event, key="T1:forge:7", since=Since(**since), news=news)


def words(made: Card) -> str:
    return "\n".join(each.text for each in made.sections if isinstance(each, Text | Code))


def buttons(made: Card) -> list[str]:
    return [each.command for each in made.actions]


def test_failed_checks_are_named_with_the_end_of_their_logs_and_can_be_fixed_by_a_press() -> None:
    log = "\n".join(f"line {number}" for number in range(2_000))
    news = ChecksEnded(pull_request="45", commit="c" * 40, failed=(FailedCheck(name="tests", log=log),))
    made = card(RED, news=news)

    assert "2 checks of #45 failed: lint, tests." in words(made)
    assert "line 1999" in words(made)
    assert "line 1000\n" not in words(made)
    assert buttons(made) == ["address T1 checks"]
    assert (made.tone, made.url) == (Tone.BAD, "https://github.com/acme/shop/pull/45")


def test_green_checks_are_one_line() -> None:
    made = card(GREEN)
    assert words(made) == "The checks of #45 are green."
    assert buttons(made) == []


@pytest.mark.parametrize(
    ("since", "task", "said"),
    [
        ({"newer_checks": True}, {}, "have run again"),
        ({"taken_up_by": "alice"}, {}, "alice asked for it"),
        ({}, {"pull_request_state": "merged"}, "#45 is merged now."),
        ({}, {"state": TaskState.RUNNING}, "is at work"),
        ({}, {"state": TaskState.FAILED}, "retry T1"),
    ],
)
def test_what_makes_no_sense_any_more_cannot_be_pressed(since: Any, task: Any, said: str) -> None:
    for event in (RED, ASKS):
        made = card(event, task=offered(**task), **since)
        assert buttons(made) == []
        assert said in words(made)


def test_a_review_says_who_what_and_how_much_and_can_be_addressed_by_a_press() -> None:
    remarks = (Remark(text="Use Decimal here.", path="pricing.py", line=7, by="maria"), Remark(text="And tests."))
    news = ReviewGiven(
        pull_request="45", review="9", by="maria", verdict="changes_requested", text="Nearly.", remarks=remarks
    )
    made = card(ASKS, news=news)

    assert "maria asks for changes, with 2 remarks on lines." in words(made)
    assert "pricing.py:7\nUse Decimal here." in words(made)
    assert "Nearly." in words(made)
    assert buttons(made) == ["address T1 review"]


def test_an_approval_without_remarks_asks_for_nothing() -> None:
    made = card(ReviewReported(pull_request="45", by="maria", verdict="approved"))
    assert words(made) == "maria approved it."
    assert buttons(made) == []


def test_the_merge_is_told_with_who_did_it_and_that_it_was_cleaned_up() -> None:
    merged = PullRequestClosed(pull_request="45", merged=True, by="maria")
    assert words(card(merged)) == "#45 was merged by maria."
    assert "its worktree and branch are cleaned up" in words(card(merged, cleaned="worktree and branch"))
    assert "its worktree is cleaned up" in words(card(merged, cleaned="worktree"))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (PullRequestClosed(pull_request="45", merged=False, by="maria"), "closed without being merged by maria"),
        (PullRequestCameBack(pull_request="45", by="maria"), "maria opened #45 again."),
        (BranchMoved(branch="task/T1", commit="d" * 40, by="maria"), "maria pushed to task/T1"),
        (BaseMoved(base_branch="main", commit="d" * 40, files=("a.py",)), "these files clash: a.py"),
        (ReviewPosted(pull_request="45", url="https://github.com/acme/shop/pull/45#r1"), "stands under #45"),
    ],
)
def test_each_other_thing_is_one_short_paragraph(event: Told, said: str) -> None:
    assert said in words(card(event))


def test_what_strangers_write_stands_literally_and_is_bounded() -> None:
    hostile = "<!channel> [click](http://evil) " * 500
    news = ReviewGiven(
        pull_request="45", review="9", by=hostile, verdict="commented", text=hostile, remarks=(Remark(text=hostile),)
    )
    made = card(ReviewReported(pull_request="45", by=hostile, verdict="commented", remarks=1, news="n"), news=news)
    texts = [each.text for each in made.sections if isinstance(each, Text)]

    assert all(len(each) < 600 for each in texts)
    assert len(words(made)) < 4_000
    assert not [each for each in made.sections if not isinstance(each, Text | Code)]


def test_the_live_card_says_how_the_pull_request_stands() -> None:
    assert pull_request_standing(offered(), RED) == "#45, open, checks red: lint, tests"
    assert pull_request_standing(offered(), GREEN) == "#45, open, checks green"
    assert pull_request_standing(offered(pull_request_state="merged"), GREEN) == "#45, merged"
    assert pull_request_standing(offered(pull_request="", pull_request_state=""), None) == ""


def test_the_live_card_says_until_when_the_forge_is_waited_for() -> None:
    wait = ForgeWait(until=NOON, reason="GitHub takes no more calls.", since=NOON)
    assert forge_wait_words(offered(forge_wait=wait), now=NOON) == "Goes on at 12:00 UTC: GitHub takes no more calls."
