"""Conditions of steps: `complexity != "simple" or include_analyst`, read safely and never an error while work runs.

A condition compares facts of the task and fields of earlier results (`analyse.files`, `test.passed`) with each other or
with texts, numbers and lists of them; `and`, `or`, `not` and parentheses join comparisons. It cannot call, count, join
or repeat anything. What is not there (a skipped step's result, a field left out) counts as empty and false.
"""

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

from simpleeval import EvalWithCompoundTypes, InvalidExpression

from core.domain.errors import InvalidInputError
from core.domain.identity import StepName
from core.domain.task import Complexity, Priority, TaskType
from core.planning.condition_values import MISSING, OPERATORS, field, value

MAX_LENGTH = 500
"""Characters of a condition; what is longer belongs into a role."""
FACTS: Mapping[str, type[StrEnum] | None] = {
    "type": TaskType,
    "complexity": Complexity,
    "priority": Priority,
    "issue": None,
    "include_analyst": None,
    "round": None,
}
"""What may be named besides steps, with the values it can have where they are known."""

_LITERALS = {"true": True, "false": False}
_HINT = 'A condition looks like: complexity != "simple" or include_analyst.'
_READABLE = (
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.BoolOp,
    ast.Compare,
    ast.List,
    ast.Tuple,
    ast.UnaryOp,
    ast.And,
    ast.Or,
    ast.Not,
    ast.Load,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
)


def check(text: str, *, steps: Collection[StepName], fields: Mapping[StepName, Collection[str]] | None = None) -> None:
    """Raise InvalidInputError, saying what is wrong and what may be named, unless `text` is a condition.

    `steps` are those it may name, with `_` for each `-`; `fields` are the fields of their results, where known.
    """
    if not text.strip():
        return
    tree = _tree(text)
    names = {identifier(step): step for step in steps if identifier(step) not in FACTS}
    for node in ast.walk(tree):
        if not isinstance(node, _READABLE):
            raise _refused(text, f"it cannot contain {_called(node)}")
        match node:
            case ast.Name(id=name) if name not in FACTS and name not in names and name not in _LITERALS:
                raise _refused(text, f"{name} is neither a fact nor a step. {_nameable(names)}")
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                _check_field(text, names.get(name), name=name, attribute=attribute, fields=fields or {})
            case ast.Constant(value=constant) if not isinstance(constant, str | int | float | None):
                raise _refused(text, f"it cannot contain {constant!r}")
            case ast.Attribute():
                raise _refused(text, "only a step's field can follow a dot, such as test.passed")
            case ast.Compare(left=left, comparators=others):
                _check_values(text, [left, *others])
            case _:
                pass


def holds(text: str, *, facts: Mapping[str, object], results: Mapping[StepName, Mapping[str, object] | None]) -> bool:
    """Whether the condition `text` is met; '' always is. Never raises, whatever the results contain.

    A text that `check` would refuse counts as met: a step too many is seen, a review left out is not.
    """
    if not text.strip():
        return True
    values = {identifier(name): value(result) for name, result in results.items()}
    values |= {name: value(fact) for name, fact in facts.items()} | _LITERALS
    try:
        return bool(_evaluator(values)(_tree(text)))
    except (InvalidInputError, InvalidExpression, RecursionError):
        return True


def named(text: str) -> frozenset[str]:
    """The facts and steps (as identifiers) that `text` names; none for a text that is no condition."""
    try:
        tree = _tree(text)
    except InvalidInputError:
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)) - _LITERALS.keys()


def identifier(step: str) -> str:
    """How a condition writes the name of `step`."""
    return step.replace("-", "_")


def _tree(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise _refused(text[:40] + "…", f"it has {len(text)} characters, {MAX_LENGTH} are allowed")
    if "\\" in text:
        # The compiler would warn about some of them on standard error.
        raise _refused(text, "it cannot contain backslashes")
    try:
        return ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply or holds odd characters"
        raise _refused(text, f"it cannot be read ({reason})") from error


def _check_field(
    text: str, step: StepName | None, *, name: str, attribute: str, fields: Mapping[StepName, Collection[str]]
) -> None:
    if name in FACTS or name in _LITERALS:
        raise _refused(text, f"{name} has no fields; only a step has")
    if step is not None and step in fields and attribute not in fields[step]:
        raise _refused(text, f"the result of {step} has no {attribute}, only {', '.join(sorted(fields[step]))}")


def _check_values(text: str, compared: Sequence[ast.expr]) -> None:
    """A fact that can only have certain values is compared with no other text."""
    for fact in compared:
        values = FACTS.get(fact.id) if isinstance(fact, ast.Name) else None
        if values is None:
            continue
        for constant in (part for other in compared for part in ast.walk(other) if isinstance(part, ast.Constant)):
            if constant.value not in list(values):
                raise _refused(text, f"{ast.unparse(fact)} is never {constant.value!r}, only {', '.join(values)}")


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call():
            return "calls"
        case ast.BinOp() | ast.operator() | ast.UnaryOp() | ast.unaryop():
            return "arithmetic"
        case _:
            return f"what Python calls {type(node).__name__}"


def _nameable(steps: Mapping[str, StepName]) -> str:
    named_steps = f"steps: {', '.join(sorted(steps))}" if steps else "no steps come before"
    return f"Facts: {', '.join(FACTS)}; {named_steps}"


def _refused(text: str, why: str) -> InvalidInputError:
    return InvalidInputError(f"The condition {text!r} cannot be used: {why}.", hint=_HINT)


def _evaluator(values: Mapping[str, object]) -> Callable[[ast.expr], object]:
    def value_of(node: ast.Name) -> object:
        return values.get(node.id, MISSING)

    def field_of(node: ast.Attribute) -> object:
        return field(value_of(node.value), node.attr) if isinstance(node.value, ast.Name) else MISSING

    # Its types are not written down.
    evaluator = cast("Any", EvalWithCompoundTypes(operators=dict(OPERATORS), functions={}, names={}))
    kept = (ast.BoolOp, ast.Compare, ast.UnaryOp, ast.List, ast.Tuple, ast.Constant)
    nodes = cast("dict[type[ast.AST], Callable[[Any], object]]", evaluator.nodes)
    # The library's own ways to names and attributes reach methods of values; these reach nothing but data.
    evaluator.nodes = {kind: nodes[kind] for kind in kept} | {ast.Name: value_of, ast.Attribute: field_of}
    return lambda tree: evaluator.eval("", previously_parsed=tree)
