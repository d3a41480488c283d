"""Cards with tables are rich messages where the server takes those, and ordinary ones everywhere else."""

import logging

import pytest

from adapters.chat.card import Action, Card, Column, Markdown, Table
from adapters.chat.errors import OutcomeUnknownError
from adapters.chat.inbound import ButtonPressed
from adapters.telegram.rich_messages import ASKED_AGAIN_S
from core.domain.identity import PersonId
from tests.integration.telegram.adapter_running import card, memory, place_of, running, task_card
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.support.clock import FakeClock

pytestmark = pytest.mark.telegram

REFUSED = "Bad Request: can't parse rich message: too many blocks"
LONG = "\n\n".join(f"Paragraph {number} of what the agent found. " * 4 for number in range(40))


def bill(sum_of_it: str = "$0.31", *, rows: int = 1, mentions: tuple[PersonId, ...] = ()) -> Card:
    """A card with a table and a button."""
    table = Table(
        columns=(Column(label="Agent"), Column(label="Cost", number=True)),
        rows=tuple((f"build {row}", "$0.31") for row in range(rows)),
        total=("Total", sum_of_it),
    )
    button = Action(token="log", label="View log", command="log T142")
    return card(sections=(table,), actions=(button,), mentions=mentions)


async def test_a_table_is_telegrams_own_and_its_buttons_are_pressed_as_ever() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.forum("shop")
        posted = await live.adapter.post(place_of(shop), bill(mentions=(PersonId(alice.key),)), key="costs:1")

        (message,) = [each for each in telegram.messages(shop) if each.rich]
        assert "<table bordered><tr><th" in str(message.rich)
        assert f'<a href="tg://user?id={alice.id}">alice</a>' in str(message.rich)
        await alice.presses("View log", message)
        assert (await live.hears(ButtonPressed)).message == posted.message


async def test_what_would_be_several_messages_is_one_and_what_is_short_or_shows_steps_is_as_it_was() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        shop = telegram.group("shop")
        await live.adapter.post(place_of(shop), card(sections=(Markdown(text=LONG),)), key="event:1")
        await live.adapter.post(place_of(shop), card("Short"), key="event:2")
        steps = task_card()
        with_bill = Card(key="T142", title="T142", sections=(*steps.sections, *bill().sections))
        await live.adapter.post(place_of(shop), with_bill, key="T142:card")

        assert [each.rich is not None for each in telegram.messages(shop)] == [True, False, False]
        assert "Paragraph 39" in telegram.messages(shop)[0].text


async def test_rows_that_the_table_leaves_out_are_in_a_file_behind_it() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        shop = telegram.group("shop")
        await live.adapter.post(place_of(shop), bill(rows=500), key="costs:1")

        table, behind = telegram.messages(shop)
        assert table.rich is not None
        assert "more rows" in table.text
        assert behind.file is not None
        assert b"build 499\t$0.31" in behind.file.data


async def test_an_older_server_gets_text_at_once_and_is_asked_again_after_a_day() -> None:
    clock = FakeClock()
    async with (
        TelegramSimulator(pace=20, rich=False) as telegram,
        running(telegram, clock=lambda: clock().timestamp()) as live,
    ):
        shop = telegram.group("shop")
        for number in range(3):
            await live.adapter.post(place_of(shop), bill(), key=f"costs:{number}")
        assert ["Total" in each.text for each in telegram.messages(shop)] == [True, True, True]
        assert len(telegram.called("sendRichMessage")) == 1
        clock.advance(seconds=ASKED_AGAIN_S + 1)
        await live.adapter.post(place_of(shop), bill(), key="costs:4")
        assert len(telegram.called("sendRichMessage")) == 2


