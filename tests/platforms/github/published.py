"""Holds requests and answers against what GitHub publishes of its operations."""

import re
from typing import Any, cast

from jsonschema import Draft202012Validator

from tests.platforms.github import described

Json = dict[str, Any]
MAY_BE_GONE = ("head.repo: ", "head.user: ")
"""A fork that was deleted leaves nothing here, which the description does not know."""


def request_problems(method: str, template: str, *, query: dict[str, str], body: Any) -> list[str]:
    """What is wrong with a request, by the description."""
    operation = described.operation(method, template)
    if operation is None:
        return [f"{method} {template} is not described"]
    known = {each["name"]: each for each in operation["parameters"]}
    unknown = [f"unknown parameter {name}" for name in query if name not in known]
    wrong = [
        f"{name}: {problem}"
        for name, value in query.items()
        if name in known
        for problem in _problems(_typed(value, known[name]["schema"]), known[name]["schema"])
    ]
    return [f"{method} {template}: {each}" for each in [*unknown, *wrong, *_body_problems(operation, body)]]


def answer_problems(method: str, template: str, *, status: int, body: Any) -> list[str]:
    """What is wrong with an answer of ours, by the description."""
    schema = answer_schema(method, template, status=status)
    if schema is None:
        return []
    problems = [each for each in _problems(body, schema) if not each.startswith(MAY_BE_GONE)]
    return [f"answer of {method} {template}: {each}" for each in problems]


def answer_schema(method: str, template: str, *, status: int) -> Json | None:
    """What an answer has to look like; None when that is not described."""
    operation = described.operation(method, template) if 200 <= status < 300 else None
    return operation["answer"] if operation is not None else None


def completed(value: Any, schema: Json) -> Any:
    """`value` with every field that GitHub always sends: what nobody here looks at holds the plainest thing allowed."""
    schema = _chosen(value, schema)
    if isinstance(value, list):
        return [completed(each, schema.get("items", {})) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("Json", value)
    known: Json = schema.get("properties", {})
    there = {name: completed(each, known.get(name, {})) for name, each in fields.items()}
    return {name: plainest(known.get(name, {})) for name in schema.get("required", []) if name not in there} | there


def plainest(schema: Json) -> Any:
    """The least thing that fits."""
    if any(each.get("type") == "null" for each in schema.get("anyOf", [])):
        return None
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return plainest(schema[several][0])
    if "allOf" in schema:
        return plainest(_merged(schema))
    match schema.get("type"):
        case "object":
            return completed({}, schema)
        case "array":
            return [plainest(schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
        case "string":
            return {"date-time": "2026-01-01T00:00:00Z", "uri": "https://example.invalid/"}.get(
                schema.get("format", ""), "x"
            )
        case "integer" | "number":
            return max(1, schema.get("minimum", 0))
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return {}


def _chosen(value: Any, schema: Json) -> Json:
    """One of several schemas: the one that knows most of the fields that are there."""
    if "allOf" in schema:
        schema = _merged(schema)
    choices: list[Json] = [each for key in ("oneOf", "anyOf") for each in schema.get(key, [])]
    if isinstance(value, list):
        return next((each for each in choices if each.get("type") == "array"), schema)
    if not choices or not isinstance(value, dict):
        return schema
    names = set(cast("Json", value))
    return max(
        (_chosen(value, each) for each in choices), key=lambda each: len(names & set(each.get("properties", {})))
    )


def _merged(schema: Json) -> Json:
    merged: Json = {"type": "object", "properties": {}, "required": []}
    for part in schema["allOf"]:
        merged["properties"] |= part.get("properties", {})
        merged["required"] = [*merged["required"], *part.get("required", [])]
    return merged


def _body_problems(operation: Json, body: Any) -> list[str]:
    schema = operation["body"]
    if schema is None or body is None:
        return [] if body is None else ["it takes no body"]
    unknown = [f"unknown field {name}" for name in body if name not in schema.get("properties", {})]
    return [*(unknown if "properties" in schema else []), *_problems(body, schema)]


def _problems(value: Any, schema: Json) -> list[str]:
    found = Draft202012Validator(schema).iter_errors(value)
    return [f"{'.'.join(map(str, each.absolute_path))}: {each.message[:300]}" for each in found]


def _typed(value: str, schema: Json) -> Any:
    return int(value) if schema.get("type") == "integer" and re.fullmatch(r"\d+", value) else value
