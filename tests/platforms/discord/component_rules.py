"""The rules of messages and forms that no schema holds: how much in all, what may stand in what, unique ids.

From docs.discord.com/developers/components/reference.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.platforms.discord.message import COMPONENTS_V2, LINK, PREMIUM, SELECTS, Part, bounds, parts

COMPONENTS = 40
"""In one message, those inside others too."""
TEXT = 4000
"""Characters over all text of one message of components."""
CONTENT = 2000
OLD_ROWS = 5
MODAL_PARTS = 5

_ROW = frozenset((Part.BUTTON, *SELECTS))
_INNER = frozenset((Part.ACTION_ROW, Part.SECTION, Part.TEXT_DISPLAY, Part.MEDIA_GALLERY, Part.FILE, Part.SEPARATOR))
_ASKED = frozenset((*SELECTS, Part.TEXT_INPUT, Part.FILE_UPLOAD, Part.RADIO_GROUP, Part.CHECKBOX_GROUP, Part.CHECKBOX))
_MAY_HOLD: dict[int, tuple[frozenset[Part], int]] = {
    Part.ACTION_ROW: (_ROW, 5),
    Part.SECTION: (frozenset((Part.TEXT_DISPLAY,)), 3),
    Part.CONTAINER: (_INNER, COMPONENTS),
}
_OPTIONS: dict[int, tuple[int, int]] = {
    Part.STRING_SELECT: (1, 25),
    Part.RADIO_GROUP: (2, 10),
    Part.CHECKBOX_GROUP: (1, 10),
}


def message_problems(
    *, content: str, components: list[dict[str, Any]], embeds: list[Any], flags: int, files: list[str]
) -> list[str]:
    """What is wrong with a message as it would then stand, each as `path: words`."""
    problems = [f"content: Must be {CONTENT} or fewer in length."] if len(content) > CONTENT else []
    if flags & COMPONENTS_V2:
        problems += _v2_problems(content, components, embeds)
    else:
        problems += _old_problems(components)
        if not (content.strip() or components or embeds or files):
            problems.append(": Cannot send an empty message")
    return [*problems, *_shared_problems(components), *_file_problems(components, files)]


def modal_problems(modal: dict[str, Any]) -> list[str]:
    """What is wrong with a form."""
    components = modal.get("components", [])
    problems = [] if 1 <= len(components) <= MODAL_PARTS else [f"components: Must have 1 to {MODAL_PARTS} parts."]
    for number, each in enumerate(components):
        kind, path = each.get("type"), f"components.{number}"
        held = each.get("component") if kind == Part.LABEL else next(iter(each.get("components", ())), None)
        if kind == Part.LABEL and not 1 <= len(str(each.get("label", ""))) <= 45:
            problems.append(f"{path}.label: Must be between 1 and 45 in length.")
        if kind in (Part.LABEL, Part.ACTION_ROW):
            allowed = _ASKED if kind == Part.LABEL else {Part.TEXT_INPUT}
            if not isinstance(held, dict) or held.get("type") not in allowed:
                problems.append(f"{path}: Cannot hold this component")
        elif kind != Part.TEXT_DISPLAY:
            problems.append(f"{path}.type: Cannot stand in a modal")
    return [*problems, *_shared_problems(components)]


def _v2_problems(content: str, components: list[dict[str, Any]], embeds: list[Any]) -> Iterator[str]:
    if content or embeds:
        yield "content: Cannot be used together with the flag IS_COMPONENTS_V2"
    if not components:
        yield "components: Cannot be empty with the flag IS_COMPONENTS_V2"
    every = list(parts(components))
    if len(every) > COMPONENTS:
        yield f"components: {len(every)} components, {COMPONENTS} are allowed"
    length = sum(len(str(each.get("content", ""))) for each in every if each["type"] == Part.TEXT_DISPLAY)
    if length > TEXT:
        yield f"components: {length} characters of text, {TEXT} are allowed"
    for number, each in enumerate(components):
        if each["type"] not in _INNER | {Part.CONTAINER}:
            yield f"components.{number}.type: Cannot stand in a message by itself"


def _old_problems(components: list[dict[str, Any]]) -> Iterator[str]:
    if len(components) > OLD_ROWS:
        yield f"components: Must be {OLD_ROWS} or fewer in length."
    if any(each["type"] != Part.ACTION_ROW for each in components):
        yield "components: Needs the flag IS_COMPONENTS_V2"


def _shared_problems(components: list[dict[str, Any]]) -> Iterator[str]:
    every = list(parts(components))
    for name in ("custom_id", "id"):
        times = Counter(each[name] for each in every if each.get(name))
        yield from (f"components: {name} {each} is there {count} times" for each, count in times.items() if count > 1)
    for each in every:
        kind, path = each.get("type"), f"components.{each.get('custom_id') or each.get('type')}"
        yield from _nesting_problems(each, path)
        if kind == Part.BUTTON:
            yield from _button_problems(each, path)
        if kind in _ASKED and not 1 <= len(str(each.get("custom_id") or "")) <= 100:
            yield f"{path}.custom_id: Must be between 1 and 100 in length."
        yield from _option_problems(each, path)


def _nesting_problems(part: dict[str, Any], path: str) -> Iterator[str]:
    allowed, most = _MAY_HOLD.get(part["type"], (frozenset[Part](), 0))
    held = [each.get("type") for each in part.get("components") or ()]
    if most and not 1 <= len(held) <= most and part["type"] != Part.ACTION_ROW:
        yield f"{path}.components: Must have 1 to {most} parts."
    if part["type"] == Part.ACTION_ROW and held != [Part.TEXT_INPUT]:
        if any(each not in _ROW for each in held) or not 1 <= len(held) <= 5:
            yield f"{path}.components: A row holds 1 to 5 buttons, or one menu"
        if any(each in SELECTS for each in held) and len(held) > 1:
            yield f"{path}.components: A menu stands alone in its row"
    elif most and any(each not in allowed for each in held) and part["type"] != Part.ACTION_ROW:
        yield f"{path}.components: Cannot hold {held}"
    if part["type"] == Part.SECTION:
        accessory = part.get("accessory")
        if not isinstance(accessory, dict) or accessory.get("type") not in (Part.BUTTON, Part.THUMBNAIL):
            yield f"{path}.accessory: A section needs a button or a thumbnail"


def _button_problems(button: dict[str, Any], path: str) -> Iterator[str]:
    style = button.get("style")
    if style == LINK and (button.get("custom_id") or not button.get("url")):
        yield f"{path}: A link has an url and no custom_id"
    if style not in (LINK, PREMIUM):
        if button.get("url") or not 1 <= len(str(button.get("custom_id") or "")) <= 100:
            yield f"{path}.custom_id: Must be between 1 and 100 in length, and no url."
        if not (button.get("label") or button.get("emoji")):
            yield f"{path}: A button needs a label or an emoji"
    if len(str(button.get("label") or "")) > 80:
        yield f"{path}.label: Must be 80 or fewer in length."


def _option_problems(part: dict[str, Any], path: str) -> Iterator[str]:
    if part.get("type") not in _OPTIONS:
        return
    least, most = _OPTIONS[part["type"]]
    options = part.get("options", [])
    if not least <= len(options) <= most:
        yield f"{path}.options: Must be between {least} and {most} in length."
    times = Counter(each.get("value") for each in options)
    yield from (f"{path}.options: value {each} is there {count} times" for each, count in times.items() if count > 1)
    fewest, highest = bounds(part)
    if fewest > highest or highest > max(len(options), 1):
        yield f"{path}.max_values: Does not fit the options"
    if sum(bool(each.get("default")) for each in options) > highest:
        yield f"{path}.options: More are chosen than may be"


def _file_problems(components: list[dict[str, Any]], files: list[str]) -> Iterator[str]:
    for each in parts(components):
        media = [each.get("media"), each.get("file"), *(item.get("media") for item in each.get("items") or ())]
        for url in [str(one.get("url", "")) for one in media if isinstance(one, dict)]:
            if url.startswith("attachment://") and url.removeprefix("attachment://") not in files:
                yield f"components: {url} is not among the files {files}"
            elif each["type"] == Part.FILE and not url.startswith("attachment://"):
                yield f"components: {url!r} is not a file of this message"
            elif not url.startswith(("attachment://", "http://", "https://")):
                yield f"components: {url!r} is no address"
