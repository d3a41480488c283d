"""Changing what stands: text, caption, buttons, reactions, pins; and taking messages back."""

from typing import Any

from telegram.constants import ReactionEmoji

from tests.platforms.telegram import rich
from tests.platforms.telegram.arguments import whole
from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.desk import ME_MAY_NOT, Desk, Handler
from tests.platforms.telegram.limits import markup_of, text_of
from tests.platforms.telegram.message import Json, Message
from tests.platforms.telegram.payloads import message_of
from tests.platforms.telegram.places import BOT_ID, Chat

OLDEST_DELETED_S = 48 * 3600.0
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
_EMOJIS = frozenset(each.value for each in ReactionEmoji)


def edit_message_text(desk: Desk, arguments: Json) -> Json:
    _, message = _target(desk, arguments)
    if message.file is not None:
        raise RefusedError("there is no text in the message to edit")
    source = arguments.get("rich_message") if desk.rich else None
    if source is not None:
        return _change(desk, arguments, message, text=rich.words_of(source), entities=[], rich=source)
    text, entities = text_of(arguments)
    return _change(desk, arguments, message, text=text, entities=entities, rich=None)


def edit_message_caption(desk: Desk, arguments: Json) -> Json:
    _, message = _target(desk, arguments)
    if message.file is None:
        raise RefusedError("there is no caption in the message to edit")
    text, entities = text_of(arguments, caption=True)
    return _change(desk, arguments, message, text=text, entities=entities)


def edit_message_reply_markup(desk: Desk, arguments: Json) -> Json:
    _, message = _target(desk, arguments)
    return _change(desk, arguments, message)


def delete_message(desk: Desk, arguments: Json) -> bool:
    chat = desk.chat(arguments.get("chat_id"))
    message = desk.world.find(chat.id, whole(arguments, "message_id"))
    if message is None:
        raise RefusedError("message to delete not found")
    _delete(desk, chat, message)
    return True


def delete_messages(desk: Desk, arguments: Json) -> bool:
    chat = desk.chat(arguments.get("chat_id"))
    numbers = arguments["message_ids"]
    if not 1 <= len(numbers) <= 100:
        raise RefusedError("too many message identifiers specified", defect=True)
    for message in [found for each in numbers if (found := desk.world.find(chat.id, each))]:
        _delete(desk, chat, message)
    return True


def set_message_reaction(desk: Desk, arguments: Json) -> bool:
    chat = desk.chat(arguments.get("chat_id"))
    message = desk.world.find(chat.id, whole(arguments, "message_id"))
    if message is None:
        raise RefusedError("message to react not found")
    reactions: list[Json] = arguments.get("reaction") or []
    emojis = [str(each.get("emoji", "")) for each in reactions]
    if len(emojis) > 1:
        raise RefusedError("REACTIONS_TOO_MANY", defect=True)
    if not _EMOJIS.issuperset(emojis):
        raise RefusedError("REACTION_INVALID", defect=True)
    message.reactions[BOT_ID] = emojis
    desk.world.bell.ring()
    return True


def pin_chat_message(desk: Desk, arguments: Json) -> bool:
    return _pin(desk, arguments, pinned=True)


def unpin_chat_message(desk: Desk, arguments: Json) -> bool:
    return _pin(desk, arguments, pinned=False)


def _target(desk: Desk, arguments: Json) -> tuple[Chat, Message]:
    if not arguments.get("message_id"):
        raise RefusedError("message identifier is not specified", defect=True)
    chat = desk.writable(arguments.get("chat_id"))
    return chat, desk.own_message(chat, whole(arguments, "message_id"))


def _change(desk: Desk, arguments: Json, message: Message, **content: Any) -> Json:
    """Give the message new content and buttons; whoever names no buttons takes them away."""
    content["markup"] = markup_of(arguments, inline_only=True)
    if all(getattr(message, name) == value for name, value in content.items()):
        raise RefusedError(_SAME)
    if content.get("text", message.text) != message.text:
        message.before.append(message.text)
    for name, value in content.items():
        setattr(message, name, value)
    message.edits += 1
    message.edited_at = int(desk.world.now())
    desk.world.bell.ring()
    return message_of(message, desk.world)


def _delete(desk: Desk, chat: Chat, message: Message) -> None:
    may = message.by_app or chat.private or chat.bot.may("can_delete_messages")
    if not may or "forum_topic_created" in message.service:
        raise RefusedError("message can't be deleted")
    if desk.world.now() - message.at > OLDEST_DELETED_S and not chat.bot.may("can_delete_messages"):
        raise RefusedError("message can't be deleted for everyone")
    message.deleted = True
    desk.world.bell.ring()


def _pin(desk: Desk, arguments: Json, *, pinned: bool) -> bool:
    chat = desk.writable(arguments.get("chat_id"))
    if not (chat.private or chat.bot.may("can_pin_messages")):
        raise RefusedError(f"{ME_MAY_NOT} to manage pinned messages in the chat")
    given = whole(arguments, "message_id")
    there = [each for each in desk.world.shown() if each.chat == chat.id and (each.pinned or each.id == given)]
    message = desk.world.find(chat.id, given) if given else (there[-1] if there else None)
    if message is None:
        raise RefusedError(f"message to {'pin' if pinned else 'unpin'} not found")
    message.pinned = pinned
    desk.world.bell.ring()
    return True


HANDLERS: dict[str, Handler] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
}
