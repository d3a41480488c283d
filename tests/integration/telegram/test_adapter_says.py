"""What is posted in Telegram stands there once, is kept true by edits, and reaches whom it is for."""

import struct
import zlib
from dataclasses import replace

import pytest

from adapters.chat.card import Code, Markdown, Text
from adapters.chat.errors import (
    ChatUnavailableError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
)
from adapters.chat.file import File
from adapters.chat.inbound import ButtonPressed, CommandReceived
from adapters.telegram.menu import MenuEntry, offer
from adapters.telegram.posting import PERHAPS
from core.domain.identity import PersonId
from tests.integration.telegram.adapter_running import PATIENT, asking_card, card, memory, place_of, running
from tests.platforms.telegram.places import BOT_USERNAME
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = pytest.mark.telegram


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_SIZE = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
_ROWS = zlib.compress((b"\0" + b"\x80" * 8) * 8)
PICTURE = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", _SIZE) + _chunk(b"IDAT", _ROWS) + _chunk(b"IEND", b"")
"""A grey square."""
LONG = "\n\n".join(f"Paragraph {number} of what the agent found. " * 4 for number in range(40))


async def test_a_long_card_is_several_messages_and_an_edit_reaches_each_of_them() -> None:
    async with TelegramSimulator(pace=20, rich=False) as telegram, running(telegram) as live:
        shop = telegram.group("shop")
        posted = await live.adapter.post(place_of(shop), card(sections=(Markdown(text=LONG),)), key="event:1")
        assert len(telegram.messages(shop)) > 1
        assert all(each.reply_to is telegram.messages(shop)[0] for each in telegram.messages(shop)[1:])

        await live.adapter.edit(posted, card("Short now"))
        assert [each.text.splitlines()[-1] for each in telegram.messages(shop)] == ["Short now"]
        await live.adapter.edit(posted, card(sections=(Markdown(text=LONG),)))
        assert "Paragraph 39" in telegram.messages(shop)[-1].text


async def test_a_press_under_the_last_page_is_one_on_the_card() -> None:
    async with TelegramSimulator(pace=20, rich=False) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        shown = replace(asking_card(), sections=(Markdown(text=LONG),))
        posted = await live.adapter.post(place_of(shop), shown, key="A1:card")
        await alice.presses("Approve", telegram.messages(shop)[-1])

        assert (await live.hears(ButtonPressed)).message == posted.message


async def test_pages_that_came_through_before_a_refusal_are_not_sent_again() -> None:
    async with TelegramSimulator(pace=20, rich=False) as telegram, running(telegram) as live:
        shop = telegram.group("shop")
        telegram.faults.flood("sendMessage", retry_after_s=7, which=lambda given: "reply_parameters" in given)
        long = card(sections=(Markdown(text=LONG),))
        with pytest.raises(RateLimitedError):
            await live.adapter.post(place_of(shop), long, key="event:1")
        await live.adapter.post(place_of(shop), long, key="event:1")

        texts = [each.text for each in telegram.messages(shop)]
        assert len(texts) == len(set(texts)) > 1


async def test_what_fits_no_message_comes_as_a_document_behind_the_card() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        shop = telegram.group("shop")
        lines = "\n".join(f"+ line {number}" for number in range(4000))
        await live.adapter.post(place_of(shop), card(sections=(Code(text=lines, language="diff"),)), key="event:1")

        last = telegram.messages(shop)[-1]
        assert last.file is not None
        assert b"line 2000" in last.file.data


async def test_nobody_is_written_to_who_has_not_pressed_start_and_the_hint_says_how() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        with pytest.raises(NotReachableError) as refused:
            await live.adapter.direct(PersonId(alice.key), card(), key="A1:direct")
        assert f"https://t.me/{BOT_USERNAME}?start=" in refused.value.hint
        await alice.starts()
        await live.adapter.direct(PersonId(alice.key), card(), key="A1:direct")
        await alice.blocks()
        with pytest.raises(NotReachableError):
            await live.adapter.direct(PersonId(alice.key), card(), key="A2:direct")


async def test_after_a_press_a_few_words_are_shown_to_who_pressed_and_more_is_written_alone() -> None:
    async with TelegramSimulator() as telegram, running(telegram, **PATIENT) as live:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        await alice.starts()
        await live.adapter.post(place_of(shop), asking_card(), key="A1:card")
        message = await telegram.shows(in_=shop)
        press = await alice.presses("Approve", message)
        heard = await live.hears(ButtonPressed)
        await live.adapter.whisper(heard.place, heard.person.id, card("You may not approve this."))
        assert (await telegram.answers(press)).alert
        assert "You may not approve this." in press.text
        assert [each for each in telegram.messages(alice.direct) if each.by_app] == []

        await live.adapter.whisper(heard.place, heard.person.id, card("Nothing was pressed."))
        assert "Nothing was pressed." in (await telegram.shows(in_=alice.direct)).text


