"""Filling in a form: values by label or custom_id, as Discord sends them when the form is submitted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.message import SELECTS, Part, bounds

Json = dict[str, Any]
Keep = Callable[[str, bytes], str]
"""Keeps a file by name and data, and returns its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is asked, with what stands over it."""

    label: str
    part: Json
    wrapper: Json

    @property
    def required(self) -> bool:
        """Everything is unless it says otherwise; a single tick box never is."""
        return bool(self.part.get("required", self.part["type"] != Part.CHECKBOX))


def fields(modal: Json) -> Iterator[Field]:
    """What a form asks, in order."""
    for each in modal["components"]:
        if each["type"] == Part.LABEL:
            yield Field(label=str(each["label"]), part=each["component"], wrapper=each)
        elif each["type"] == Part.ACTION_ROW:
            part = each["components"][0]
            yield Field(label=str(part.get("label") or ""), part=part, wrapper=each)


def submitted(modal: Json, values: dict[str, Any], keep: Keep) -> list[Json]:
    """The components of a submission. AssertionError for what no person could send."""
    asked = list(fields(modal))
    names = {name for each in asked for name in (each.label, each.part["custom_id"])}
    assert values.keys() <= names, f"the form has no {sorted(values.keys() - names)}, it has {sorted(names)}"
    sent: list[Json] = []
    for number, each in enumerate(asked, start=1):
        value = values.get(each.label, values.get(each.part["custom_id"]))
        answer = {"id": number * 2} | _answer(each, value, keep)
        if each.wrapper["type"] == Part.LABEL:
            sent.append({"type": int(Part.LABEL), "id": number * 2 - 1, "component": answer})
        else:
            sent.append({"type": int(Part.ACTION_ROW), "id": number * 2 - 1, "components": [answer]})
    return sent


def _answer(field: Field, value: Any, keep: Keep) -> Json:
    part, kind = field.part, field.part["type"]
    answer: Json = {"type": kind, "custom_id": part["custom_id"]}
    assert not field.required or value not in (None, "", []) or _preset(part), f"{field.label!r} must be filled in"
    match kind:
        case Part.TEXT_INPUT:
            text = str(part.get("value") or "") if value is None else str(value)
            least, most = int(part.get("min_length") or 0), int(part.get("max_length") or 4000)
            assert not text or least <= len(text) <= most, f"{field.label!r} takes {least} to {most} characters"
            return answer | {"value": text}
        case Part.RADIO_GROUP:
            return answer | {"value": next(iter(_chosen(field, value)), None)}
        case Part.CHECKBOX:
            return answer | {"value": bool(part.get("default")) if value is None else bool(value)}
        case Part.FILE_UPLOAD:
            return answer | {"values": [keep(*each) for each in value or ()]}
        case Part.STRING_SELECT | Part.CHECKBOX_GROUP:
            return answer | {"values": _chosen(field, value)}
        case _:
            assert kind in SELECTS, f"nobody can fill in a {kind}"
            return answer | {"values": _several(value)}


def _preset(part: Json) -> bool:
    return bool(part.get("value")) or any(each.get("default") for each in part.get("options") or ())


def _several(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _chosen(field: Field, value: Any) -> list[str]:
    """Values of options that are named by label or value; what is preset when nothing is said."""
    options = field.part.get("options") or []
    if value is None:
        return [each["value"] for each in options if each.get("default")]
    by_name = {each["value"]: each["value"] for each in options} | {each["label"]: each["value"] for each in options}
    wanted = _several(value)
    assert all(each in by_name for each in wanted), f"{field.label!r} has no {wanted}, it has {sorted(by_name)}"
    fewest, most = bounds(field.part)
    assert not wanted or fewest <= len(wanted) <= most, f"{field.label!r} takes {fewest} to {most}"
    return [by_name[each] for each in wanted]
