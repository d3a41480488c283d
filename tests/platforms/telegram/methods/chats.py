"""getChat and its like: who is where, who runs it, files to download, and the bot leaving."""

from tests.platforms.telegram.arguments import flag, whole
from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.desk import Desk, Handler
from tests.platforms.telegram.limits import DOWNLOAD_BYTES
from tests.platforms.telegram.message import Json
from tests.platforms.telegram.payloads import full_chat_of, member_of, user_of
from tests.platforms.telegram.places import BOT_ID


def get_me(desk: Desk, _: Json) -> Json:
    return user_of(desk.world.accounts[BOT_ID]) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not desk.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": desk.private_topics,
        "allows_users_to_create_topics": desk.private_topics,
    }


def get_chat(desk: Desk, arguments: Json) -> Json:
    return full_chat_of(desk.chat(arguments.get("chat_id")), desk.world)


def get_chat_member(desk: Desk, arguments: Json) -> Json:
    chat = desk.chat(arguments.get("chat_id"))
    account = desk.world.accounts.get(whole(arguments, "user_id"))
    if account is None:
        raise RefusedError("PARTICIPANT_ID_INVALID")
    return member_of(account, chat.member(account.id))


def get_chat_administrators(desk: Desk, arguments: Json) -> list[Json]:
    chat = desk.chat(arguments.get("chat_id"))
    if chat.private:
        raise RefusedError("there are no administrators in the private chat")
    bots = flag(arguments, "return_bots")
    there = [(desk.world.accounts[each], member) for each, member in chat.members.items() if member.admin]
    return [member_of(who, how) for who, how in there if bots or not who.is_bot or who.id == BOT_ID]


def get_chat_member_count(desk: Desk, arguments: Json) -> int:
    chat = desk.chat(arguments.get("chat_id"))
    return sum(1 for each in chat.members.values() if each.inside)


def leave_chat(desk: Desk, arguments: Json) -> bool:
    chat = desk.chat(arguments.get("chat_id"))
    if chat.private:
        raise RefusedError("chat is a private chat", defect=True)
    chat.bot.status = "left"
    desk.world.bell.ring()
    return True


def get_file(desk: Desk, arguments: Json) -> Json:
    file = desk.world.files.get(str(arguments["file_id"]))
    if file is None:
        raise RefusedError("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > DOWNLOAD_BYTES:
        raise RefusedError("file is too big")
    shown: Json = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.data)}
    return shown | {"file_path": file.path}


HANDLERS: dict[str, Handler] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "getFile": get_file,
}