async def test_in_their_own_conversation_people_are_answered_in_the_thread_they_wrote_in() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        root = await live.adapter.post(place_of(alice.direct), card(), key="T142:card")
        await live.adapter.whisper(root.thread, PersonId(alice.key), card("Paused."))

        assert telegram.messages(alice.direct)[-1].reply_to is await telegram.shows(lambda each: "Running" in each.text)


async def test_who_never_pressed_start_is_asked_to_in_the_group_and_then_sees_what_was_whispered() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice, shop = telegram.person("Alice"), telegram.group("shop")
        for words in ("Secret", "Newer secret"):
            await live.adapter.whisper(place_of(shop), PersonId(alice.key), card(words))
        (asked,) = telegram.messages(shop)
        assert asked.text.startswith("Alice, I have an answer that is only for you.")
        await alice.follows("Open", asked)

        assert "Newer secret" in (await telegram.shows(in_=alice.direct)).text
        await telegram.quiet()
        assert live.ears.heard == []
        await alice.starts()
        await live.hears(CommandReceived)


async def test_a_press_whose_answer_is_only_for_one_who_never_pressed_start_opens_the_conversation() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram, **PATIENT) as live:
        alice, shop = telegram.person("Alice"), telegram.group("shop")
        await live.adapter.post(place_of(shop), asking_card(), key="A1:card")
        press = await alice.presses("Approve", telegram.messages(shop)[0])
        heard = await live.hears(ButtonPressed)
        await live.adapter.whisper(heard.place, heard.person.id, asking_card())
        await alice.opens((await telegram.answers(press)).url)

        assert "Approve" in (await telegram.shows(in_=alice.direct)).labels
        assert len(telegram.messages(shop)) == 1


async def test_a_bot_that_was_thrown_out_may_not_be_there_any_more() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        posted = await live.adapter.post(place_of(shop), card(), key="T142:card")
        await telegram.removes_bot(shop, by=alice)
        with pytest.raises(NotReachableError) as refused:
            await live.adapter.post(posted.thread, card(), key="A1:card")
        assert "Add the bot" in refused.value.hint


async def test_a_topic_that_was_deleted_is_gone_and_one_that_was_closed_says_so() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, api = telegram.person("alice"), telegram.forum("api", admin=False)
        topic = await telegram.opens(api, "bugs", by=alice)
        at = place_of(api, f"t{topic.id}")
        await telegram.closes(topic, by=alice)
        with pytest.raises(NotReachableError):
            await live.adapter.post(at, card(), key="A1:card")
        telegram.deletes_topic(topic)
        with pytest.raises(MessageGoneError):
            await live.adapter.post(at, card(), key="A2:card")


async def test_a_card_that_was_lost_is_found_among_what_others_wrote_and_shown_as_it_is_now() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        await live.adapter.post(place_of(shop), card("First"), key="T1:card")
        await alice.says("lunch?", shop)
        telegram.faults.reset("sendMessage", after=True)
        with pytest.raises(OutcomeUnknownError):
            await live.adapter.post(place_of(shop), card("Second"), key="T2:card")
        await alice.says("yes, lunch", shop)
        await live.adapter.post(place_of(shop), card("Third"), key="T3:card")
        await live.adapter.post(place_of(shop), card("Second, newer"), key="T2:card", again=True)

        texts = [each.text.splitlines()[-1] for each in telegram.messages(shop) if each.by_app]
        assert texts == ["First", "Second, newer", "Third"]


async def test_a_card_that_was_lost_is_found_after_a_restart() -> None:
    values = memory()
    async with TelegramSimulator(pace=20) as telegram:
        shop = telegram.supergroup("shop")
        async with running(telegram, values=values) as live:
            await live.adapter.post(place_of(shop), card("First"), key="T1:card")
            telegram.faults.reset("sendMessage", after=True)
            with pytest.raises(OutcomeUnknownError):
                await live.adapter.post(place_of(shop), card("Second"), key="T2:card")
        async with running(telegram, values=values) as live:
            await live.adapter.post(place_of(shop), card("Second"), key="T2:card", again=True)

        assert len(telegram.messages(shop)) == 2


async def test_where_too_much_was_written_meanwhile_the_second_one_says_that_it_may_be_one() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        alice, shop = telegram.person("alice"), telegram.supergroup("shop")
        await live.adapter.post(place_of(shop), card("First"), key="T1:card")
        for number in range(20):
            await alice.says(f"chatter {number}", shop)
        telegram.faults.reset("sendMessage", after=True)
        with pytest.raises(OutcomeUnknownError):
            await live.adapter.post(place_of(shop), card("Second"), key="T2:card")
        await live.adapter.post(place_of(shop), card("Second"), key="T2:card", again=True)

        doubtful = [PERHAPS.strip() in each.text for each in telegram.messages(shop) if each.by_app]
        assert doubtful == [False, False, True]


