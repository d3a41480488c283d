"""Who is listened to, where, and what a person's own page holds."""

import pytest

from adapters.chat.inbound import CommandReceived, HomeOpened
from core.domain.identity import Person, PersonId, Place
from tests.support.conversations import Room, person, texts

pytestmark = [pytest.mark.slack, pytest.mark.slow]


async def test_a_channel_nobody_opened_is_not_answered_in_but_its_person_is(room: Room) -> None:
    await room.types("alice", "fix the sum", at=room.place("CRANDOM"))
    await room.says("alice", "fix the sum", at=room.place("CRANDOM"), mention=True)

    for number in (1, 2):
        told = texts(await room.answer("alice", number))
        assert "I am not used in this channel" in told
        # what an admin would write into the settings
        assert "This is slack:T1/C" in told
    assert await room.tasks() == []
    assert [row.allowed for row in await room.audit()] == [False, False]


async def test_a_channel_that_an_admin_binds_is_open_from_then_on(room: Room) -> None:
    await room.types("alice", "project use docs", at=room.place("COPEN"))
    assert "that takes an admin" in texts(await room.answer("alice"))
    await room.types("root", "project use docs", at=room.place("COPEN"))
    await room.settled()
    await room.types("alice", "fix the sum", at=room.place("COPEN"))

    assert (await room.task("T1")).task.project == "docs"


async def test_another_workspace_is_another_world(room: Room) -> None:
    stranger = Person(id=PersonId("slack:T2/UALICE"), name="alice")
    elsewhere = Place(platform="slack", space="T2", channel="CSHOP")
    for number, place in enumerate((elsewhere, room.place())):
        await room.chat.hear(CommandReceived(event_id=f"x{number}", person=stranger, place=place, text="fix the sum"))
    whispered = await room.until(lambda: room.chat.board.whispers[1:] and room.chat.board.whispers)

    assert {each.card.title for each in whispered} == {"This workspace is not set up for me."}
    assert await room.tasks() == []


async def test_the_own_page_holds_what_one_may_see_and_nothing_else(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.types("alice", "mend the docs --project docs")
    await room.task("T2")

    seen = {name: {card.key for card in await room.opens_home(name)} for name in ("alice", "bob", "vera")}
    assert seen == {"alice": {"home", "T1", "T2"}, "bob": {"home", "T1"}, "vera": {"home", "T1"}}
    await room.chat.hear(HomeOpened(event_id="h", person=person("mallory"), place=room.place("")))
    [card] = await room.until(lambda: room.chat.board.homes.get(person("mallory").id))
    assert "You have not been given access" in card.title


async def test_a_button_on_the_own_page_answers_alone_and_files_come_in_a_direct_message(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.task("T1")
    [top, *_] = await room.opens_home("alice")
    await room.presses("alice", "Costs", top, at=room.place(""), message="")

    [message] = await room.until(lambda: [each for each in room.messages() if each.to is not None])
    assert message.to == "slack:T1/UALICE"
