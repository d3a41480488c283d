"""What python-telegram-bot gets from the simulated Telegram: messages, edits, files, topics, refusals in its words."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, EndPointNotFound, Forbidden, InvalidToken, RetryAfter

from tests.platforms.telegram.client import bot_on
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = pytest.mark.telegram

PNG = b"\x89PNG\r\n\x1a\n and so on"
CARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Approve", callback_data="t:1", style="success")],
        [InlineKeyboardButton("Open", url="https://example.org/1")],
    ]
)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator(pace=100) as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: TelegramSimulator) -> AsyncIterator[Bot]:
    async with bot_on(telegram) as bot:
        yield bot


async def test_the_bot_knows_its_name_and_its_mode(telegram: TelegramSimulator, bot: Bot) -> None:
    me = await bot.get_me()
    assert me.username == telegram.username
    assert not me.can_read_all_group_messages


async def test_formatted_text_is_read_by_telegrams_own_parser(telegram: TelegramSimulator, bot: Bot) -> None:
    alice = telegram.person("alice")
    await alice.starts()
    html = "<b>Fix</b> <blockquote expandable>a\nb</blockquote><code>/run</code> see /tasks"
    sent = await bot.send_message(alice.id, html, parse_mode="HTML", reply_markup=CARD)
    assert sent.text == "Fix a\nb/run see /tasks"
    seen = await alice.sees(lambda message: "Fix" in message.text)
    assert seen.pieces("bold") == ["Fix"]
    assert seen.pieces("expandable_blockquote") == ["a\nb"]
    assert seen.pieces("bot_command") == ["/tasks"]
    assert seen.labels == ["Approve", "Open"]
    assert [each.style for each in seen.buttons] == ["success", ""]
    markdown = await bot.send_message(alice.id, r"*bold* a\.b", parse_mode="MarkdownV2")
    assert markdown.text == "bold a.b"


async def test_texts_are_stored_without_blank_space_around_them(telegram: TelegramSimulator, bot: Bot) -> None:
    alice = telegram.person("alice")
    await alice.starts()
    sent = await bot.send_message(alice.id, "  \n 👍 <b>yes </b> \n", parse_mode="HTML")
    assert sent.text == "👍 yes"
    assert [(each.offset, each.length) for each in sent.entities] == [(3, 3)]


async def test_an_edit_changes_text_and_buttons_and_says_when_nothing_changed(
    telegram: TelegramSimulator, bot: Bot
) -> None:
    alice = telegram.person("alice")
    await alice.starts()
    sent = await bot.send_message(alice.id, "one", reply_markup=CARD)
    await sent.edit_text("two", reply_markup=CARD)
    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_text("two", reply_markup=CARD)
    await sent.edit_text("two")  # who names no buttons takes them away
    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_reply_markup()
    await sent.edit_reply_markup(CARD)
    shown = await telegram.shows()
    assert (shown.text, shown.edits, shown.before) == ("two", 3, ["one"])
    assert shown.labels == ["Approve", "Open"]


async def test_what_is_gone_or_not_the_bots_cannot_be_edited(telegram: TelegramSimulator, bot: Bot) -> None:
    alice = telegram.person("alice")
    said = await alice.writes("hello")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", alice.id, said.id)
    asked = await bot.send_message(alice.id, "Why?", reply_markup=ForceReply(selective=True))
    assert (await telegram.shows()).asks
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await asked.edit_text("x")
    sent = await bot.send_message(alice.id, "x")
    await alice.deletes(await telegram.shows(lambda message: message.text == "x"))
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await sent.edit_text("y")
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await sent.delete()
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(alice.id, "z", reply_parameters=ReplyParameters(sent.message_id))
    allowed = ReplyParameters(sent.message_id, allow_sending_without_reply=True)
    assert (await bot.send_message(alice.id, "z", reply_parameters=allowed)).reply_to_message is None


async def test_documents_and_pictures_have_captions_and_can_be_downloaded(
    telegram: TelegramSimulator, bot: Bot
) -> None:
    alice = telegram.person("alice")
    await alice.starts()
    sent = await bot.send_document(alice.id, b"all of it", filename="log.txt", caption="<b>Log</b>", parse_mode="HTML")
    assert sent.document
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"all of it"
    again = await bot.send_document(alice.id, sent.document.file_id)
    assert again.document == sent.document
    await sent.edit_caption("Log, whole")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await sent.edit_text("x")
    picture = await bot.send_photo(alice.id, PNG, caption="Costs")
    assert picture.photo
    shown = await telegram.shows(lambda message: message.file is not None and message.file.picture)
    assert shown.file and shown.file.data == PNG
    mine = await alice.sends_file("notes.md", b"# Notes", caption="look")
    assert mine.file
    assert bytes(await (await bot.get_file(mine.file.id)).download_as_bytearray()) == b"# Notes"


async def test_replies_show_what_they_answer_but_not_what_that_answered(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, shop = telegram.person("alice"), telegram.supergroup("shop")
    first = await alice.says("one", shop)
    second = await bot.send_message(shop.id, "two", reply_parameters=ReplyParameters(first.id))
    third = await bot.send_message(shop.id, "three", reply_parameters=ReplyParameters(second.message_id))
    assert second.message_thread_id == third.message_thread_id == first.id
    assert not third.is_topic_message
    assert third.reply_to_message
    assert third.reply_to_message.text == "two"
    assert third.reply_to_message.reply_to_message is None
    assert [each.text for each in telegram.messages(first)] == ["one", "two", "three"]
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(shop.id, "four", message_thread_id=first.id)


async def test_topics_are_opened_renamed_closed_and_written_in(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, forum = telegram.person("alice"), telegram.forum("api")
    created = await bot.create_forum_topic(forum.id, "T1 fix", icon_color=7322096)
    topic = await telegram.opens_topic(forum)
    assert (topic.id, topic.name) == (created.message_thread_id, "T1 fix")
    sent = await bot.send_message(forum.id, "working", message_thread_id=topic.id)
    assert sent.is_topic_message
    assert sent.reply_to_message and sent.reply_to_message.forum_topic_created
    said = await alice.says("and the tests", topic)
    answer = await bot.send_message(forum.id, "yes", reply_parameters=ReplyParameters(said.id))
    assert answer.message_thread_id == topic.id
    assert [each.text for each in telegram.messages(topic)] == ["working", "and the tests", "yes"]
    await bot.edit_forum_topic(forum.id, topic.id, name="T1 fix ✅")
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await bot.edit_forum_topic(forum.id, topic.id, name="T1 fix ✅")
    await bot.close_forum_topic(forum.id, topic.id)
    await telegram.demotes_bot(forum, by=alice)
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.id)
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(forum.id, "T2")
    telegram.deletes_topic(topic)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.id)
    assert (await bot.get_forum_topic_icon_stickers())[0].custom_emoji_id


async def test_private_chats_have_topics_only_where_the_owner_switched_them_on() -> None:
    async with TelegramSimulator(private_topics=True) as telegram, bot_on(telegram) as bot:
        alice = telegram.person("alice")
        await alice.starts()
        created = await bot.create_forum_topic(alice.id, "T1")
        sent = await bot.send_message(alice.id, "x", message_thread_id=created.message_thread_id)
        assert sent.is_topic_message
    async with TelegramSimulator() as telegram, bot_on(telegram) as bot:
        alice = telegram.person("alice")
        await alice.starts()
        with pytest.raises(BadRequest, match="The chat is not a forum"):
            await bot.create_forum_topic(alice.id, "T1")


async def test_the_bot_may_write_only_where_people_let_it(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, shop = telegram.person("alice"), telegram.supergroup("shop")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(99, "x")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(alice.id, "x")
    await alice.starts()
    await bot.send_message(alice.id, "x")
    await alice.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(alice.id, "x")
    await alice.starts("again")
    await bot.send_message(alice.id, "x")
    telegram.mutes_bot(shop)
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(shop.id, "x")
    await telegram.removes_bot(shop, by=alice)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(shop.id, "x")
    with pytest.raises(Forbidden, match="bot can't send messages to bots"):
        await bot.send_message(telegram.person("other", is_bot=True).id, "x")


async def test_members_administrators_and_leaving(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, shop = telegram.person("alice"), telegram.supergroup("shop")
    alice.becomes_admin(shop, anonymous=True)
    assert [each.user.id for each in await bot.get_chat_administrators(shop.id)] == [alice.id]
    assert (await bot.get_chat_member(shop.id, bot.id)).status == "member"
    assert (await bot.get_chat(shop.id)).title == "shop"
    await bot.leave_chat(shop.id)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(shop.id, "x")


async def test_commands_are_kept_by_scope_and_language_and_shown_by_telegrams_order(
    telegram: TelegramSimulator, bot: Bot
) -> None:
    alice, shop = telegram.person("alice", language="de"), telegram.group("shop")
    await bot.set_my_commands([BotCommand("run", "Start work")], scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands([BotCommand("tasks", "All tasks")], scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands([("tasks", "Alle Aufgaben")], scope=BotCommandScopeAllGroupChats(), language_code="de")
    assert [each["description"] for each in telegram.commands_for(alice, alice.direct)] == ["Start work"]
    assert [each["description"] for each in telegram.commands_for(alice, shop)] == ["Alle Aufgaben"]
    await bot.set_my_commands([("costs", "Costs")], scope=BotCommandScopeChat(shop.id))
    assert [each["command"] for each in telegram.commands_for(alice, shop)] == ["costs"]
    assert [each.command for each in await bot.get_my_commands(BotCommandScopeChat(shop.id))] == ["costs"]
    await bot.delete_my_commands(BotCommandScopeChat(shop.id))
    assert await bot.get_my_commands(BotCommandScopeChat(shop.id)) == ()


async def test_reactions_pins_and_signs_of_life(telegram: TelegramSimulator, bot: Bot) -> None:
    alice = telegram.person("alice")
    said = await alice.writes("fix it")
    await bot.set_message_reaction(alice.id, said.id, "👀")
    assert said.reactions == {bot.id: ["👀"]}
    await bot.pin_chat_message(alice.id, said.id)
    assert said.pinned
    assert (await bot.get_chat(alice.id)).pinned_message
    await bot.unpin_chat_message(alice.id)
    assert not said.pinned
    await bot.send_chat_action(alice.id, "typing")
    assert [each.what for each in telegram.world.actions] == ["typing"]


async def test_a_draft_is_seen_until_it_is_sent_or_fades(telegram: TelegramSimulator, bot: Bot) -> None:
    alice = telegram.person("alice")
    await alice.starts()
    await bot.send_message_draft(alice.id, 7, "Thin")
    await bot.send_message_draft(alice.id, 7, "Thinking <b>hard</b>", parse_mode="HTML")
    draft = await telegram.drafts(alice.direct, lambda draft: "hard" in draft.text)
    assert (draft.text, draft.versions) == ("Thinking hard", 2)
    await bot.send_message(alice.id, "Thought.")
    assert alice.draft is None
    await bot.send_message_draft(alice.id, 8, "more")
    telegram.passes(31)
    assert alice.draft is None


async def test_rich_messages_are_there_on_a_new_server_and_unknown_to_an_old_one(
    telegram: TelegramSimulator, bot: Bot
) -> None:
    shop = telegram.supergroup("shop")
    rich = {"html": "<h1>T1</h1><details><summary>Steps</summary><p>a &amp; b</p></details>"}
    sent = await bot.do_api_request("sendRichMessage", api_kwargs={"chat_id": shop.id, "rich_message": rich})
    assert (await telegram.shows()).text == "T1\n\nSteps\n\na & b"
    changed = {"rich_message": {"markdown": "# T1 done"}}
    await bot.edit_message_text("", shop.id, sent["message_id"], api_kwargs=changed)
    assert (await telegram.shows()).text == "# T1 done"
    async with TelegramSimulator(rich=False) as old, bot_on(old) as bot_there:
        api = {"chat_id": old.supergroup("shop").id, "rich_message": rich}
        with pytest.raises(EndPointNotFound):
            await bot_there.do_api_request("sendRichMessage", api_kwargs=api)


async def test_flood_control_counts_messages_and_edits_of_a_chat_and_of_a_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else the library warns of what is to come
    async with TelegramSimulator() as telegram, bot_on(telegram) as bot:
        telegram.stands_still()
        alice, shop = telegram.person("alice"), telegram.group("shop")
        await alice.starts()
        sent = await bot.send_message(alice.id, "1")
        await sent.edit_text("2")
        await sent.edit_text("3")
        with pytest.raises(RetryAfter) as caught:
            await sent.edit_text("4")
        assert caught.value.retry_after == timedelta(seconds=1)
        telegram.passes(1)
        await sent.edit_text("4")
        with pytest.raises(RetryAfter):
            for number in range(40):  # one a second is fine in a chat, and too much in a group
                telegram.passes(1)
                await bot.send_message(shop.id, str(number))
        assert 20 <= len(telegram.messages(shop)) <= 35
        assert [each.method for each in telegram.api.flooded] == ["editMessageText", "sendMessage"]


async def test_a_wrong_token_is_refused(telegram: TelegramSimulator) -> None:
    for token in ("4711:another-token", "nonsense"):
        with pytest.raises(InvalidToken):
            async with Bot(token, base_url=f"{telegram.api_url}/bot"):
                pass


async def test_waiting_ends_with_a_picture_of_what_is_there(telegram: TelegramSimulator) -> None:
    await telegram.person("alice").writes("hello")
    with pytest.raises(AssertionError, match="'hello'"):
        await telegram.shows(within_s=0.01)


async def test_calls_can_come_with_many_at_once(telegram: TelegramSimulator, bot: Bot) -> None:
    shop = telegram.supergroup("shop")
    sent = await asyncio.gather(*(bot.send_message(shop.id, str(number)) for number in range(10)))
    assert sorted(each.message_id for each in sent) == list(range(1, 11))
    assert len(telegram.called("sendMessage")) == 10
