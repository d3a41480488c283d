"""Which entries of the journal call for what."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from bot.delivery.facts import TaskFacts
from bot.delivery.notices import ApprovalNotice, EndedNotice, NewsNotice, TaskNotice, read
from bot.delivery.rules import deliveries, is_told, is_urgent, stale
from core.domain.approval import ApprovalKind
from core.domain.conversation import Delivery
from core.domain.event import (
    HOUSE,
    AgentActed,
    ApprovalRequested,
    Event,
    JournalEntry,
    ProjectArchived,
    TaskReopened,
    TaskStateChanged,
)
from core.domain.identity import ApprovalId, PersonId, Place
from core.domain.notification import Happening, NotificationRules, QuietHours
from core.domain.task import TaskState
from tests.support.journal_script import asked, called, decided, submitted, task_moved
from tests.support.values import BUILD, FIRST_RUN, NOON, T1, a_task, an_approval

pytestmark = pytest.mark.slack
ALICE = PersonId("slack:T1/U1")
C1 = Place(platform="slack", space="T1", channel="C1")
EVERYTHING = frozenset(Happening)
ASKED = asked(an_approval())


def facts(**changes: Any) -> TaskFacts:
    """Alice asked for T1 in channel C1; nobody wishes to be told anything beside the thread."""
    known = TaskFacts(
        platform="slack",
        task=a_task(requested_by=ALICE, place=C1),
        life=1,
        home=C1,
        project=NotificationRules(),
        requester=NotificationRules(),
        writes_alone=True,
        now=NOON,
    )
    return replace(known, **changes)


def keys(event: Event, **changes: Any) -> list[str]:
    return [each.key for each in deliveries(event, facts(**changes))]


def made(event: Event, key: str, **changes: Any) -> Delivery:
    (found,) = [each for each in deliveries(event, facts(**changes)) if each.key == key]
    return found


def entry(event: Event) -> JournalEntry:
    return JournalEntry(seq=7, task=T1, at=NOON, event=event)


def test_a_task_gets_its_card_where_it_was_asked_for() -> None:
    card = made(submitted(), "T1:card")
    assert (card.place, card.task, card.platform) == (C1, T1, "slack")
    assert read(card.notice) == TaskNotice(task=T1)


@pytest.mark.parametrize("event", [submitted(), ASKED, task_moved("completed")])
def test_a_task_that_is_not_talked_about_here_is_not_told(event: Event) -> None:
    assert keys(event, home=None) == []


def test_a_question_goes_into_the_thread_and_calls_who_asked_for_the_task() -> None:
    question = made(ASKED, "A1:card")
    assert (question.task, question.place, question.person) == (T1, None, None)
    assert read(question.notice) == ApprovalNotice(approval=ApprovalId("A1"), call=(ALICE,))


def test_who_is_written_to_alone_is_not_called_in_the_thread_too() -> None:
    wishes = NotificationRules(direct=frozenset({Happening.APPROVAL}))
    assert keys(ASKED, requester=wishes) == ["T1:card", "A1:card", f"A1:direct:{ALICE}"]
    assert read(made(ASKED, "A1:card", requester=wishes).notice) == ApprovalNotice(approval=ApprovalId("A1"))
    alone = made(ASKED, f"A1:direct:{ALICE}", requester=wishes)
    # a lane of their own: a person who sleeps holds up no thread
    assert (alone.person, alone.task, alone.not_before) == (ALICE, None, None)


def test_nobody_is_written_to_alone_where_that_is_impossible_or_a_conversation_is_alone_already() -> None:
    wishes = NotificationRules(direct=EVERYTHING)
    assert keys(ASKED, requester=wishes, writes_alone=False) == ["T1:card", "A1:card"]
    assert keys(ASKED, requester=wishes, home=replace(C1, channel="D7")) == ["T1:card", "A1:card"]
    at_the_keyboard = a_task(requested_by=PersonId("console:ann"))
    assert keys(ASKED, requester=wishes, task=at_the_keyboard) == ["T1:card", "A1:card"]


def test_direct_messages_wait_until_the_quiet_hours_are_over() -> None:
    quiet = QuietHours(begin=time(11), end=time(14, 30), time_zone="UTC")
    wishes = NotificationRules(direct=frozenset({Happening.APPROVAL}), quiet=quiet)
    alone = made(ASKED, f"A1:direct:{ALICE}", requester=wishes)
    assert alone.not_before == datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
    assert made(ASKED, "A1:card", requester=wishes).not_before is None


def test_money_is_a_happening_of_its_own() -> None:
    money = asked(an_approval(kind=ApprovalKind.BUDGET))
    assert f"A1:direct:{ALICE}" in keys(money, requester=NotificationRules(direct=frozenset({Happening.BUDGET})))
    only_approvals = NotificationRules(direct=frozenset({Happening.APPROVAL}))
    assert f"A1:direct:{ALICE}" not in keys(money, requester=only_approvals)


def test_the_channel_itself_is_told_what_the_project_wants_it_to_be_told() -> None:
    project = NotificationRules(channel=EVERYTHING)
    in_thread = replace(C1, thread="1.2")
    question = made(ASKED, "A1:channel", project=project, home=in_thread)
    assert (question.place, question.task) == (C1, None)
    end = made(task_moved("failed"), "T1:channel:1:failed", project=project)
    assert read(end.notice) == NewsNotice(task=T1, happening=Happening.FAILED)


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_every_end_is_told_once_for_each_life(state: str) -> None:
    event = TaskStateChanged(source="running", target=state, reason="Because.")
    end = made(event, "T1:ended:3", life=3)
    call = () if state == "cancelled" else (ALICE,)
    told = EndedNotice(task=T1, life=3, state=TaskState(state), reason="Because.", call=call)
    assert read(end.notice) == told


def test_the_end_is_told_directly_to_who_wishes_it() -> None:
    wishes = NotificationRules(direct=frozenset({Happening.FAILED}))
    assert keys(task_moved("failed"), requester=wishes) == ["T1:card", "T1:ended:1", f"T1:direct:1:{ALICE}"]
    assert keys(task_moved("completed"), requester=wishes) == ["T1:card", "T1:ended:1"]


def test_the_beginning_is_told_to_who_wishes_it() -> None:
    begun = task_moved("planning", source="queued")
    assert keys(begun) == ["T1:card"]
    everything = NotificationRules(channel=EVERYTHING, direct=EVERYTHING)
    told = [f"T1:started:1:{ALICE}", "T1:channel:1:started"]
    assert keys(begun, requester=everything, project=everything) == ["T1:card", *told]
    assert keys(task_moved("paused", source="queued"), project=everything) == []


def test_what_may_call_for_a_delivery_is_looked_up_and_nothing_else() -> None:
    told = [submitted(), ASKED, task_moved("completed"), task_moved("planning", source="queued")]
    quiet = [called(), decided(an_approval()), task_moved("paused"), ProjectArchived(project="shop")]
    assert [is_told(event) for event in (*told, *quiet)] == [True] * 4 + [False] * 4
    assert all(not deliveries(event, facts()) for event in quiet)


def test_a_decision_draws_the_question_and_the_task_again() -> None:
    assert stale(entry(decided(an_approval()))) == ("T1", "A1")
    assert stale(entry(called())) == ("T1",)


def test_a_task_that_was_begun_again_draws_its_former_end_again() -> None:
    assert stale(entry(TaskReopened(life=3, step=BUILD, how="retry"))) == ("T1", "T1:ended:2")


def test_the_house_has_no_cards() -> None:
    house = JournalEntry(seq=1, task=HOUSE, at=NOON, event=ProjectArchived(project="shop"))
    assert stale(house) == ()


def test_people_wait_for_states_and_not_for_progress() -> None:
    acted = AgentActed(agent_run=FIRST_RUN, step=BUILD, activity="Reads sum.py")
    assert [is_urgent(event) for event in (acted, called(), task_moved("paused"), ASKED)] == [False, False, True, True]


def test_an_approval_of_another_kind_is_an_approval() -> None:
    event = ApprovalRequested(approval=ApprovalId("A1"), kind="question", step=BUILD, title="Which?")
    assert keys(event) == ["T1:card", "A1:card"]
