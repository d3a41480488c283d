"""The app's commands: listed, made, replaced all at once; a command keeps its id as long as its name."""

from collections.abc import Iterator
from typing import Any

from tests.platforms.discord.call import Answer, Call, Desk, Handler, RefusedError, malformed, unknown
from tests.platforms.discord.world import APPLICATION

_SLASH, _GROUPS = 1, (1, 2)
_MOST = {1: 100, 2: 5, 3: 5}
"""Commands of each kind in one scope: typed, on a person, on a message."""
_CHARACTERS = 8000
"""Names, descriptions and values of one command: docs.discord.com/developers/interactions/application-commands."""


def _list(desk: Desk, call: Call) -> Answer:
    return list(_scope(desk, call).values())


def _overwrite(desk: Desk, call: Call) -> Answer:
    scope = _scope(desk, call)
    known = {(each["name"], each["type"]): each for each in scope.values()}
    made = [_made(desk, call, given, known) for given in call.body or ()]
    _check_many(made)
    scope.clear()
    scope.update({each["id"]: each for each in made})
    desk.world.bell.ring()
    return made


def _create(desk: Desk, call: Call) -> Answer:
    scope = _scope(desk, call)
    made = _made(desk, call, call.given, {(each["name"], each["type"]): each for each in scope.values()})
    _check_many([*(each for each in scope.values() if each["id"] != made["id"]), made])
    scope[made["id"]] = made
    desk.world.bell.ring()
    return made


def _get(desk: Desk, call: Call) -> Answer:
    return _found(desk, call)


def _edit(desk: Desk, call: Call) -> Answer:
    command = _found(desk, call)
    changed = command | call.given
    _check(changed)
    command.update(changed | {"version": desk.world.ids.new()})
    desk.world.bell.ring()
    return command


def _delete(desk: Desk, call: Call) -> Answer:
    del _scope(desk, call)[_found(desk, call)["id"]]
    desk.world.bell.ring()
    return None


def _made(
    desk: Desk, call: Call, given: dict[str, Any], known: dict[tuple[str, int], dict[str, Any]]
) -> dict[str, Any]:
    _check(given)
    kind = int(given.get("type") or _SLASH)
    before = known.get((given["name"], kind), {})
    command: dict[str, Any] = {
        "id": before.get("id") or desk.world.ids.new(),
        "application_id": APPLICATION,
        "version": desk.world.ids.new(),
        "default_member_permissions": None,
        "type": kind,
        "description": "",
        "options": [],
        "nsfw": False,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
    }
    command |= {name: value for name, value in given.items() if value is not None and name != "id"}
    return command | ({"guild_id": call.arguments["guild_id"]} if "guild_id" in call.arguments else {})


def _check(command: dict[str, Any]) -> None:
    if int(command.get("type") or _SLASH) == _SLASH:
        problems = [] if command.get("description") else ["description: This field is required"]
        problems += list(_option_problems(command.get("options") or [], "options"))
        if command["name"] != command["name"].lower() or " " in command["name"]:
            problems.append("name: Is lower case and one word")
        if _length(command) > _CHARACTERS:
            problems.append(f": Command exceeds maximum size ({_CHARACTERS})")
    else:
        problems = ["description: Is not allowed here"] if command.get("description") else []
    if problems:
        raise malformed(*problems)


def _option_problems(options: list[dict[str, Any]], path: str) -> Iterator[str]:
    names = [each["name"] for each in options]
    if len(set(names)) < len(names):
        yield f"{path}: Option names must be unique"
    needed = [bool(each.get("required")) for each in options]
    if needed != sorted(needed, reverse=True):
        yield f"{path}: Required options must be placed before non-required options"
    groups = [each["type"] in _GROUPS for each in options]
    if any(groups) and not all(groups):
        yield f"{path}: Subcommands and options cannot stand side by side"
    for number, each in enumerate(options):
        if each.get("autocomplete") and each.get("choices"):
            yield f"{path}.{number}: Has either choices or autocomplete"
        yield from _option_problems(each.get("options") or [], f"{path}.{number}.options")


def _length(part: dict[str, Any]) -> int:
    own = sum(len(str(part.get(name) or "")) for name in ("name", "description", "value"))
    return own + sum(_length(each) for name in ("options", "choices") for each in part.get(name) or ())


def _check_many(commands: list[dict[str, Any]]) -> None:
    for kind, most in _MOST.items():
        names = [each["name"] for each in commands if each["type"] == kind]
        if len(names) > most:
            raise RefusedError(30032, "Maximum number of application commands reached", defect=True)
        if len(set(names)) < len(names):
            raise malformed(": Application command names must be unique")


def _scope(desk: Desk, call: Call) -> dict[str, dict[str, Any]]:
    if call.arguments["application_id"] != APPLICATION:
        raise RefusedError(20012, "You are not authorized to perform this action on this application", status=403)
    guild = desk.guild(call.arguments["guild_id"]).id if "guild_id" in call.arguments else ""
    return desk.world.commands.setdefault(guild, {})


def _found(desk: Desk, call: Call) -> dict[str, Any]:
    command = _scope(desk, call).get(call.arguments["command_id"])
    if command is None:
        raise unknown("application command", 10063)
    return command


_HANDLERS: dict[str, Handler] = {
    "list": _list,
    "overwrite": _overwrite,
    "create": _create,
    "get": _get,
    "edit": _edit,
    "delete": _delete,
}
HANDLERS: dict[str, Handler] = {
    f"{prefix}.{name}": handler for prefix in ("commands", "guild_commands") for name, handler in _HANDLERS.items()
}
