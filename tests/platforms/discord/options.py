"""A typed command as Discord sends it: found among the app's own, its options checked and wrapped as they nest."""

from typing import Any

from tests.platforms.discord.payloads import channel_of, user_of
from tests.platforms.discord.world import World

Json = dict[str, Any]
_SUBCOMMAND, _GROUP = 1, 2
_BOT_DIRECT = 1
_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _NUMBER = 3, 4, 5, 6, 7, 10
_PYTHON: dict[int, tuple[type, ...]] = {
    _STRING: (str,),
    _INTEGER: (int,),
    _BOOLEAN: (bool,),
    _USER: (str,),
    _CHANNEL: (str,),
    _NUMBER: (int, float),
}


def command_named(world: World, name: str, *, guild: str, kind: int = 1) -> Json:
    """The command of this name, that of the guild before that of everywhere; AssertionError when people have none."""
    for scope in (guild, ""):
        for command in world.commands.get(scope, {}).values():
            if command["name"] == name and command["type"] == kind and (guild or _is_direct(command)):
                return command
    names = [each["name"] for scope in world.commands.values() for each in scope.values()]
    raise AssertionError(f"there is no command {name!r}, there are {names}")


def _is_direct(command: Json) -> bool:
    """Whether people have it in the conversation with the app."""
    contexts = command.get("contexts")
    return bool(command.get("dm_permission", True)) if contexts is None else _BOT_DIRECT in contexts


def typed(
    world: World, line: str, values: dict[str, Any], *, guild: str, focused: tuple[str, str] | None = None
) -> Json:
    """The data of `/orchestrate run` with these values; `focused` is the option that is being typed, with the text."""
    name, *path = line.removeprefix("/").split()
    command = command_named(world, name, guild=guild)
    leaf = command
    for step in path:
        found = [each for each in leaf.get("options") or () if each["name"] == step and each["type"] in (1, 2)]
        assert found, f"/{name} has no {step!r}: {[each['name'] for each in leaf.get('options') or ()]}"
        leaf = found[0]
    assert not any(each["type"] in (_SUBCOMMAND, _GROUP) for each in leaf.get("options") or ()), f"{line} goes on"
    resolved: dict[str, Json] = {}
    options = _given(world, leaf, values, resolved, complete=focused is None)
    if focused is not None:
        options.append(_focused(leaf, *focused))
    for step in reversed(path):
        options = [{"name": step, "type": _kind_of(command, path, step), "options": options}]
    data: Json = {"id": command["id"], "name": name, "type": 1, "options": options}
    data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
    return data | ({"resolved": resolved} if resolved else {})


def _given(
    world: World, leaf: Json, values: dict[str, Any], resolved: dict[str, Json], *, complete: bool
) -> list[Json]:
    declared = {each["name"]: each for each in leaf.get("options") or ()}
    unknown = values.keys() - declared.keys()
    assert not unknown, f"{leaf['name']} has no options {sorted(unknown)}, it has {sorted(declared)}"
    missing = [name for name, each in declared.items() if each.get("required") and name not in values]
    assert not (complete and missing), f"{leaf['name']} needs {missing}: nobody can send it like that"
    return [_option(world, declared[name], value, resolved) for name, value in values.items()]


def _option(world: World, option: Json, value: Any, resolved: dict[str, Json]) -> Json:
    kind, name = int(option["type"]), option["name"]
    assert isinstance(value, _PYTHON[kind]), f"{name} takes {_PYTHON[kind]}, not {value!r}"
    choices = [each["value"] for each in option.get("choices") or ()]
    assert not choices or value in choices, f"{name} is one of {choices}, not {value!r}"
    if kind == _STRING:
        least, most = option.get("min_length") or 0, option.get("max_length") or 6000
        assert least <= len(value) <= most, f"{name} has {least} to {most} characters"
    if kind in (_INTEGER, _NUMBER):
        least, most = option.get("min_value"), option.get("max_value")
        assert (least is None or value >= least) and (most is None or value <= most), f"{name}: {value} is out of range"
    if kind == _USER:
        resolved.setdefault("users", {})[value] = user_of(world.accounts[value])
    if kind == _CHANNEL:
        resolved.setdefault("channels", {})[value] = channel_of(world, world.channels[value])
    return {"name": name, "type": kind, "value": value}


def _focused(leaf: Json, name: str, text: str) -> Json:
    option = next((each for each in leaf.get("options") or () if each["name"] == name), None)
    assert option is not None, f"{leaf['name']} has no option {name!r}"
    assert option.get("autocomplete"), f"{name} does not suggest anything"
    return {"name": name, "type": option["type"], "value": text, "focused": True}


def _kind_of(command: Json, path: list[str], step: str) -> int:
    """Whether a step of the path is a group or a subcommand."""
    node = command
    for each in path:
        node = next(child for child in node["options"] if child["name"] == each)
        if each == step:
            break
    return int(node["type"])
