"""What the simulated Telegram tells and answers has the shape Telegram publishes."""

from typing import Any

import pytest
from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters

from tests.platforms.telegram.client import Reader, bot_on
from tests.platforms.telegram.published import methods, problems
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = [
    pytest.mark.telegram,
    pytest.mark.skipif(not methods(), reason="Telegram's published description is not at hand"),
]

BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Approve", callback_data="t:1", style="success")]])


async def test_everything_that_happens_has_the_published_shape() -> None:
    async with TelegramSimulator(pace=100, privacy=False) as telegram, bot_on(telegram) as bot:
        reader = Reader(bot, allowed=["message_reaction", "chat_member", *ORDINARY])
        await reader.reads()
        await everything_happens(telegram, bot)
        told = telegram.updates.told
    assert {each.kind for each in told} == {"message_reaction", "chat_member", *ORDINARY}
    for update in told:
        assert problems(update.payload, ["Update"], path=update.kind) == []


async def test_every_answer_has_the_published_shape() -> None:
    async with TelegramSimulator(pace=100, private_topics=True) as telegram, bot_on(telegram) as bot:
        await everything_is_called(telegram, bot)
        answered = {each.method: each for each in telegram.calls if each.answer["ok"]}
    assert telegram.api.handled <= answered.keys() | {"getUpdates"}
    for name, call in answered.items():
        assert problems(call.result, methods()[name]["returns"], path=name) == [], name


ORDINARY = ["message", "edited_message", "channel_post", "callback_query", "my_chat_member"]


async def everything_happens(telegram: TelegramSimulator, bot: Bot) -> None:
    """One of each kind of happening."""
    alice, bob = telegram.person("alice"), telegram.person("bob", username="")
    shop, forum = telegram.group("shop"), telegram.forum("api")
    said = await alice.starts("link")
    await alice.edits(said, "/start other")
    await alice.reacts("👍", said)
    await bot.send_message(alice.id, "Approve?", reply_markup=BUTTONS)
    card = await telegram.shows()
    await alice.presses("Approve", card)
    await alice.presses("Approve", card, accessible=False)
    await alice.replies("yes", card)
    await bot.send_message(shop.id, f'<a href="tg://user?id={bob.id}">bob</a>', parse_mode="HTML")
    await alice.replies("yes", await telegram.shows(in_=shop))
    topic = await telegram.opens(forum, "Ideas", by=alice)
    bob.becomes_admin(forum, anonymous=True)
    await bob.says("in the name of the group", topic)
    await telegram.closes(topic, by=alice)
    await telegram.reopens(topic, by=alice)
    await bob.leaves(forum)
    await bob.joins(forum)
    await alice.sends_file("a.txt", b"a", caption="look")
    await alice.sends_file("a.png", b"a", picture=True)
    await telegram.posts("news", telegram.channel("news"))
    await telegram.migrates(shop, by=alice)
    await telegram.removes_bot(forum, by=alice)
    await telegram.adds_bot(forum, by=alice)
    await telegram.promotes_bot(forum, "can_manage_topics", by=alice)
    await alice.blocks()


async def everything_is_called(telegram: TelegramSimulator, bot: Bot) -> None:
    """One successful call of each method."""
    alice, forum = telegram.person("alice"), telegram.forum("api")
    said = await alice.writes("hello")
    rich: dict[str, Any] = {"rich_message": {"html": "<p>x</p>"}}
    await about_the_bot(bot)
    sent = await bot.send_message(alice.id, "x", reply_parameters=ReplyParameters(said.id), reply_markup=BUTTONS)
    press = await alice.presses("Approve", await telegram.shows())
    await bot.answer_callback_query(press.id, "ok", url=f"https://t.me/{telegram.username}?start=x")
    await sent.edit_text("y")
    await sent.edit_reply_markup(BUTTONS)
    await sent.pin()
    await bot.get_chat(alice.id)
    await sent.unpin()
    await bot.set_message_reaction(alice.id, said.id, "👍")
    await bot.send_message(alice.id, "Why?", reply_markup=ForceReply())
    file = await bot.send_document(alice.id, b"x", filename="x.txt", caption="x")
    await file.edit_caption("y")
    assert file.document
    await bot.get_file(file.document.file_id)
    await bot.send_photo(alice.id, b"\x89PNG\r\n\x1a\n", caption="x")
    await bot.do_api_request("sendRichMessage", api_kwargs={"chat_id": alice.id, **rich})
    await bot.do_api_request("sendRichMessageDraft", api_kwargs={"chat_id": alice.id, "draft_id": 1, **rich})
    await bot.send_message_draft(alice.id, 2, "x")
    await bot.send_chat_action(alice.id, "typing")
    topic = await bot.create_forum_topic(forum.id, "T1")
    await bot.edit_forum_topic(forum.id, topic.message_thread_id, name="T2")
    await bot.close_forum_topic(forum.id, topic.message_thread_id)
    await bot.reopen_forum_topic(forum.id, topic.message_thread_id)
    await bot.delete_forum_topic(forum.id, topic.message_thread_id)
    await bot.get_forum_topic_icon_stickers()
    await bot.get_chat(forum.id)
    await bot.get_chat_member(forum.id, alice.id)
    await bot.get_chat_member_count(forum.id)
    await bot.get_chat_administrators(forum.id)
    await sent.delete()
    await bot.delete_messages(alice.id, [file.message_id])
    await bot.leave_chat(forum.id)


async def about_the_bot(bot: Bot) -> None:
    await bot.set_webhook("https://bot.example.org/hook")
    await bot.get_webhook_info()
    await bot.delete_webhook()
    await bot.set_my_commands([("run", "Run")])
    await bot.get_my_commands()
    await bot.delete_my_commands()
    await bot.set_my_name("Orchestrator")
    await bot.get_my_name()
    await bot.set_my_description("x")
    await bot.get_my_description()
    await bot.set_my_short_description("x")
    await bot.get_my_short_description()
    await bot.set_chat_menu_button()
    await bot.get_chat_menu_button()
