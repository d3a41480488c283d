"""Slack's published descriptions of methods and blocks, where they are at hand; without them the own rules remain."""

import json
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from jsonschema.exceptions import best_match

FOLDER = Path(os.environ.get("SLACK_SPECS", Path(__file__).parents[4] / "shared" / "specs" / "slack"))

_LISTED = ("enum", "minimum", "maximum", "maxItems", "minItems", "items")


@cache
def methods() -> dict[str, Any]:
    """The description of each method; empty when it is not at hand."""
    return _read("methods.json")


@cache
def definitions() -> dict[str, Any]:
    """The schemas of blocks, views and chunks by name; empty when they are not at hand."""
    return _read("blocks.schema.json").get("definitions", {})


def argument_problems(method: str, arguments: dict[str, Any]) -> list[str]:
    """What the published schema says against the values of `arguments`; their names are checked elsewhere."""
    properties = methods().get(method, {}).get("args", {}).get("properties", {})
    return [
        f"{name}: {problem}"
        for name, value in arguments.items()
        if name in properties and (problem := _value_problem(properties[name], value))
    ]


def block_problem(block: Any) -> str:
    """What the published schema says against a block; '' when it is fine or the schema is not at hand."""
    return _named_problem("KnownBlock", _written(block))


def chunk_problem(chunk: Any) -> str:
    """The same for a chunk of a stream."""
    return _named_problem("AnyChunk", _written(chunk))


def view_problem(view: Any) -> str:
    """The same for a view; its blocks are checked one by one besides."""
    return _named_problem("View", _written(view))


def _value_problem(schema: dict[str, Any], value: Any) -> str:
    listed = {key: schema[key] for key in _LISTED if key in schema and key != "items"}
    items = schema.get("items", {})
    if isinstance(value, list) and "type" in items:
        listed["items"] = {key: items[key] for key in ("type", "minLength", "maxLength") if key in items}
    if isinstance(value, str) and "enum" not in listed:
        return ""
    return _first_problem(Draft7Validator(listed), value)


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@lru_cache(maxsize=4096)
def _named_problem(union: str, text: str) -> str:
    """Remembered, because a card that is edited all the time has the same blocks but one or two."""
    if not definitions():
        return ""
    kinds, value = _by_type(union), json.loads(text)
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in kinds:
        return f"unsupported type: {kind}"
    return _first_problem(kinds[kind], value)


def _first_problem(validator: Draft7Validator, value: Any) -> str:
    problem: ValidationError | None = best_match(validator.iter_errors(value))
    return "" if problem is None else f"{problem.json_path}: {problem.message[:300]}"


@cache
def _by_type(union: str) -> dict[str, Draft7Validator]:
    """A validator for each `type` that `union` allows: faster than trying all, and it names the right problem."""
    every = definitions()
    if not every:
        return {}
    names = [choice["$ref"].rpartition("/")[2] for choice in every[union]["anyOf"]]
    return {
        _type_of(every[name]): Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": every})
        for name in names
    }


def _type_of(definition: dict[str, Any]) -> str:
    """What `type` says in values of this definition; its variants say the same."""
    variant = definition if "properties" in definition else definition["anyOf"][0]
    return variant["properties"]["type"]["const"]


def _read(name: str) -> dict[str, Any]:
    path = FOLDER / name
    return json.loads(path.read_text()) if path.exists() else {}
