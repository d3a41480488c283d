"""What people fill in: fields of forms and menus on messages, as Slack hands them to the app."""

from collections.abc import Iterator
from typing import Any

_TEXTS = frozenset(("plain_text_input", "email_text_input", "url_text_input", "number_input"))
_MENUS = frozenset(("static_select", "radio_buttons", "external_select"))


def filled(
    blocks: list[dict[str, Any]], values: dict[str, str], *, complete: bool = False
) -> dict[str, dict[str, Any]]:
    """The state of the fields in `blocks` by block and action, `values` by label, block id or action id.

    With `complete` no field that must be filled in may be empty, as Slack's own forms see to it.
    """
    left, state = dict(values), {}
    for block, element in _fields(blocks):
        names = (block["block_id"], element.get("action_id", ""), block.get("label", {}).get("text", ""))
        given = next((left.pop(name) for name in names if name in left), None)
        answer = _answer(element, given)
        if complete and not block.get("optional") and _empty(answer):
            raise AssertionError(f"{names[2] or names[0]!r} must be filled in")
        state[block["block_id"]] = {element["action_id"]: answer}
    assert not left, f"there is no field {', '.join(left)}; there are {list(state)}"
    return state


def picked(label: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """The action that choosing the option with this label makes."""
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
            if isinstance(element, dict) and element.get("type") in {*_MENUS, "overflow"}:
                for option in _options(element):
                    if option["text"]["text"] == label:
                        chosen = {"type": element["type"], "selected_option": option}
                        return chosen | {"action_id": element["action_id"], "block_id": block["block_id"]}
    raise AssertionError(f"there is no option {label!r}")


def _fields(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return ((block, block["element"]) for block in blocks if block.get("type") == "input")


def _answer(element: dict[str, Any], given: str | None) -> dict[str, Any]:
    kind = element["type"]
    if kind in _TEXTS:
        text = element.get("initial_value") if given is None else given
        longest = element.get("max_length", 3000)
        assert text is None or len(text) <= longest, f"{element['action_id']} takes {longest} characters"
        return {"type": kind, "value": text or None}
    if kind in _MENUS:
        if given is None:
            return {"type": kind, "selected_option": element.get("initial_option")}
        for option in _options(element):
            if given in (option["value"], option["text"]["text"]):
                return {"type": kind, "selected_option": option}
        raise AssertionError(f"{given!r} is not offered, but {[each['text']['text'] for each in _options(element)]}")
    if kind == "checkboxes":
        wanted = [each.strip() for each in (given or "").split(",")]
        chosen = [
            option for option in element["options"] if option["value"] in wanted or option["text"]["text"] in wanted
        ]
        return {"type": kind, "selected_options": chosen or element.get("initial_options", [])}
    raise AssertionError(f"nobody taught people to fill in a {kind}")


def _options(element: dict[str, Any]) -> list[dict[str, Any]]:
    groups = [option for group in element.get("option_groups", ()) for option in group["options"]]
    return [*element.get("options", ()), *groups]


def _empty(answer: dict[str, Any]) -> bool:
    return not any(value for name, value in answer.items() if name != "type")
