"""What the simulated Telegram tells a bot of what people do, and what it keeps to itself."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters, Update
from telegram.error import BadRequest, ChatMigrated

from tests.platforms.telegram.client import Reader, bot_on
from tests.platforms.telegram.places import ANONYMOUS_ADMIN, CHANNEL_SPEAKER
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = pytest.mark.telegram

BUTTONS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Approve", callback_data="t:1"), InlineKeyboardButton("Deny", callback_data="t:2")],
        [InlineKeyboardButton("In private", url="https://t.me/orchestrator_bot?start=link-5001")],
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


def texts(updates: list[Update]) -> list[str | None]:
    return [each.effective_message.text for each in updates if each.effective_message]


async def test_in_groups_a_bot_hears_only_what_is_meant_for_it(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, shop = telegram.person("alice"), telegram.group("shop")
    sent = await bot.send_message(shop.id, "hello")
    await alice.says("what a day", shop)
    await alice.says("/run fix it", shop)
    await alice.says("/run@other_bot fix it", shop)
    await alice.says(f"/run@{telegram.username} fix it", shop)
    await alice.mentions("fix it", shop)
    await alice.replies("yes", await telegram.shows())
    await alice.says("and /tasks", shop)
    heard = texts(await Reader(bot).reads())
    assert heard == [
        "/run fix it",
        f"/run@{telegram.username} fix it",
        f"@{telegram.username} fix it",
        "yes",
        "and /tasks",
    ]
    assert sent.chat.type == "group"


async def test_without_privacy_or_as_administrator_it_hears_all_people_and_no_bot() -> None:
    async with TelegramSimulator(privacy=False) as telegram, bot_on(telegram) as bot:
        alice, other = telegram.person("alice"), telegram.person("other", is_bot=True)
        await alice.says("what a day", telegram.group("shop"))
        await other.says("/run something", telegram.group("shop"))
        assert texts(await Reader(bot).reads()) == ["what a day"]
    async with TelegramSimulator() as telegram, bot_on(telegram) as bot:
        alice, forum = telegram.person("alice"), telegram.forum("api")
        await alice.says("what a day", forum)
        assert texts(await Reader(bot).reads()) == ["what a day"]


async def test_commands_and_mentions_are_marked_where_they_stand(telegram: TelegramSimulator, bot: Bot) -> None:
    await telegram.person("alice").writes("👍 /run see https://example.org @alice")
    [update] = await Reader(bot).reads()
    assert update.message
    found = update.message.parse_entities()
    assert {each.type: text for each, text in found.items()} == {
        MessageEntity.BOT_COMMAND: "/run",
        MessageEntity.URL: "https://example.org",
        MessageEntity.MENTION: "@alice",
    }


async def test_a_pressed_button_is_answered_once_and_in_time(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, reader = telegram.person("alice"), Reader(bot)
    await alice.starts()
    await bot.send_message(alice.id, "Approve?", reply_markup=BUTTONS)
    card = await alice.sees(lambda message: message.text == "Approve?")
    press = await alice.presses("Approve", card)
    [_, update] = await reader.reads()
    assert update.callback_query
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("t:1", alice.id)
    assert update.callback_query.message and update.callback_query.message.message_id == card.id
    await update.callback_query.answer("Approved")
    assert (await telegram.answers(press)).text == "Approved"
    assert not press.alert
    with pytest.raises(BadRequest, match="Query is too old"):
        await update.callback_query.answer("again")
    late = await alice.presses("Deny", card)
    telegram.passes(20)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(late.id)
    assert alice.alerts == ["Approved"]


async def test_an_old_message_comes_without_its_content(telegram: TelegramSimulator, bot: Bot) -> None:
    alice = telegram.person("alice")
    await alice.starts()
    await bot.send_message(alice.id, "Approve?", reply_markup=BUTTONS)
    await alice.presses("Approve", await telegram.shows(), accessible=False)
    update = (await Reader(bot).reads())[-1]
    assert update.callback_query and update.callback_query.message
    assert not update.callback_query.message.is_accessible


async def test_a_link_to_the_bot_starts_it_with_what_the_link_carries(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, shop = telegram.person("alice"), telegram.group("shop")
    await bot.send_message(shop.id, "A question for you", reply_markup=BUTTONS)
    await alice.follows("In private", await telegram.shows())
    [update] = await Reader(bot).reads()
    assert update.message
    assert (update.message.text, update.message.chat.id) == ("/start link-5001", alice.id)
    with pytest.raises(AssertionError, match="opens"):
        await alice.presses("In private", await telegram.shows())


async def test_edits_reactions_and_blocking(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, reader = telegram.person("alice"), Reader(bot, allowed=["message", "edited_message", "my_chat_member"])
    said = await alice.writes("/run fix")
    await alice.edits(said, "/run fix it")
    await alice.reacts("👍", said)
    await alice.blocks()
    await alice.starts()
    [first, edited, blocked, unblocked, started] = await reader.reads()
    assert first.message and first.message.text == "/run fix"
    assert edited.edited_message and edited.edited_message.edit_date and edited.edited_message.text == "/run fix it"
    assert blocked.my_chat_member and blocked.my_chat_member.new_chat_member.status == "kicked"
    assert unblocked.my_chat_member and unblocked.my_chat_member.new_chat_member.status == "member"
    assert started.message and started.message.text == "/start"


async def test_reactions_are_told_to_who_asked_for_them(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, reader = telegram.person("alice"), Reader(bot, allowed=["message", "message_reaction"])
    said = await alice.writes("done?")
    await reader.reads()
    await alice.reacts("👍", said)
    [update] = await reader.reads()
    assert update.message_reaction
    assert [each.to_dict()["emoji"] for each in update.message_reaction.new_reaction] == ["👍"]


async def test_anonymous_administrators_write_in_the_name_of_the_group(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, shop = telegram.person("alice"), telegram.supergroup("shop")
    alice.becomes_admin(shop, anonymous=True)
    await alice.says("/run fix", shop)
    [update] = await Reader(bot).reads()
    assert update.message and update.message.from_user and update.message.sender_chat
    assert (update.message.from_user.id, update.message.sender_chat.id) == (ANONYMOUS_ADMIN, shop.id)
    await bot.send_message(shop.id, "Approve?", reply_markup=BUTTONS)
    await alice.presses("Approve", await telegram.shows())
    pressed = (await Reader(bot).reads())[-1]
    assert pressed.callback_query and pressed.callback_query.from_user.id == alice.id


async def test_channel_posts_have_no_author(telegram: TelegramSimulator, bot: Bot) -> None:
    news = telegram.channel("news")
    await telegram.posts("/run fix", news)
    [update] = await Reader(bot).reads()
    assert update.channel_post and update.channel_post.from_user is None
    assert update.channel_post.sender_chat and update.channel_post.sender_chat.id == news.id


async def test_channels_also_speak_in_groups(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, news, shop = telegram.person("alice"), telegram.channel("news"), telegram.supergroup("shop")
    await telegram.posts("/run fix", news, discussed_in=shop)
    await alice.says("/run test", shop, for_channel=news)
    [_, brought, spoken] = await Reader(bot, allowed=["channel_post", "message"]).reads()
    assert brought.message and brought.message.is_automatic_forward
    assert spoken.message and spoken.message.from_user and spoken.message.from_user.id == CHANNEL_SPEAKER
    for update in (brought, spoken):
        assert update.message and update.message.sender_chat and update.message.sender_chat.id == news.id


async def test_an_edited_post_of_a_channel_is_told(telegram: TelegramSimulator, bot: Bot) -> None:
    post = await telegram.posts("/run fix", telegram.channel("news"))
    await telegram.person("alice").edits(post, "/run fix it")
    update = (await Reader(bot).reads())[-1]
    assert update.edited_channel_post and update.edited_channel_post.text == "/run fix it"


async def test_a_group_that_becomes_a_supergroup_has_a_new_id(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, shop = telegram.person("alice"), telegram.group("shop")
    new = await telegram.migrates(shop, by=alice)
    [old_chat, new_chat] = await Reader(bot).reads()
    assert old_chat.message and old_chat.message.migrate_to_chat_id == new.id
    assert new_chat.message and new_chat.message.migrate_from_chat_id == shop.id
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(shop.id, "x")
    assert caught.value.new_chat_id == new.id
    await bot.send_message(new.id, "x")
    assert telegram.group("shop") is new


async def test_coming_and_going_is_told(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, bob = telegram.person("alice"), telegram.person("bob")
    shop = telegram.group("shop", with_bot=False)
    await telegram.adds_bot(shop, by=alice)
    await bob.leaves(shop)
    await bob.joins(shop)
    await telegram.promotes_bot(shop, "can_pin_messages", by=alice)
    await telegram.removes_bot(shop, by=alice)
    added, greeted, left, joined, promoted, removed = await Reader(bot).reads()
    assert added.my_chat_member and added.my_chat_member.old_chat_member.status == "left"
    assert greeted.message and greeted.message.new_chat_members[0].id == bot.id
    assert left.message and left.message.left_chat_member and left.message.left_chat_member.id == bob.id
    assert joined.message and joined.message.new_chat_members[0].id == bob.id
    assert promoted.my_chat_member and promoted.my_chat_member.new_chat_member.status == "administrator"
    assert removed.my_chat_member and removed.my_chat_member.new_chat_member.status == "kicked"


async def test_topics_of_people(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, forum = telegram.person("alice"), telegram.forum("api")
    topic = await telegram.opens(forum, "Ideas", by=alice)
    await alice.says("/run one", topic)
    await alice.says("/run two", forum)
    await telegram.closes(topic, by=alice)
    created, one, two, closed = await Reader(bot).reads()
    assert created.message and created.message.forum_topic_created
    assert one.message and one.message.is_topic_message and one.message.message_thread_id == topic.id
    assert two.message and two.message.message_thread_id is None
    assert closed.message and closed.message.forum_topic_closed is not None


async def test_outside_of_topics_a_forum_counts_replies_as_any_supergroup(
    telegram: TelegramSimulator, bot: Bot
) -> None:
    alice, forum = telegram.person("alice"), telegram.forum("api")
    said = await alice.says("/run fix", forum)
    answer = await bot.send_message(forum.id, "on it", reply_parameters=ReplyParameters(said.id))
    assert (answer.message_thread_id, answer.is_topic_message) == (said.id, None)
    await alice.replies("thanks", await telegram.shows())
    update = (await Reader(bot).reads())[-1]
    assert update.message and update.message.message_thread_id == said.id and not update.message.is_topic_message


async def test_files_come_with_their_caption(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, shop = telegram.person("alice"), telegram.group("shop")
    await alice.sends_file("log.txt", b"log", shop, caption="/run read this")
    await alice.sends_file("shot.png", b"\x89PNG\r\n\x1a\n", picture=True)
    [document, picture] = await Reader(bot).reads()
    assert document.message and document.message.document and document.message.caption == "/run read this"
    assert picture.message and picture.message.photo


async def test_who_has_no_username_is_mentioned_by_id(telegram: TelegramSimulator, bot: Bot) -> None:
    zoe, shop = telegram.person("Zoe", username=""), telegram.group("shop")
    html = f'<a href="tg://user?id={zoe.id}">Zoe</a>, a question'
    sent = await bot.send_message(shop.id, html, parse_mode="HTML")
    assert sent.entities[0].type == MessageEntity.TEXT_MENTION
    assert sent.entities[0].user and sent.entities[0].user.id == zoe.id
    shown = await telegram.shows()
    assert zoe.is_mentioned_in(shown)
    assert not telegram.person("alice").is_mentioned_in(shown)
    await bot.send_message(shop.id, "@alice, a question")
    assert telegram.person("alice").is_mentioned_in(await telegram.shows())
