"""What an agent handed in, as text for people: its summary, then whatever else it says."""

import json
from collections.abc import Mapping, Sequence
from typing import cast


def result_text(document: str) -> str:
    """A result that is kept as JSON, as Markdown; anything else stays as it is."""
    try:
        found: object = json.loads(document)
    except ValueError:
        return document
    return result_markdown(cast("Mapping[str, object]", found)) if isinstance(found, dict) else document


def result_markdown(result: Mapping[str, object]) -> str:
    """`result` as Markdown: the summary first, then each part that is not empty under its name."""
    parts = [str(result.get("summary", "")).strip()]
    parts += [
        f"**{name.replace('_', ' ').capitalize()}**{_value(value)}"
        for name, value in result.items()
        if name != "summary" and _says_something(value)
    ]
    return "\n\n".join(part for part in parts if part)


def summary_of(result: Mapping[str, object] | None) -> str:
    """The result's own summary; '' when there is none."""
    return str((result or {}).get("summary", "")).strip()


def _says_something(value: object) -> bool:
    return value is False or bool(value)


def _value(value: object) -> str:
    if isinstance(value, list):
        return "\n\n" + "\n".join(f"- {_entry(each)}" for each in cast("Sequence[object]", value))
    text = _plain(value)
    return f"\n\n{text}" if "\n" in text or len(text) > 60 else f": {text}"


def _entry(value: object) -> str:
    """One entry of a list; a further line belongs to the same entry."""
    if isinstance(value, dict):
        facts = cast("Mapping[str, object]", value)
        return " · ".join(_plain(each).replace("\n", " ") for each in facts.values() if _says_something(each))
    return _plain(value).replace("\n", "\n  ")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()
