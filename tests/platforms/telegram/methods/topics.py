"""Topics of forums, and of private chats where the bot has them: opened, renamed, closed, deleted."""

from tests.platforms.telegram.arguments import whole
from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.desk import ME_MAY_NOT, Desk, Handler
from tests.platforms.telegram.message import Json, Message
from tests.platforms.telegram.payloads import topic_of
from tests.platforms.telegram.places import BOT_ID, Chat, Topic
from tests.platforms.telegram.world import World

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
ICONS = {
    "5434144690511290129": "📰",
    "5237699328843200968": "✅",
    "5379748062124056162": "❗️",
    "5312016608254762256": "⚡️",
}
"""Custom emojis a topic may carry, some of them."""


def create_forum_topic(desk: Desk, arguments: Json) -> Json:
    chat = _forum(desk, arguments)
    color = whole(arguments, "icon_color") or COLORS[0]
    if color not in COLORS:
        raise RefusedError("TOPIC_ICON_COLOR_INVALID", defect=True)
    topic = opened(desk.world, chat, name=_name(arguments), by=BOT_ID, color=color, emoji=_emoji(arguments))
    return topic_of(topic)


def edit_forum_topic(desk: Desk, arguments: Json) -> bool:
    chat, topic = _own_topic(desk, arguments)
    changes: Json = {}
    if (name := _name(arguments, required=False)) and name != topic.name:
        changes["name"], topic.name = name, name
    if "icon_custom_emoji_id" in arguments and (emoji := _emoji(arguments)) != topic.emoji:
        changes["icon_custom_emoji_id"], topic.emoji = emoji, emoji
    if not changes:
        raise RefusedError("TOPIC_NOT_MODIFIED")
    noted(desk.world, chat, topic, {"forum_topic_edited": changes}, by=BOT_ID)
    return True


def close_forum_topic(desk: Desk, arguments: Json) -> bool:
    return _set_closed(desk, arguments, closed=True)


def reopen_forum_topic(desk: Desk, arguments: Json) -> bool:
    return _set_closed(desk, arguments, closed=False)


def delete_forum_topic(desk: Desk, arguments: Json) -> bool:
    chat = _forum(desk, arguments, right="can_delete_messages")
    topic = desk.topic(chat, whole(arguments, "message_thread_id"))
    topic.deleted = True
    for message in list(desk.world.shown()):
        if message.chat == chat.id and message.thread == topic.id:
            message.deleted = True
    desk.world.bell.ring()
    return True


def get_forum_topic_icon_stickers(_: Desk, __: Json) -> list[Json]:
    return [
        {
            "file_id": f"icon{emoji}",
            "file_unique_id": f"u{emoji}",
            "type": "custom_emoji",
            "width": 100,
            "height": 100,
            "is_animated": True,
            "is_video": False,
            "emoji": shown,
            "set_name": "Topics",
            "custom_emoji_id": emoji,
        }
        for emoji, shown in ICONS.items()
    ]


def opened(world: World, chat: Chat, *, name: str, by: int, color: int = COLORS[0], emoji: str = "") -> Topic:
    """A new topic with the message that says so."""
    number = world.new_message_id(chat)
    topic = Topic(chat=chat.id, id=number, name=name, color=color, emoji=emoji, opened_by=by)
    chat.topics[number] = topic
    shown: Json = {"name": name, "icon_color": color} | ({"icon_custom_emoji_id": emoji} if emoji else {})
    noted(world, chat, topic, {"forum_topic_created": shown}, by=by, number=number)
    return topic


def noted(world: World, chat: Chat, topic: Topic, what: Json, *, by: int, number: int = 0) -> Message:
    """A service message in a topic."""
    message = Message(
        chat=chat.id,
        id=number or world.new_message_id(chat),
        sender=by,
        at=int(world.now()),
        by_app=by == BOT_ID,
        thread=topic.id,
        in_topic=True,
        service=what,
    )
    return world.keep(message)


def _set_closed(desk: Desk, arguments: Json, *, closed: bool) -> bool:
    chat, topic = _own_topic(desk, arguments)
    if topic.closed == closed:
        raise RefusedError("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    noted(desk.world, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}}, by=BOT_ID)
    return True


def _own_topic(desk: Desk, arguments: Json) -> tuple[Chat, Topic]:
    """A topic the bot may change: its own, or any with the right to manage topics."""
    chat = _forum(desk, arguments, right="")
    topic = desk.topic(chat, whole(arguments, "message_thread_id"))
    if not (chat.private or topic.opened_by == BOT_ID or chat.bot.may("can_manage_topics")):
        raise RefusedError(f"{ME_MAY_NOT} to manage the topic")
    return chat, topic


def _forum(desk: Desk, arguments: Json, *, right: str = "can_manage_topics") -> Chat:
    chat = desk.writable(arguments.get("chat_id"))
    if not desk.has_topics(chat):
        raise RefusedError("the chat is not a forum")
    if right and not chat.private and not chat.bot.may(right):
        raise RefusedError(f"{ME_MAY_NOT} to create a topic")
    return chat


def _name(arguments: Json, *, required: bool = True) -> str:
    name = str(arguments.get("name") or "").strip()
    if len(name) > 128 or (required and not name):
        raise RefusedError("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG", defect=True)
    return name


def _emoji(arguments: Json) -> str:
    emoji = str(arguments.get("icon_custom_emoji_id") or "")
    if emoji and emoji not in ICONS:
        raise RefusedError("DOCUMENT_INVALID", defect=True)
    return emoji


HANDLERS: dict[str, Handler] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
    "getForumTopicIconStickers": get_forum_topic_icon_stickers,
}
