"""What agents read of a pull request's news, and what a forge is given as a review."""

import pytest

from core.domain.forge_news import BranchPushed, ChecksEnded, FailedCheck, Remark, ReviewGiven
from core.domain.identity import StepName
from core.domain.pull_request import ReviewTarget
from core.domain.role import ResultKind, Role
from core.domain.task import Step, StepState
from core.engine.news_text import MOST_LOG, MOST_TEXT, news_text
from core.engine.review_text import review_of, shown
from tests.support.values import a_step, a_task

pytestmark = pytest.mark.github
HEAD = "c" * 40
TARGET = ReviewTarget(reference="45", commit=HEAD)


def a_check(log: str = "assert 3 == 4", *, name: str = "tests") -> ChecksEnded:
    failed = FailedCheck(name=name, url="https://ci.example/1", log=log)
    return ChecksEnded(pull_request="45", commit=HEAD, failed=(failed,))


def a_role(name: str, result: ResultKind) -> Role:
    return Role(name=name, description="", prompt="", model="claude-sonnet", result=result)


ROLES = {
    "reporter": a_role("reporter", ResultKind.REPORT),
    "reviewer": a_role("reviewer", ResultKind.REVIEW),
    "analyst": a_role("analyst", ResultKind.ANALYSIS),
}


def done(role: str, **result: object) -> Step:
    return a_step(name=StepName(role), role=role, state=StepState.COMPLETED, result=result)


def test_a_failed_check_is_told_with_its_name_and_log() -> None:
    assert news_text([a_check()]) == "The check tests failed (https://ci.example/1).\nassert 3 == 4"


def test_of_a_long_log_the_end_is_kept_because_there_the_failure_stands() -> None:
    text = news_text([a_check("x" * MOST_LOG + "the end")])
    assert text.endswith("the end")
    assert len(text) < MOST_LOG + 200


def test_a_check_without_a_log_says_so() -> None:
    assert news_text([a_check("")]).endswith("The forge gives no log of it.")


def test_a_review_is_told_with_who_says_what_where() -> None:
    review = ReviewGiven(
        pull_request="45",
        review="9",
        by="maria",
        verdict="changes_requested",
        text="Not yet.",
        remarks=(Remark(text="Name it.", path="a.py", line=3), Remark(text="Why?", path="b.py"), Remark(text="Hm.")),
    )
    assert news_text([review]).splitlines() == [
        "Review by maria (asks for changes): Not yet.",
        "- a.py:3: Name it.",
        "- b.py: Why?",
        "- Hm.",
    ]


def test_all_of_it_together_is_bounded_and_says_so() -> None:
    text = news_text([a_check("x" * MOST_LOG, name=str(number)) for number in range(9)])
    assert text.endswith("[The rest was cut off.]")
    assert len(text) < MOST_TEXT + 100


def test_what_asks_for_nothing_says_nothing() -> None:
    assert news_text([BranchPushed(branch="main", commit=HEAD)]) == ""
    assert news_text([]) == ""


def test_a_review_is_the_last_word_with_its_remarks_on_lines() -> None:
    steps = [
        done("analyst", summary="Two files."),
        done("reporter", summary="Not yet.", details="Because.", comments=[{"file": "a.py", "line": 3, "text": "No."}]),
    ]
    review = review_of(a_task(), TARGET, steps, ROLES)
    assert (review.commit, review.text) == (HEAD, "Not yet.\n\nBecause.")
    assert review.remarks == (Remark(text="No.", path="a.py", line=3),)
    assert shown(review) == "Not yet.\n\nBecause.\n\n- `a.py`, line 3: No."


def test_where_the_last_word_names_no_lines_those_of_the_reviewers_count() -> None:
    comments = [{"file": "a.py", "text": "No."}]
    steps = [
        done("reviewer", summary="No.", verdict="changes_requested", comments=comments),
        done("reporter", summary="Not yet."),
    ]
    assert review_of(a_task(), TARGET, steps, ROLES).remarks == (Remark(text="No.", path="a.py"),)


@pytest.mark.parametrize(
    ("verdict", "text"),
    [("approve", "It can be merged as it is. Good."), ("changes_requested", "Changes are wanted. Good.")],
)
def test_a_reviewers_verdict_is_said_in_words(verdict: str, text: str) -> None:
    steps = [done("reviewer", summary="Good.", verdict=verdict)]
    assert review_of(a_task(), TARGET, steps, ROLES).text == text


def test_where_nobody_has_said_anything_that_is_said() -> None:
    assert review_of(a_task(), TARGET, [], ROLES).text == "T1 found nothing to say."
