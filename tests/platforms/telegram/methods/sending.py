"""sendMessage and its like: a new message of the bot, in a topic, as a reply, with buttons, with a file."""

from typing import Any

from tests.platforms.telegram import rich
from tests.platforms.telegram.arguments import flag, whole
from tests.platforms.telegram.call import RefusedError, Upload
from tests.platforms.telegram.desk import Desk, Handler
from tests.platforms.telegram.limits import check_file, markup_of, text_of
from tests.platforms.telegram.message import Json, Message, SharedFile
from tests.platforms.telegram.payloads import message_of
from tests.platforms.telegram.places import BOT_ID, Chat
from tests.platforms.telegram.world import Action, Draft

_ACTION_NAMES = """
    typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker
    find_location record_video_note upload_video_note
"""
_ACTIONS = frozenset(_ACTION_NAMES.split())


def send_message(desk: Desk, arguments: Json) -> Json:
    chat = desk.writable(arguments.get("chat_id"))
    text, entities = text_of(arguments)
    preview: Json = arguments.get("link_preview_options") or {}
    return _posted(desk, chat, arguments, text=text, entities=entities, preview=preview)


def send_rich_message(desk: Desk, arguments: Json) -> Json:
    chat = desk.writable(arguments.get("chat_id"))
    source = arguments["rich_message"]
    return _posted(desk, chat, arguments, text=rich.words_of(source), rich=source)


def send_document(desk: Desk, arguments: Json) -> Json:
    return _send_file(desk, arguments, "document")


def send_photo(desk: Desk, arguments: Json) -> Json:
    return _send_file(desk, arguments, "photo")


def send_message_draft(desk: Desk, arguments: Json) -> bool:
    text, entities = text_of(arguments, may_be_empty=True)
    return _draft(desk, arguments, text=text, entities=entities)


def send_rich_message_draft(desk: Desk, arguments: Json) -> bool:
    source = arguments["rich_message"]
    return _draft(desk, arguments, text=rich.words_of(source, draft=True), entities=[], source=source)


def send_chat_action(desk: Desk, arguments: Json) -> bool:
    chat = desk.writable(arguments.get("chat_id"))
    if arguments["action"] not in _ACTIONS:
        raise RefusedError("wrong parameter action in request", defect=True)
    if chat.kind == "channel":
        raise RefusedError("chat actions can't be sent to channels", defect=True)
    thread = whole(arguments, "message_thread_id")
    if thread:
        desk.topic(chat, thread)
    action = Action(chat=chat.id, thread=thread, what=arguments["action"], at=desk.world.now())
    desk.world.actions.append(action)
    desk.world.bell.ring()
    return True


def _send_file(desk: Desk, arguments: Json, kind: str) -> Json:
    chat = desk.writable(arguments.get("chat_id"))
    text, entities = text_of(arguments, caption=True)
    file = _file(desk, arguments[kind], picture=kind == "photo")
    return _posted(desk, chat, arguments, text=text, entities=entities, file=file)


def _file(desk: Desk, given: Any, *, picture: bool) -> SharedFile:
    if not isinstance(given, Upload):
        if given not in desk.world.files:
            raise RefusedError("wrong file identifier/HTTP URL specified", defect=True)
        return desk.world.files[given]
    check_file(given, picture=picture)
    number = desk.world.number()
    file = SharedFile(id=f"file{number}", name=given.name, data=given.data, mime_type=given.mime_type, picture=picture)
    desk.world.files[file.id] = file
    return file


def _posted(desk: Desk, chat: Chat, arguments: Json, **content: Any) -> Json:
    """Put a message of the bot into the chat, where the call says."""
    thread = whole(arguments, "message_thread_id")
    markup = markup_of(arguments)
    reply_to, quote = _reply(desk, chat, arguments)
    if thread:
        topic = desk.topic(chat, thread)
        if topic.closed and not chat.bot.admin and not chat.private:
            raise RefusedError("TOPIC_CLOSED")
    in_topic = bool(thread)
    if reply_to is not None and not in_topic:
        thread, in_topic = chat.thread_of_reply(reply_to.id, thread=reply_to.thread, in_topic=reply_to.in_topic)
    message = Message(
        chat=chat.id,
        id=desk.world.new_message_id(chat),
        sender=0 if chat.kind == "channel" else BOT_ID,
        as_chat=chat.id if chat.kind == "channel" else 0,
        at=int(desk.world.now()),
        by_app=True,
        markup=markup,
        thread=thread,
        in_topic=in_topic,
        reply_to=reply_to,
        quote=quote,
        silent=flag(arguments, "disable_notification"),
        **content,
    )
    return message_of(desk.world.keep(message), desk.world)


def _reply(desk: Desk, chat: Chat, arguments: Json) -> tuple[Message | None, str]:
    given = arguments.get("reply_parameters")
    if given is None:
        return None, ""
    target = desk.world.find(chat.id, int(given["message_id"]))
    if target is None:
        if given.get("allow_sending_without_reply"):
            return None, ""
        raise RefusedError("message to be replied not found")
    quote = str(given.get("quote", ""))
    if quote and quote not in target.text:
        raise RefusedError("QUOTE_TEXT_INVALID")
    return target, quote


def _draft(desk: Desk, arguments: Json, *, text: str, entities: list[Json], source: Json | None = None) -> bool:
    chat = desk.writable(arguments.get("chat_id"))
    number, thread = whole(arguments, "draft_id"), whole(arguments, "message_thread_id")
    if not chat.private:
        raise RefusedError("drafts can be sent only to private chats", defect=True)
    if not number:
        raise RefusedError("draft_id must be non-zero", defect=True)
    if thread:
        desk.topic(chat, thread)
    key, now = (chat.id, number), desk.world.now()
    before = desk.world.drafts.pop(key, None)
    versions = before.versions + 1 if before else 1
    desk.world.drafts[key] = Draft(
        chat=chat.id, id=number, thread=thread, text=text, at=now, entities=entities, rich=source, versions=versions
    )
    desk.world.bell.ring()
    return True


HANDLERS: dict[str, Handler] = {
    "sendMessage": send_message,
    "sendRichMessage": send_rich_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendMessageDraft": send_message_draft,
    "sendRichMessageDraft": send_rich_message_draft,
    "sendChatAction": send_chat_action,
}
