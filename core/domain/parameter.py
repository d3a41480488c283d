"""A template's parameter: its type, its bounds, and reading a value a person gave for it (pure)."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import assert_never, cast

from core.domain.errors import InvalidInputError

MAX_TEXT_LENGTH = 20_000
MAX_LIST_LENGTH = 500
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})", re.ASCII)
_LARGEST = 10**18
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})

Value = str | int | float | bool | tuple[str, ...] | None
"""None: nothing was given for a parameter that may stay empty."""


class ParameterType(StrEnum):
    """What kind of value fits."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One gap's name and what may stand in it."""

    name: str
    type: ParameterType = ParameterType.TEXT
    description: str = ""
    required: bool = False
    default: Value = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    """Of the number; for texts and lists of their length."""
    maximum: float | None = None
    pattern: str = ""
    """Regular expression a text, or each entry of a list, must match as a whole."""

    def problems(self) -> tuple[str, ...]:
        """One sentence for each thing that is wrong with the definition."""
        found: list[str] = []
        if bool(self.choices) != (self.type is ParameterType.CHOICE):
            found.append(f"parameter {self.name}: choices belong to type: choice, and it needs them.")
        if self.type in {ParameterType.BOOLEAN, ParameterType.CHOICE} and (self.minimum, self.maximum) != (None, None):
            found.append(f"parameter {self.name}: a {self.type.value} has no minimum or maximum.")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            found.append(f"parameter {self.name}: the minimum is above the maximum.")
        found += self._pattern_problems()
        if self.required and self.default is not None:
            found.append(f"parameter {self.name}: it is required and has a default; leave one of them out.")
        if not found and self.default is not None:
            found += self._default_problems()
        return tuple(found)

    def _pattern_problems(self) -> list[str]:
        if not self.pattern:
            return []
        if self.type not in {ParameterType.TEXT, ParameterType.LIST}:
            return [f"parameter {self.name}: a pattern belongs to a text or a list."]
        try:
            re.compile(self.pattern)
        except re.error as error:
            return [f"parameter {self.name}: the pattern is not a regular expression: {error}."]
        return []

    def _default_problems(self) -> list[str]:
        try:
            read_value(self, self.default)
        except InvalidInputError as error:
            return [f"parameter {self.name}: its default does not fit: {error.message}"]
        return []


def read_value(parameter: Parameter, given: object) -> Value:
    """`given` as a value of `parameter`; InvalidInputError says in a sentence why not.

    None means the default, '' or nothing but blanks that it is left empty on purpose.
    """
    if given is None:
        given = parameter.default
    if _is_empty(given):
        if parameter.required:
            raise InvalidInputError(f"{parameter.name} is missing{_about(parameter)}.")
        return None
    value = _READERS[parameter.type](parameter, given)
    _check_bounds(parameter, value)
    return value


def shown_value(value: Value) -> str:
    """`value` as it stands in a request: yes and no for booleans, lists with commas."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.12g}" if abs(value) < 1e12 else f"{value:.0f}"
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)


def meant(name: str, known: Iterable[str]) -> str:
    """` Did you mean …?` with the nearest of `known`, else what is known."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    if near:
        return f" Did you mean {near[0]}?"
    return f" Known here: {', '.join(names)}." if names else ""


def _is_empty(given: object) -> bool:
    if isinstance(given, str):
        # a list of nothing but commas has no entries
        return not given.strip(" \t\r\n,") if "," in given else not given.strip()
    return given is None or given in ((), [])


def _about(parameter: Parameter) -> str:
    return f" ({parameter.description.strip().rstrip('.')})" if parameter.description.strip() else ""


def _text(parameter: Parameter, given: object) -> Value:
    text = _as_text(parameter, given)
    if len(text) > MAX_TEXT_LENGTH:
        raise InvalidInputError(f"{parameter.name} is longer than {MAX_TEXT_LENGTH:,} characters.")
    return _matching(parameter, text)


def _integer(parameter: Parameter, given: object) -> Value:
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) < _LARGEST:
        return given
    if isinstance(given, str) and _INTEGER.fullmatch(given.strip()):
        return int(given)
    raise InvalidInputError(f"{parameter.name} must be a whole number{_not(given)}.")


def _number(parameter: Parameter, given: object) -> Value:
    if isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given):
        return float(given)
    if isinstance(given, str) and _NUMBER.fullmatch(given.strip()):
        return float(given)
    raise InvalidInputError(f"{parameter.name} must be a number{_not(given)}.")


def _boolean(parameter: Parameter, given: object) -> Value:
    if isinstance(given, bool):
        return given
    word = given.strip().lower() if isinstance(given, str) else ""
    if word in _YES | _NO:
        return word in _YES
    raise InvalidInputError(f"{parameter.name} must be yes or no{_not(given)}.")


def _choice(parameter: Parameter, given: object) -> Value:
    text = _as_text(parameter, given)
    if text in parameter.choices:
        return text
    raise InvalidInputError(f"{parameter.name} must be one of {', '.join(parameter.choices)}{_not(text)}.")


def _list(parameter: Parameter, given: object) -> Value:
    if isinstance(given, str):
        entries: list[object] = list(given.split(","))
    elif isinstance(given, Sequence):
        entries = list(cast("Sequence[object]", given))
    else:
        raise InvalidInputError(f"{parameter.name} must be a list, with commas between its entries{_not(given)}.")
    if len(entries) > MAX_LIST_LENGTH:
        raise InvalidInputError(f"{parameter.name} has more than {MAX_LIST_LENGTH} entries.")
    texts = [_as_text(parameter, entry).strip() for entry in entries]
    return tuple(_matching(parameter, text) for text in texts if text)


def _as_text(parameter: Parameter, given: object) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, int | float) and not isinstance(given, bool):
        return shown_value(given)
    raise InvalidInputError(f"{parameter.name} must be one text{_not(given)}.")


def _matching(parameter: Parameter, text: str) -> str:
    if parameter.pattern and not re.fullmatch(parameter.pattern, text):
        # people are told what is meant; the pattern itself only where nobody has said it in words
        meaning = parameter.description.strip().rstrip(".")
        fitting = f"be: {meaning}" if meaning else f"look like {parameter.pattern}"
        raise InvalidInputError(f"{parameter.name} must {fitting}{_not(text)}.")
    return text


def _not(given: object) -> str:
    if not isinstance(given, str | int | float):
        return ""
    shown = repr(given)
    return f", not {shown}" if len(shown) <= 60 else ""


def _check_bounds(parameter: Parameter, value: Value) -> None:
    match value:
        case bool() | None:
            return
        case int() | float():
            size, what = value, ""
        case str():
            size, what = len(value), " characters"
        case tuple():
            size, what = len(value), " entries"
        case _:
            assert_never(value)
    if parameter.minimum is not None and size < parameter.minimum:
        raise InvalidInputError(f"{parameter.name} must be at least {shown_value(parameter.minimum)}{what}.")
    if parameter.maximum is not None and size > parameter.maximum:
        raise InvalidInputError(f"{parameter.name} must be at most {shown_value(parameter.maximum)}{what}.")


_READERS: Mapping[ParameterType, Callable[[Parameter, object], Value]] = {
    ParameterType.TEXT: _text,
    ParameterType.INTEGER: _integer,
    ParameterType.NUMBER: _number,
    ParameterType.BOOLEAN: _boolean,
    ParameterType.CHOICE: _choice,
    ParameterType.LIST: _list,
}
