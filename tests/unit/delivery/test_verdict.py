"""What becomes of a delivery after each kind of error."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.chat.errors import (
    ChatError,
    ChatUnavailableError,
    FormExpiredError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from bot.delivery.notices import ApprovalNotice, CallNotice, TaskNotice, read, written
from bot.delivery.verdict import MOST_ATTEMPTS, Alone, Verdict, pause_s, verdict
from core.domain.conversation import Delivery, DeliveryState
from core.domain.identity import ApprovalId, PersonId, Place
from tests.support.values import NOON, T1

pytestmark = pytest.mark.slack
C1 = Place(platform="memory", space="S1", channel="C1", thread="000001")
BEGUN = Delivery(
    key="A1:card",
    platform="memory",
    task=T1,
    notice=written(ApprovalNotice(approval=ApprovalId("A1"))),
    attempts=1,
    unsure=True,
    made_at=NOON,
)
ALONE = replace(BEGUN, key="A1:direct:memory:S1/alice", task=None, person=PersonId("memory:S1/alice"))


def after(error: ChatError, *, begun: Delivery = BEGUN, was_unsure: bool = False) -> Verdict:
    target = None if begun.person else C1
    return verdict(begun, error, was_unsure=was_unsure, target=target, about=T1, now=NOON)


def test_pauses_double_up_to_five_minutes() -> None:
    assert [pause_s(attempts) for attempts in range(1, 12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert pause_s(10_000) == 300


def test_nothing_is_given_up_before_a_day_of_trying() -> None:
    assert sum(pause_s(attempts) for attempts in range(1, MOST_ATTEMPTS)) > 24 * 3600
    last = replace(BEGUN, attempts=MOST_ATTEMPTS)
    found = after(ChatUnavailableError("No connection."), begun=last).delivery
    assert found.state is DeliveryState.DEAD
    assert "No connection." in found.error


def test_a_platform_that_is_away_is_tried_again_without_doubt() -> None:
    found = after(ChatUnavailableError("No connection.")).delivery
    assert (found.state, found.unsure) == (DeliveryState.PENDING, False)
    assert found.not_before == NOON + timedelta(seconds=1)


@pytest.mark.parametrize("error", [ChatUnavailableError("Away."), RateLimitedError("Slowly.", retry_after_s=3)])
def test_a_doubt_from_before_stays_until_the_message_was_found_or_posted(error: ChatError) -> None:
    assert after(error, was_unsure=True).delivery.unsure


@pytest.mark.parametrize("error", [OutcomeUnknownError("No answer."), ChatError("Something.")])
def test_an_unknown_outcome_leaves_a_doubt(error: ChatError) -> None:
    assert after(error).delivery.unsure
    assert after(error).delivery.state is DeliveryState.PENDING


def test_being_told_to_wait_is_no_attempt_but_holds_the_lane() -> None:
    found = after(RateLimitedError("Slowly.", retry_after_s=30.0), begun=replace(BEGUN, attempts=4)).delivery
    assert (found.attempts, found.not_before, found.unsure) == (3, NOON + timedelta(seconds=30), False)
    assert after(RateLimitedError("Slowly.", retry_after_s=30.0)).delivery.attempts == 1


def test_a_person_who_cannot_be_written_to_is_called_in_the_tasks_thread() -> None:
    found = after(NotReachableError("Closed.", hint="Press Start."), begun=ALONE)
    assert found.delivery.state is DeliveryState.SENT
    assert "Closed." in found.delivery.error
    assert found.instead is not None
    assert (found.instead.task, found.instead.person, found.instead.place) == (T1, None, None)
    notice = read(found.instead.notice)
    assert notice == CallNotice(person=PersonId("memory:S1/alice"), about=ALONE.notice, hint="Press Start.")


def test_a_channel_that_cannot_be_written_to_is_a_dead_letter_that_says_what_to_do() -> None:
    found = after(NotReachableError("Not a member of #api.", hint="Invite the bot.")).delivery
    assert (found.state, found.error) == (DeliveryState.DEAD, "Not a member of #api. Invite the bot.")
    assert found.settled_at == NOON


def test_what_cannot_be_said_in_a_deleted_thread_is_said_in_its_channel() -> None:
    found = after(MessageGoneError("Deleted.")).delivery
    assert found.state is DeliveryState.PENDING
    assert found.place == replace(C1, thread="")
    card = after(MessageGoneError("Deleted.")).instead
    assert card is not None
    assert (card.key, card.task, read(card.notice)) == ("A1:card:card", T1, TaskNotice(task=T1))
    there = verdict(found, MessageGoneError("Deleted."), was_unsure=False, target=found.place, about=T1, now=NOON)
    assert there.delivery.state is DeliveryState.DEAD


@pytest.mark.parametrize("error", [RejectedError("Malformed."), FormExpiredError("Too late.")])
def test_what_the_platform_does_not_take_is_a_dead_letter(error: ChatError) -> None:
    assert after(error).delivery.state is DeliveryState.DEAD


def test_what_a_closed_channel_cannot_take_goes_to_one_person_alone_and_a_note_beside_it() -> None:
    alone = Alone(person=PersonId("memory:S1/alice"), place="#api")
    error = NotReachableError("Not a member.", hint="Invite the bot.")
    found = verdict(BEGUN, error, was_unsure=False, target=C1, about=T1, alone=alone, now=NOON)
    assert (found.delivery.state, found.delivery.person) == (DeliveryState.PENDING, alone.person)
    assert (found.delivery.place, found.delivery.unsure) == (None, False)
    there, note = found.besides
    assert (there.key, there.state, there.place, there.person) == ("A1:card:there", DeliveryState.DEAD, C1, None)
    assert (note.key, note.person) == ("closed:memory/S1/C1:memory:S1/alice", alone.person)
