"""Tables that are added to a settings file: which are missing, and the text with them at its end."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from bot.first_settings import toml_key
from core.domain.errors import ConflictError

Path = tuple[str, ...]
"""Where a table stands, key by key."""
Tables = Mapping[Path, str]
"""Where a table stands → its lines."""


def missing(wanted: Tables, *, text: str) -> dict[Path, str]:
    """Those of `wanted` that the settings in `text` do not have yet."""
    tree = tomllib.loads(text)
    return {where: lines for where, lines in wanted.items() if not _there(tree, where)}


def extended(text: str, more: Tables) -> str:
    """The settings in `text` with the tables of `more` at their end; ConflictError when that would be no TOML."""
    new = "\n".join([text.rstrip("\n") + "\n" if text.strip() else "", *more.values()]).lstrip("\n")
    try:
        tomllib.loads(new)
    except tomllib.TOMLDecodeError as error:
        raise ConflictError(
            "The settings are written in a way that cannot be added to, and stay as they are.",
            hint="Add the lines by hand: without --yes they are printed.",
        ) from error
    return new


def table(where: Path, lines: Sequence[str]) -> str:
    """One table as TOML."""
    return "\n".join([f"[{heading(where)}]", *lines, ""])


def heading(where: Path) -> str:
    """Where a table stands, as TOML writes it: `projects.shop.chat`."""
    return ".".join(map(toml_key, where))


def one(key: str, value: str, *, such_as: str) -> str:
    """A line with a list of one value, or an empty one that shows what goes there."""
    return f"{key} = {json.dumps([value])}" if value else f"{key} = []  # such as {json.dumps([such_as])}"


def added(where: Path, key: str, value: str, *, to: Sequence[str]) -> Sequence[str]:
    """What to change by hand so that `value` is among `to`; () when it is, or there is none."""
    return (f"[{heading(where)}] {key} = {json.dumps([*to, value])}",) if value and value not in to else ()


def chat_table(project: str) -> Path:
    """Where a project's channels stand."""
    return ("projects", project, "chat")


def _there(tree: Mapping[str, object], where: Path) -> bool:
    table: Any = tree
    for key in where:
        if not isinstance(table, dict) or key not in table:
            return False
        table = cast("dict[str, Any]", table)[key]
    return True
