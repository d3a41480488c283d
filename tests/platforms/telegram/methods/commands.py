"""What the bot says of itself: its commands by scope and language, its name, descriptions and menu button."""

import json
import re

from tests.platforms.telegram.arguments import whole
from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.desk import Desk, Handler
from tests.platforms.telegram.message import Json

_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_ABOUT = {"name": 64, "description": 512, "short_description": 120}
"""The longest of each, in characters."""


def set_my_commands(desk: Desk, arguments: Json) -> bool:
    commands = arguments["commands"]
    if len(commands) > 100:
        raise RefusedError("BOT_COMMANDS_TOO_MUCH", defect=True)
    for each in commands:
        if not _NAME.fullmatch(each["command"].removeprefix("/")):
            raise RefusedError("BOT_COMMAND_INVALID", defect=True)
        if not 1 <= len(each["description"].strip()) <= 256:
            raise RefusedError("BOT_COMMAND_DESCRIPTION_INVALID", defect=True)
    desk.world.commands[_scope(desk, arguments)] = [
        {"command": each["command"].removeprefix("/"), "description": each["description"].strip()} for each in commands
    ]
    return True


def get_my_commands(desk: Desk, arguments: Json) -> list[Json]:
    return desk.world.commands.get(_scope(desk, arguments), [])


def delete_my_commands(desk: Desk, arguments: Json) -> bool:
    desk.world.commands.pop(_scope(desk, arguments), None)
    return True


def scope_key(scope: Json) -> str:
    """How a scope is remembered."""
    return json.dumps(scope, sort_keys=True)


def set_chat_menu_button(desk: Desk, arguments: Json) -> bool:
    desk.world.menu_buttons[whole(arguments, "chat_id")] = arguments.get("menu_button") or {"type": "default"}
    return True


def get_chat_menu_button(desk: Desk, arguments: Json) -> Json:
    return desk.world.menu_buttons.get(whole(arguments, "chat_id"), {"type": "default"})


def _setter(field: str) -> Handler:
    longest = _ABOUT[field]

    def change(desk: Desk, arguments: Json) -> bool:
        value = str(arguments.get(field) or "")
        if len(value) > longest:
            raise RefusedError(f"{field} is too long", defect=True)
        desk.world.about[field, _language(arguments)] = value
        return True

    return change


def _getter(field: str) -> Handler:
    def read(desk: Desk, arguments: Json) -> Json:
        about = desk.world.about
        return {field: about.get((field, _language(arguments)), about.get((field, ""), ""))}

    return read


def _scope(desk: Desk, arguments: Json) -> tuple[str, str]:
    scope: Json = dict(arguments.get("scope") or {"type": "default"})
    if "chat_id" in scope:
        scope["chat_id"] = desk.chat(scope["chat_id"]).id
    return scope_key(scope), _language(arguments)


def _language(arguments: Json) -> str:
    language = str(arguments.get("language_code") or "")
    if not _LANGUAGE.fullmatch(language):
        raise RefusedError("invalid language code specified", defect=True)
    return language


HANDLERS: dict[str, Handler] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
}
