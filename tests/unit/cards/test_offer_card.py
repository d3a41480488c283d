"""Before work leaves the machine people see exactly what would be pushed, or posted."""

import pytest

from adapters.chat.card import Markdown, Text
from bot.cards.approval import approval_card
from bot.cards.approval_actions import approval_actions
from bot.cards.decided import ended_by
from core.domain.approval import ApprovalKind, ApprovalState
from tests.support.values import an_approval

pytestmark = pytest.mark.github
OFFER = an_approval(
    kind=ApprovalKind.PUBLISH,
    key="T1:1:offer",
    title="Push task/T1 and open a pull request to main",
    detail="**Fix issue 123**\n\nWhat was done.",
)


def test_what_would_be_published_is_read_like_prose_and_answered_by_a_button() -> None:
    card = approval_card(OFFER)

    assert "Publish the work?" in card.title
    assert [each.text for each in card.sections if isinstance(each, Text)] == [OFFER.title]
    assert [each.text for each in card.sections if isinstance(each, Markdown)] == [OFFER.detail]
    assert [(each.label, each.command) for each in card.actions] == [
        ("Publish it", "approve A1"),
        ("Deny…", "deny A1"),
    ]


def test_the_question_which_fork_is_kept_is_another_one() -> None:
    labels = [each.label for each in approval_actions(an_approval(kind=ApprovalKind.PUBLISH, key="T1:1:publish"))]
    assert "Keep this one" in labels


def test_a_no_says_that_nothing_leaves_the_machine() -> None:
    denied = an_approval(kind=ApprovalKind.PUBLISH, key="T1:1:offer", state=ApprovalState.DENIED)
    assert "nothing of T1 leaves this machine" in ended_by(denied)
