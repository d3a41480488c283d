"""How people, chats and messages look in Telegram's answers and updates."""

from tests.platforms.telegram.message import Json, Message, SharedFile, units
from tests.platforms.telegram.places import RIGHTS, Account, Chat, Member, Topic
from tests.platforms.telegram.world import World


def user_of(account: Account) -> Json:
    """A person or a bot as the author of something."""
    shown: Json = {"id": account.id, "is_bot": account.is_bot, "first_name": account.name}
    shown |= {"username": account.username} if account.username else {}
    return shown if account.is_bot else shown | {"language_code": account.language}


def chat_of(chat: Chat, world: World) -> Json:
    """A chat as in messages."""
    shown: Json = {"id": chat.id, "type": chat.kind}
    if chat.private:
        account = world.accounts[chat.id]
        shown |= {"first_name": account.name} | ({"username": account.username} if account.username else {})
        return shown
    shown["title"] = chat.title
    shown |= {"username": chat.username} if chat.username else {}
    return shown | ({"is_forum": True} if chat.forum else {})


def full_chat_of(chat: Chat, world: World) -> Json:
    """A chat as getChat shows it."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    shown = chat_of(chat, world) | {
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    pinned = [each for each in world.shown() if each.chat == chat.id and each.pinned]
    return shown | ({"pinned_message": message_of(pinned[-1], world)} if pinned else {})


def message_of(message: Message, world: World, *, within: bool = False) -> Json:
    """A message as in updates and answers; `within` another one it shows no message it replies to."""
    chat = world.chats[message.chat]
    shown: Json = {"message_id": message.id, "date": message.at, "chat": chat_of(chat, world)}
    if message.sender:
        shown["from"] = user_of(world.accounts[message.sender])
    if message.as_chat:
        shown["sender_chat"] = chat_of(world.chats[message.as_chat], world)
    shown |= _where(message)
    if not within and (other := _replied_to(message, world)) is not None:
        shown["reply_to_message"] = message_of(other, world, within=True)
    if message.quote:
        shown["quote"] = {"text": message.quote, "position": 0, "is_manual": True}
    shown |= {"is_automatic_forward": True} if message.brought else {}
    shown |= {"edit_date": message.edited_at} if message.edited_at else {}
    shown |= _content(message, world)
    if message.markup and "inline_keyboard" in message.markup:
        shown["reply_markup"] = message.markup
    return shown | ({"link_preview_options": message.preview} if message.preview else {}) | message.service


def reference_to(message: Message, world: World, *, accessible: bool = True) -> Json:
    """The message under a pressed button; one that is too old is shown without its content."""
    if accessible:
        return message_of(message, world)
    return {"message_id": message.id, "date": 0, "chat": chat_of(world.chats[message.chat], world)}


def member_of(account: Account, member: Member) -> Json:
    """How somebody stands in a chat."""
    shown: Json = {"status": member.status, "user": user_of(account)}
    match member.status:
        case "creator":
            return shown | {"is_anonymous": member.anonymous}
        case "administrator":
            rights = {right: right in member.rights for right in sorted(RIGHTS)} | {"can_manage_chat": True}
            return shown | {"can_be_edited": False, "is_anonymous": member.anonymous} | rights
        case "kicked":
            return shown | {"until_date": 0}
        case _:
            return shown


def topic_of(topic: Topic) -> Json:
    """A topic as createForumTopic answers."""
    shown: Json = {"message_thread_id": topic.id, "name": topic.name, "icon_color": topic.color}
    return shown | ({"icon_custom_emoji_id": topic.emoji} if topic.emoji else {})


def file_of(file: SharedFile) -> Json:
    """A document as in messages."""
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_name": file.name,
        "mime_type": file.mime_type,
        "file_size": len(file.data),
    }


def picture_of(file: SharedFile) -> list[Json]:
    """A picture as in messages: the sizes there are."""
    shown = {"file_id": file.id, "file_unique_id": file.unique_id, "width": 1280, "height": 720}
    return [shown | {"file_size": len(file.data)}]


def _where(message: Message) -> Json:
    shown: Json = {"message_thread_id": message.thread} if message.thread else {}
    return shown | ({"is_topic_message": True} if message.in_topic else {})


def _replied_to(message: Message, world: World) -> Message | None:
    """What it answers; in a topic a message that answers nothing refers to the one that opened the topic."""
    if message.reply_to is not None:
        return None if message.reply_to.deleted else message.reply_to
    return world.find(message.chat, message.thread) if message.in_topic and message.id != message.thread else None


def _content(message: Message, world: World) -> Json:
    if message.rich is not None:
        return {"rich_message": {"blocks": [{"type": "paragraph", "text": each} for each in _blocks(message.text)]}}
    entities = [_entity(each, world) for each in message.entities]
    if message.file is None:
        shown: Json = {"text": message.text} if message.text else {}
        return shown | ({"entities": entities} if entities else {})
    shown = {"photo": picture_of(message.file)} if message.file.picture else {"document": file_of(message.file)}
    shown |= {"caption": message.text} if message.text else {}
    return shown | ({"caption_entities": entities} if entities else {})


def _blocks(text: str) -> list[str]:
    return [each for each in text.split("\n\n") if units(each.strip())]


def _entity(entity: Json, world: World) -> Json:
    account = world.accounts.get(entity["user"]["id"]) if "user" in entity else None
    return entity | ({"user": user_of(account)} if account else {})
