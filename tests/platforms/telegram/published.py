"""Telegram's published description of the Bot API, where it is at hand; without it the own rules remain."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, cast

from tests.platforms.telegram.call import Upload
from tests.platforms.telegram.message import Json

FILE = Path(os.environ.get("TELEGRAM_SPEC", Path(__file__).parents[4] / "shared" / "specs" / "telegram" / "api.json"))
_ARRAY = "Array of "


@cache
def methods() -> dict[str, Any]:
    """The description of each method by name; empty when it is not at hand."""
    return _read().get("methods", {})


@cache
def types() -> dict[str, Any]:
    """The description of each type by name."""
    return _read().get("types", {})


def unknown_arguments(method: str, arguments: Json) -> list[str]:
    """Arguments that the method does not have; Telegram ignores them in silence."""
    if method not in methods():
        return []
    known = _fields(methods()[method])
    return [f"unknown parameter {name}" for name in arguments if name not in known]


def argument_problems(method: str, arguments: Json) -> list[str]:
    """What is missing or has the wrong shape."""
    if method not in methods():
        return []
    fields = _fields(methods()[method])
    missing = [f"{name} is missing" for name, each in fields.items() if each["required"] and name not in arguments]
    wrong = [
        problem
        for name, value in arguments.items()
        if name in fields
        for problem in problems(value, fields[name]["types"], path=name, outermost=True)
    ]
    return [*missing, *wrong]


def problems(value: Any, kinds: list[str], *, path: str, outermost: bool = False) -> list[str]:
    """What is wrong with a value that has to be of one of these types; the best of all readings.

    The outermost values may be text, because they come in a form as often as in JSON.
    """
    readings = [_problems_as(value, kind, path=path, outermost=outermost) for kind in kinds]
    return min(readings, key=len) if readings else []


def _problems_as(value: Any, kind: str, *, path: str, outermost: bool) -> list[str]:
    if kind.startswith(_ARRAY):
        if not isinstance(value, list):
            return [f"{path} is not a list"]
        items = cast("list[Any]", value)
        inner = [kind.removeprefix(_ARRAY)]
        return [each for n, item in enumerate(items) for each in problems(item, inner, path=f"{path}[{n}]")]
    if kind in types():
        return _type_problems(value, kind, path=path)
    if kind == "InputFile":
        return [] if isinstance(value, Upload) else [f"{path} is not a file"]
    return [] if _is_simple(value, kind, text=outermost) else [f"{path} is {value!r:.60} and not {kind}"]


def _type_problems(value: Any, kind: str, *, path: str) -> list[str]:
    described = types()[kind]
    if kind == "InputFile":
        return [] if isinstance(value, Upload) else [f"{path} is not a file"]
    if described.get("subtypes"):
        return problems(value, described["subtypes"], path=path)
    if not isinstance(value, dict):
        return [f"{path} is not {kind}"]
    there = cast("Json", value)
    fields = _fields(described)
    unknown = [f"{path}.{name} is no field of {kind}" for name in there if name not in fields]
    missing = [f"{path}.{name} is missing" for name, each in fields.items() if each["required"] and name not in there]
    wrong = [
        problem
        for name, held in there.items()
        if name in fields
        for problem in problems(held, fields[name]["types"], path=f"{path}.{name}")
    ]
    return [*unknown, *missing, *wrong]


def _is_simple(value: Any, kind: str, *, text: bool) -> bool:
    match kind:
        case "Integer":
            if text and isinstance(value, str):
                return value.removeprefix("-").isdecimal()
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) or (text and isinstance(value, str))
        case "Boolean":
            return isinstance(value, bool) or (text and str(value).lower() in {"true", "false", "1", "0"})
        case "String":
            return isinstance(value, str)
        case _:
            return True


def _fields(described: Json) -> dict[str, Any]:
    return {each["name"]: each for each in described.get("fields", [])}


@cache
def _read() -> dict[str, Any]:
    return json.loads(FILE.read_text()) if FILE.exists() else {}
