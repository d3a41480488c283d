"""Nested tables before they are checked: which values they hold, where to put one, where one came from."""

from collections.abc import Mapping
from typing import cast

from config.documents import Location, dotted


def leaves(tree: Mapping[str, object], *, above: str = "") -> list[str]:
    """The dotted keys of every value in `tree`."""
    found: list[str] = []
    for key, value in tree.items():
        name = f"{above}{key}"
        if isinstance(value, dict):
            found += leaves(cast("dict[str, object]", value), above=f"{name}.")
        else:
            found.append(name)
    return found


def placed(tree: dict[str, object], location: Location, value: object) -> bool:
    """Put `value` at `location`, making tables on the way; False where something else than a table is in the way."""
    table = tree
    for key in location[:-1]:
        below = table.setdefault(str(key), {})
        if not isinstance(below, dict):
            return False
        table = cast("dict[str, object]", below)
    table[str(location[-1])] = value
    return True


def origin_of(location: Location, *, sources: Mapping[str, str], file: str) -> str:
    """What brought the value at `location`, or the table around it, or what is below it; `file` when nothing did."""
    for length in range(len(location), 0, -1):
        found = sources.get(dotted(location[:length]))
        if found:
            return found
    below = [source for key, source in sources.items() if key.startswith(f"{dotted(location)}.")]
    return file if file in below or not below else below[0]
