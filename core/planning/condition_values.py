"""What conditions work with: facts and fields of results as closed values, and comparisons that never fail."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is not there: false, and equal to whatever is empty."""

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A list or table of a result, closed to the evaluator: only the operators below look inside."""

    content: Sequence[object] | Mapping[str, object]

    def __bool__(self) -> bool:
        return bool(self.content)


MISSING = Missing()


def value(found: object) -> object:
    """`found` as conditions see it; what is no JSON counts as missing."""
    match found:
        case str() | bool() | int() | float():
            return found
        case list() | tuple() | dict():
            return Data(content=cast("Sequence[object] | Mapping[str, object]", found))
        case _:
            return MISSING


def field(table: object, name: str) -> object:
    """Field `name` of a result; missing when there is none."""
    if isinstance(table, Data) and isinstance(table.content, Mapping):
        return value(table.content.get(name))
    return MISSING


def _bare(value: object) -> object:
    return value.content if isinstance(value, Data) else value


def _equal(left: object, right: object) -> bool:
    if isinstance(left, Missing) or isinstance(right, Missing):
        return not left and not right
    try:
        return bool(_bare(left) == _bare(right))
    except RecursionError:
        return False


def _unequal(left: object, right: object) -> bool:
    return not _equal(left, right)


def _in(item: object, container: object) -> bool:
    bare = _bare(container)
    match bare:
        case str() | dict():
            return isinstance(item, str) and item in cast("str | dict[str, object]", bare)
        case list() | tuple():
            return any(_equal(value(one), item) for one in cast("Sequence[object]", bare))
        case _:
            return False


def _not_in(item: object, container: object) -> bool:
    return not _in(item, container)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[object, object], bool]:
    def ordered(left: object, right: object) -> bool:
        texts = isinstance(left, str) and isinstance(right, str)
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        return (texts or numbers) and compare(left, right)

    return ordered


OPERATORS: Mapping[type[ast.AST], Callable[..., bool]] = {
    ast.Not: operator.not_,
    ast.Eq: _equal,
    ast.NotEq: _unequal,
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: _in,
    ast.NotIn: _not_in,
}
"""All that joins or compares values; anything else a text could hold is refused."""
