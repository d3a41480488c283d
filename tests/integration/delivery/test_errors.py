"""Each thing that can go wrong has its own answer."""

from dataclasses import replace

import pytest

from adapters.chat.card import Card
from adapters.chat.errors import ChatUnavailableError, NotReachableError, RateLimitedError, RejectedError
from bot.delivery.notices import CardNotice, written
from bot.delivery.standing import dead_letters, delivery_standing
from core.domain.conversation import Delivery, DeliveryState
from core.domain.identity import PersonId, task_id
from core.domain.notification import Happening, NotificationRules
from core.domain.task import TaskState
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import ALICE, C1, Office

pytestmark = pytest.mark.slack
DIRECTLY = NotificationRules(direct=frozenset({Happening.APPROVAL}))


async def test_a_platform_that_asks_for_less_gets_less_in_that_place(office: Office) -> None:
    office.chat.faults.fail(RateLimitedError("Slowly.", retry_after_s=30.0), call="post")
    await office.step()
    await office.submit(2)
    await office.submit(3, place=replace(C1, channel="C2"))
    await office.step()
    assert office.posted() == ["T3:card"]
    office.clock.advance(seconds=29)
    await office.step()
    assert office.calls("post") == 2
    office.clock.advance(seconds=1)
    await office.deliver()
    assert set(office.posted()) == {"T1:card", "T2:card", "T3:card"}


async def test_a_general_limit_stops_every_place(office: Office) -> None:
    await office.step()
    await office.submit(2, place=replace(C1, channel="C2"))
    office.chat.faults.fail(RateLimitedError("Slowly.", retry_after_s=30.0, everywhere=True), call="post")
    await office.step()
    await office.submit(3, place=replace(C1, channel="C3"))
    await office.move(TaskState.RUNNING)
    office.clock.advance(seconds=29)
    await office.step()
    assert (office.calls("post"), office.calls("edit")) == (2, 0)
    office.clock.advance(seconds=1)
    await office.deliver()
    assert set(office.posted()) == {"T1:card", "T2:card", "T3:card"}


async def test_a_platform_that_is_away_for_hours_loses_nothing_and_keeps_the_order(office: Office) -> None:
    await office.ask()
    office.chat.faults.fail(ChatUnavailableError("No connection."), times=60)
    for _ in range(60):
        await office.step()
        office.clock.advance(seconds=300)
    await office.deliver()
    assert office.posted() == ["T1:card", "A1:card"]


async def test_pauses_grow_while_a_platform_is_away(office: Office) -> None:
    office.chat.faults.fail(ChatUnavailableError("No connection."), call="post", times=1000)
    tried: list[int] = []
    for second in range(70):
        before = office.calls("post")
        await office.step()
        if office.calls("post") > before:
            tried.append(second)
        office.clock.advance(seconds=1)
    assert tried == [0, 1, 3, 7, 15, 31, 63]


async def test_a_place_we_may_not_write_to_is_a_dead_letter_that_doctor_can_show(open_office: OpenOffice) -> None:
    office = open_office(channels=("memory:S1/C1",))
    await office.delivery.begin()
    office.chat.board.closed.add(C1)
    # from the command line: there is nobody on this platform who could be told alone
    await office.submit(1, place=None, requested_by=PersonId("console:ann"))
    await office.ask()
    await office.deliver()
    assert office.posted() == []
    letters = await dead_letters(office.store)
    assert [letter.key for letter in letters] == ["A1:card", "T1:card"]
    assert letters[1].why == "The channel cannot be written to. Invite the bot."
    assert letters[1].to == "S1/C1"
    standing = await delivery_standing(office.store)
    assert (standing.pending, standing.dead) == (0, 2)


async def test_a_person_who_cannot_be_written_to_is_called_in_the_thread(open_office: OpenOffice) -> None:
    office = open_office(notify=DIRECTLY)
    await office.open()
    office.chat.board.closed.add(ALICE)
    await office.ask()
    await office.deliver()
    call = office.message(f"A1:direct:{ALICE}:call")
    assert call.place == office.message("T1:card").thread
    assert call.card is not None
    assert call.card.mentions == (ALICE,)
    assert "To be told alone: press Start." in str(call.card.sections)
    assert (await office.row(f"A1:direct:{ALICE}")).state is DeliveryState.SENT


