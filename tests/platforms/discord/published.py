"""Discord's published description of its HTTP API, where it is at hand; without it the own rules remain."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

FILE = Path(
    os.environ.get("DISCORD_SPECS", Path(__file__).parents[4] / "shared" / "specs" / "discord" / "openapi.json")
)
_UNIONS = ("oneOf", "anyOf")
_UNDESCRIBED: dict[str, Any] = {"use_nested_fields": {}}
"""Sent by discord.py with a forum post, and taken by Discord, which does not describe it."""
_TAKEN = frozenset(("nsfw", "tts", "type"))
"""Fields that discord.py sends in places where the description leaves them out."""
_BODIES = ("application/json", "multipart/form-data")


@cache
def description() -> dict[str, Any]:
    """All of it; empty when it is not at hand."""
    if not FILE.exists():
        return {}
    everything = json.loads(FILE.read_text())
    # it says text, and both the API and every library know numbers, too
    everything["components"]["schemas"]["SnowflakeType"]["type"] = ["string", "integer"]
    return everything


def is_described(verb: str, path: str) -> bool:
    """Whether the call is in it."""
    return verb.lower() in description().get("paths", {}).get(path, {})


def body_problem(verb: str, path: str, body: Any) -> str:
    """What it says against a body, as `path: words`; '' when that is fine or nothing is at hand."""
    return _first_problem(verb, path, body, strict=False)


def unknown_field(verb: str, path: str, body: Any) -> str:
    """A field that Discord would pass over in silence, as `path: words`: misspelt, or in the wrong place."""
    return _first_problem(verb, path, body, strict=True)


def _first_problem(verb: str, path: str, body: Any, *, strict: bool) -> str:
    content = _operation(verb, path).get("requestBody", {}).get("content", {})
    kind = next((each for each in _BODIES if each in content), "")
    if not kind:
        return "" if not body or not description() else f": {verb} {path} takes no body"
    validator = _validator(verb, path, kind, strict)
    problem = next(iter(validator.iter_errors({} if body is None else body)), None)
    return "" if problem is None else f"{'.'.join(map(str, problem.absolute_path))}: {problem.message[:300]}"


def answer_problem(verb: str, path: str, answer: Any) -> str:
    """What it says against an answer of ours, so that the app hears what it would hear from Discord."""
    answers = _operation(verb, path).get("responses", {})
    schemas = [answers[code]["content"][_BODIES[0]]["schema"] for code in answers if "content" in answers[code]]
    if answer is None and "204" in answers:
        return ""
    if not schemas:
        return "" if answer is None or not description() else f": {verb} {path} has no answer"
    problem = next(iter(_of(schemas[0]).iter_errors(answer)), None)
    return "" if problem is None else f"{'.'.join(map(str, problem.absolute_path))}: {problem.message[:300]}"


def query_problems(verb: str, path: str, query: dict[str, str]) -> list[str]:
    """What it says against the names and values after the question mark."""
    if not description():
        return []
    known = {
        each["name"]: each["schema"] for each in _operation(verb, path).get("parameters", ()) if each["in"] == "query"
    }
    problems = [f"{name}: there is no such parameter" for name in query if name not in known | _UNDESCRIBED]
    for name, schema in known.items():
        if name in query and not any(_of(schema).is_valid(each) for each in _meanings(query[name])):
            problems.append(f"{name}: {query[name]} is not valid")
    return problems


def _operation(verb: str, path: str) -> dict[str, Any]:
    return description().get("paths", {}).get(path, {}).get(verb.lower(), {})


@cache
def _validator(verb: str, path: str, kind: str, strict: bool) -> Any:
    return _of(_operation(verb, path)["requestBody"]["content"][kind]["schema"], _Strict if strict else _Validator)


def _of(schema: dict[str, Any], validator: Any = None) -> Any:
    return (validator or _Validator)({**schema, "components": description()["components"]})


def _meanings(text: str) -> list[Any]:
    """What a value in a query can stand for; libraries write 1 for true."""
    truths: list[Any] = [{"true": True, "false": False, "1": True, "0": False}.get(text.lower(), text)]
    return [*truths, text, *([int(text)] if text.isdecimal() else [])]


def _by_type(validator: Any, union: list[Any], instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Of a union of components only the one of the same `type`: faster than all, and it names the right problem."""
    number = instance.get("type") if isinstance(instance, dict) else None
    kinds = _kinds(tuple(each.get("$ref", "") for each in union))
    if kinds and isinstance(number, int):
        if number in kinds:
            yield from validator.descend(instance, {"$ref": kinds[number]})
        else:
            yield ValidationError(f"type {number} is none of {sorted(kinds)}")
        return
    keyword = "oneOf" if schema.get("oneOf") is union else "anyOf"
    yield from Draft202012Validator.VALIDATORS[keyword](validator, union, instance, schema)


def _known_only(validator: Any, properties: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict) and "additionalProperties" not in schema:
        unknown = sorted(instance.keys() - properties.keys() - _TAKEN)
        yield from (ValidationError(f"there is no field {each!r}") for each in unknown)
    yield from Draft202012Validator.VALIDATORS["properties"](validator, properties, instance, schema)


@cache
def _kinds(references: tuple[str, ...]) -> dict[int, str]:
    """By `type`, the schemas that a union is made of; empty when it is not that sort of union."""
    kinds: dict[int, str] = {}
    for reference in references:
        name = reference.rpartition("/")[2]
        numbers = description()["components"]["schemas"].get(name, {}).get("properties", {}).get("type", {}).get("enum")
        if not numbers:
            return {}
        kinds |= dict.fromkeys(numbers, reference)
    return kinds


_Validator: Any = validators.extend(Draft202012Validator, dict.fromkeys(_UNIONS, _by_type))
_Strict: Any = validators.extend(_Validator, {"properties": _known_only})