async def test_an_answer_streams_as_a_draft_in_private_and_stands_as_a_message_at_its_end() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        at = place_of(alice.direct)
        async with live.adapter.stream(at, PersonId(alice.key), key="event:1") as stream:
            await stream.write("So far ")
            draft = await telegram.drafts(alice.direct)
            assert "So far" in draft.text
            await stream.write("so good.")

        assert [each.text for each in telegram.messages(alice.direct) if each.by_app] == ["So far so good."]


async def test_where_there_are_no_drafts_an_answer_is_a_message_that_is_edited() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.starts()
        telegram.faults.error("sendMessageDraft", description="Not Found", status=404)
        async with live.adapter.stream(place_of(alice.direct), PersonId(alice.key), key="event:1") as stream:
            await stream.write("So far ")
            assert [each.text for each in telegram.messages(alice.direct) if each.by_app] == ["So far"]
            await stream.write("so good.")

        assert [each.text for each in telegram.messages(alice.direct) if each.by_app] == ["So far so good."]


async def test_a_picture_is_shown_as_one_and_other_files_are_documents() -> None:
    async with TelegramSimulator(pace=20) as telegram, running(telegram) as live:
        shop = telegram.group("shop")
        telegram.faults.error("sendPhoto", description="Bad Request: PHOTO_INVALID_DIMENSIONS")
        for name, data in (("wide.png", PICTURE), ("chart.png", PICTURE), ("T142.diff", b"+1")):
            await live.adapter.upload(place_of(shop), File(name=name, data=data, title="Costs"), key=name)
        await live.adapter.upload(place_of(shop), File(name="empty.txt", data=b""), key="empty")

        pictures = [each.file.picture for each in telegram.messages(shop) if each.file]
        assert pictures == [False, True, False, False]


async def test_names_are_those_that_telegram_shows_and_ids_where_it_shows_none() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, shop = telegram.person("Alice Miller"), telegram.supergroup("shop")
        await alice.starts()
        assert await live.adapter.name_of(PersonId(alice.key)) == "Alice Miller"
        assert await live.adapter.name_of(PersonId("telegram:1")) == "1"
        assert await live.adapter.channel_name(place_of(shop)) == "shop"
        assert await live.adapter.channel_name(place_of(alice.direct)) == f"D{alice.id}"


async def test_commands_are_offered_by_kind_of_chat_and_set_only_when_they_changed() -> None:
    async with TelegramSimulator() as telegram:
        alice, shop = telegram.person("alice"), telegram.group("shop")
        async with running(telegram):
            await telegram.until(lambda: True if len(telegram.called("setMyCommands")) == 3 else None)
            assert "orchestrate" in [each["command"] for each in telegram.commands_for(alice, shop)]
        set_once = len(telegram.called("setMyCommands"))
        asked_once = len(telegram.called("getMyCommands"))
        async with running(telegram) as live:
            await telegram.until(lambda: True if len(telegram.called("getMyCommands")) == asked_once + 3 else None)
            assert len(telegram.called("setMyCommands")) == set_once
            menu = (
                MenuEntry(name="costs", says="What it costs"),
                MenuEntry(name="whoami", says="You", in_groups=False),
            )
            await offer(live.adapter._calls, menu)
            assert [each["command"] for each in telegram.commands_for(alice, shop)] == ["costs"]
            assert [each["command"] for each in telegram.commands_for(alice, alice.direct)] == ["costs", "whoami"]


async def test_a_call_that_telegram_never_answers_ends_in_time() -> None:
    async with TelegramSimulator() as telegram, running(telegram, call_timeout_s=5.0) as live:
        shop = telegram.group("shop")
        telegram.faults.hold("sendMessage")
        with pytest.raises(OutcomeUnknownError):
            await live.adapter.post(place_of(shop), card(), key="T142:card")
        telegram.faults.clear()


async def test_an_edit_that_breaks_off_may_be_tried_again() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        shop = telegram.group("shop")
        posted = await live.adapter.post(place_of(shop), card(), key="T142:card")
        telegram.faults.reset("editMessageText", after=True)
        with pytest.raises(ChatUnavailableError):
            await live.adapter.edit(posted, card("Done"))
        await live.adapter.edit(posted, card("Done"))
        assert telegram.messages(shop)[0].text.endswith("Done")


async def test_people_who_are_called_are_called_by_name() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice, shop = telegram.person("Alice"), telegram.group("shop")
        called = card(sections=(Text(text="Look at this."),), mentions=(PersonId(alice.key),))
        await live.adapter.post(place_of(shop), called, key="A1:card")
        assert telegram.messages(shop)[0].pieces("text_mention") == ["Alice"]