async def test_a_direct_question_that_was_answered_meanwhile_is_not_asked(open_office: OpenOffice) -> None:
    office = open_office(notify=DIRECTLY)
    await office.open()
    await office.ask()
    await office.delivery.follower.catch_up()
    await office.decide()
    await office.deliver()
    assert office.posted() == ["T1:card", "A1:card"]
    assert (await office.row(f"A1:direct:{ALICE}")).state is DeliveryState.SENT


async def test_what_the_platform_calls_malformed_is_said_plainly(office: Office) -> None:
    office.chat.faults.fail(RejectedError("invalid_blocks"), call="post")
    await office.deliver()
    card = office.message("T1:card").card
    assert card is not None
    assert card.title.startswith("T1")
    assert all(action.token for action in card.actions)


async def test_what_is_malformed_even_when_plain_is_a_dead_letter(office: Office) -> None:
    office.chat.faults.fail(RejectedError("invalid_blocks"), call="post", times=2)
    await office.deliver()
    assert await office.is_dead("T1:card")


async def test_a_deleted_thread_moves_to_where_the_next_message_stands(office: Office) -> None:
    await office.deliver()
    office.chat.board.delete(office.message("T1:card").id)
    await office.ask()
    await office.deliver()
    moved = office.message("A1:card")
    assert moved.place == C1
    async with office.store.reading() as uow:
        thread = await uow.threads.of(task_id(1))
        old, new = await uow.cards.of("T1")
    assert thread is not None
    assert thread.place == moved.thread == new.place
    assert (old.gone, new.gone) == (True, False)
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.COMPLETED)
    await office.deliver()
    assert office.message("T1:ended:1").place == moved.thread
    assert office.status("A1:card:card") == "Done"


async def test_one_lane_that_cannot_go_on_holds_up_no_other(office: Office) -> None:
    office.chat.faults.hang(call="post")
    await office.delivery.follower.catch_up()
    await office.delivery.sender.begin_due()
    await office.chat.faults.until_hanging()
    # only now: of two that begin together, either may be the first to call
    await office.submit(2, place=replace(C1, channel="C2"))
    await office.delivery.follower.catch_up()
    await office.delivery.sender.begin_due()
    async with office.store.reading() as uow:
        assert {each.key for each in await uow.deliveries.due("memory", 10)} >= {"T1:card"}
    await office.chat.until(lambda: office.messages("T2:card"))
    assert office.messages("T1:card") == []
    await office.crash()
    await office.deliver()
    assert sorted(office.posted()) == ["T1:card", "T2:card"]


async def test_a_notice_of_another_version_waits_and_holds_up_no_other_task(office: Office) -> None:
    async with office.store.transaction() as uow:
        odd = Delivery(key="odd", platform="memory", place=C1, notice={"type": "poem"}, made_at=uow.now)
        await uow.deliveries.add(odd)
    await office.step()
    assert office.posted() == ["T1:card"]
    assert (await office.row("odd")).state is DeliveryState.PENDING


async def test_a_card_that_was_made_already_is_posted_as_it_is(office: Office) -> None:
    await office.deliver()
    card = Card(key="event:7", title="The bill")
    async with office.store.transaction() as uow:
        bill = Delivery(
            key="event:7", platform="memory", place=C1, notice=written(CardNotice(card=card)), made_at=uow.now
        )
        await uow.deliveries.add(bill)
    await office.deliver()
    assert office.message("event:7").card == card


async def test_a_direct_message_waits_through_the_night_and_the_thread_does_not(open_office: OpenOffice) -> None:
    office = open_office(notify=DIRECTLY)
    await office.open()
    async with office.store.transaction() as uow:
        await uow.people.set_wishes(ALICE, {"quiet": {"begin": "11:00", "end": "13:00", "time_zone": "UTC"}})
    await office.ask()
    for _ in range(5):
        await office.step()
        office.clock.advance(seconds=1)
    assert office.posted() == ["T1:card", "A1:card"]
    office.clock.advance(hours=1)
    await office.deliver()
    assert office.posted() == ["T1:card", "A1:card", f"A1:direct:{ALICE}"]


@pytest.mark.parametrize("error", [NotReachableError("Not a member."), ChatUnavailableError("Away.")])
async def test_a_card_that_cannot_be_edited_now_is_edited_later(office: Office, error: Exception) -> None:
    await office.deliver()
    office.chat.faults.fail(error, call="edit", times=3)
    await office.move(TaskState.RUNNING)
    await office.deliver()
    assert office.status("T1:card") == "Working"