async def test_one_that_is_refused_is_text_and_the_next_one_is_tried(caplog: pytest.LogCaptureFixture) -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        shop = telegram.group("shop")
        telegram.faults.error("sendRichMessage", description=REFUSED)
        telegram.faults.error("sendRichMessage", description="Bad Request: CHAT_SEND_RICH_FORBIDDEN")
        with caplog.at_level(logging.WARNING, logger="adapters.telegram.rich_messages"):
            for number in range(3):
                await live.adapter.post(place_of(shop), bill(), key=f"costs:{number}")

        assert [each.rich is not None for each in telegram.messages(shop)] == [False, False, True]
        assert "too many blocks" in caplog.text


async def test_an_edit_keeps_a_message_rich_and_a_refused_one_makes_it_text() -> None:
    values = memory()
    async with TelegramSimulator(pace=20) as telegram:
        shop = telegram.group("shop")
        async with running(telegram, values=values) as live:
            posted = await live.adapter.post(place_of(shop), bill(), key="costs:1")
        async with running(telegram, values=values) as live:
            await live.adapter.edit(posted, bill("$0.62"))
            await live.adapter.edit(posted, bill("$0.62"))  # the same again is no refusal
            (message,) = telegram.messages(shop)
            assert message.rich is not None
            assert "$0.62" in message.text
            assert message.labels == ["View log"]

            telegram.faults.error("editMessageText", description=REFUSED)
            await live.adapter.edit(posted, bill("$0.93"))
            assert message.rich is None
            assert "$0.93" in message.text
            await live.adapter.edit(posted, bill("$1.24"))
            assert message.rich is None
            assert "$1.24" in message.text


@pytest.mark.parametrize("done", [True, False])
async def test_one_whose_answer_was_lost_stands_there_once(done: bool) -> None:
    values = memory()
    async with TelegramSimulator(pace=20) as telegram:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        async with running(telegram, values=values) as live:
            await live.adapter.post(place_of(shop), card("First"), key="T1:card")
            await alice.says("lunch?", shop)
            telegram.faults.reset("sendRichMessage", after=done)
            with pytest.raises(OutcomeUnknownError):
                await live.adapter.post(place_of(shop), bill(), key="costs:1")
        async with running(telegram, values=values) as live:
            posted = await live.adapter.post(place_of(shop), bill("$0.62"), key="costs:1", again=True)
            await live.adapter.edit(posted, bill("$0.93"))

        _, message = [each for each in telegram.messages(shop) if each.by_app]
        assert message.rich is not None
        assert "$0.93" in message.text


async def test_text_whose_answer_was_lost_is_found_as_text_where_the_server_has_learnt_more() -> None:
    values = memory()
    async with TelegramSimulator(pace=20) as telegram:
        shop = telegram.supergroup("shop")
        async with running(telegram, values=values) as live:
            await live.adapter.post(place_of(shop), card("First"), key="T1:card")
            telegram.faults.error("sendRichMessage", description="Not Found", status=404)
            telegram.faults.reset("sendMessage", after=True)
            with pytest.raises(OutcomeUnknownError):
                await live.adapter.post(place_of(shop), bill(), key="costs:1")
        async with running(telegram, values=values) as live:
            await live.adapter.post(place_of(shop), bill("$0.62"), key="costs:1", again=True)

        assert [each.rich for each in telegram.messages(shop)] == [None, None]
        assert "$0.62" in telegram.messages(shop)[1].text


async def test_one_of_which_nobody_knows_whether_it_stands_there_twice_says_so() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        await live.adapter.post(place_of(shop), card("First"), key="T1:card")
        for number in range(20):
            await alice.says(f"chatter {number}", shop)
        telegram.faults.reset("sendRichMessage", after=True)
        with pytest.raises(OutcomeUnknownError):
            await live.adapter.post(place_of(shop), bill(), key="costs:1")
        await live.adapter.post(place_of(shop), bill(), key="costs:1", again=True)

        doubtful = ["may stand here twice" in each.text for each in telegram.messages(shop) if each.by_app]
        assert doubtful == [False, False, True]
