"""Where we may not write: the requester is told alone, what to do about it included, and the work stays in sight."""

from dataclasses import replace

import pytest

from adapters.chat.card import Card
from adapters.chat.errors import NotReachableError
from bot.delivery.notices import CardNotice, written
from bot.delivery.standing import dead_letters, delivery_standing
from core.domain.access import Decider, DecisionRules
from core.domain.conversation import Delivery
from core.domain.identity import Access
from core.domain.notification import Happening, NotificationRules
from core.domain.task import TaskState
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import ALICE, BOB, C1, Office

pytestmark = pytest.mark.slack
NOTE = f"closed:memory/S1/C1:{ALICE}"


def words(card: Card | None) -> str:
    assert card is not None
    return " ".join([card.title, *(getattr(section, "text", "") for section in card.sections)])


async def test_a_task_asked_for_where_we_may_not_write_is_talked_about_with_its_requester_alone(office: Office) -> None:
    office.chat.board.closed.add(C1)
    await office.ask()
    await office.deliver()
    await office.decide()
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.COMPLETED)
    await office.deliver()
    card = office.message("T1:card")
    assert card.to == ALICE
    assert office.status("T1:card") == "Done"
    assert office.message("A1:card").place == office.message("T1:ended:1").place == card.thread
    assert office.status("A1:card") == "Approved by bob"


async def test_the_requester_is_told_once_what_to_do_about_the_place(office: Office) -> None:
    office.chat.board.channel_names["C1"] = "#api"
    office.chat.board.closed.add(C1)
    await office.submit(2)
    await office.submit(3)
    await office.deliver()
    note = office.message(NOTE)
    assert note.to == ALICE
    assert "#api" in words(note.card)
    assert "Invite the bot." in words(note.card)


async def test_a_place_that_was_closed_to_us_later_loses_no_question_and_no_result(office: Office) -> None:
    await office.deliver()
    office.chat.board.closed.add(C1)
    await office.ask()
    await office.deliver()
    question = office.message("A1:card")
    assert (question.to, [action.label for action in question.card.actions][:1] if question.card else []) == (
        ALICE,
        ["Approve"],
    )
    await office.decide()
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.FAILED, reason="The tests fail.")
    await office.step()
    office.clock.advance(seconds=2)
    await office.step()
    assert office.message("T1:ended:1").to == ALICE


async def test_whoever_would_have_been_called_there_to_decide_is_asked_alone(open_office: OpenOffice) -> None:
    office = open_office(
        decide=DecisionRules(tool=Decider.ADMIN), access={str(ALICE): Access.DEVELOPER, str(BOB): Access.ADMIN}
    )
    await office.open()
    await office.deliver()
    office.chat.board.closed.add(C1)
    await office.ask()
    await office.deliver()
    assert office.message("A1:card").to == ALICE
    question = office.message(f"A1:direct:{BOB}")
    assert question.to == BOB
    assert question.card is not None
    assert "Approve" in [action.label for action in question.card.actions]


async def test_whoever_was_to_be_called_before_the_place_turned_out_to_be_closed_is_asked_alone_too(
    open_office: OpenOffice,
) -> None:
    office = open_office(
        decide=DecisionRules(tool=Decider.ADMIN), access={str(ALICE): Access.DEVELOPER, str(BOB): Access.ADMIN}
    )
    await office.open()
    office.chat.board.closed.add(C1)
    await office.ask()
    await office.deliver()
    assert office.message("A1:card").place == office.message("T1:card").thread
    assert office.message(f"A1:direct:{BOB}").to == BOB
    assert office.messages(f"A1:direct:{ALICE}") == []


async def test_what_the_place_did_not_get_stays_a_dead_letter_that_names_the_place(office: Office) -> None:
    office.chat.board.closed.add(C1)
    await office.deliver()
    (letter,) = await dead_letters(office.store)
    assert (letter.key, letter.to) == ("T1:card:there", "S1/C1")
    assert letter.why == f"The channel cannot be written to. Invite the bot. Said to {ALICE} alone instead."


async def test_whoever_may_not_see_the_project_any_more_is_not_told(open_office: OpenOffice) -> None:
    office = open_office(access={str(BOB): Access.DEVELOPER})
    await office.open()
    office.chat.board.closed.add(C1)
    await office.deliver()
    assert office.posted() == []
    assert (await delivery_standing(office.store)).dead == 1


async def test_an_answer_for_all_that_the_place_does_not_take_reaches_the_person_who_asked(office: Office) -> None:
    office.chat.board.closed.add(C1)
    async with office.store.transaction() as uow:
        answer = CardNotice(card=Card(key="status", title="All is well"))
        await uow.deliveries.add(
            Delivery(
                key="event:memory:e1", platform="memory", place=C1, person=BOB, notice=written(answer), made_at=uow.now
            )
        )
    await office.deliver()
    assert office.message("event:memory:e1").to == BOB


async def test_nothing_goes_round_in_circles_when_the_person_is_closed_to_us_too(office: Office) -> None:
    office.chat.board.closed |= {C1, ALICE}
    await office.deliver()
    assert office.posted() == []
    assert (await delivery_standing(office.store)).pending == 0


async def test_news_for_a_channel_is_not_told_to_a_person_instead(open_office: OpenOffice) -> None:
    office = open_office(notify=NotificationRules(channel=frozenset({Happening.APPROVAL})))
    await office.open()
    await office.submit(2, place=replace(C1, channel="C2"))
    await office.deliver()
    office.chat.faults.fail(NotReachableError("Closed."), call="post", times=2)
    await office.ask()
    await office.deliver()
    assert await office.is_dead("A1:channel")


async def test_a_conversation_of_others_needs_no_note_and_is_no_dead_letter(open_office: OpenOffice) -> None:
    office = open_office()
    await office.delivery.begin()
    elsewhere = replace(C1, channel="D-others")
    office.chat.board.closed.add(elsewhere)
    await office.submit(1, place=elsewhere)
    await office.deliver()
    assert office.posted() == ["T1:card"]
    assert office.message("T1:card").to == ALICE
    assert (await delivery_standing(office.store)).dead == 0
