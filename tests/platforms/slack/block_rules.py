"""The limits of blocks and views that no schema holds: how many, how long, unique ids.

From docs.slack.dev/reference/block-kit.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN_CHARACTERS = 12_000
"""Over all markdown blocks of one message."""
TABLE_CHARACTERS = 10_000
"""Over all cells of all tables of one message."""
MESSAGE_WEIGHT = 13_296
"""Characters of one message over all its blocks, from where on Slack was seen to refuse (slackapi/bolt-js#2509)."""
BLOCK_WEIGHT = 125
"""What each further block takes of that."""

_TEXT = 3000
# the longest text in a field, by the type of what holds it
_LONGEST: dict[str, dict[str, int]] = {
    "header": {"text": 150},
    "button": {"text": 75, "value": 2000, "url": 3000, "accessibility_label": 75},
    "input": {"label": 2000, "hint": 2000},
    "image": {"alt_text": 2000, "image_url": 3000, "title": 2000},
    "container": {"title": 150, "subtitle": 150},
    "card": {"title": 150, "subtitle": 150, "body": 200},
    "modal": {"title": 24, "submit": 24, "close": 24, "private_metadata": 3000, "callback_id": 255},
    "home": {"private_metadata": 3000, "callback_id": 255},
}
_CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
_OPTION = {"text": 75, "value": 150, "description": 75}
# the most of a list, by the type of what holds it
_MOST: dict[str, dict[str, int]] = {
    "actions": {"elements": 25},
    "context": {"elements": 10},
    "context_actions": {"elements": 5},
    "section": {"fields": 10},
    "static_select": {"options": 100, "option_groups": 100},
    "multi_static_select": {"options": 100, "option_groups": 100},
    "radio_buttons": {"options": 10},
    "checkboxes": {"options": 10},
    "overflow": {"options": 5},
    "container": {"child_blocks": 10},
    "carousel": {"elements": 10},
    "table": {"rows": 100},
}
_LISTS = frozenset(("elements", "options", "fields", "rows", "child_blocks"))
_ONLY_IN = {"plan": ("message",), "task_card": ("message",), "file": ("message",)}


def message_problems(blocks: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the blocks of one message."""
    problems = [] if len(blocks) <= MESSAGE_BLOCKS else [f"{len(blocks)} blocks, {MESSAGE_BLOCKS} are allowed"]
    markdown = sum(len(block.get("text", "")) for block in blocks if block.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        problems.append(f"{markdown} characters in markdown blocks, {MARKDOWN_CHARACTERS} are allowed")
    return [*problems, *_table_problems(blocks), *_block_list_problems(blocks, where="message")]


def too_heavy(blocks: list[dict[str, Any]]) -> bool:
    """Whether a message with these blocks is more than Slack was seen to take, though each block is fine."""
    return sum(map(len, _written(blocks))) + BLOCK_WEIGHT * (len(blocks) - 1) > MESSAGE_WEIGHT


def view_problems(view: dict[str, Any]) -> list[str]:
    """What is wrong with a form or a home page."""
    blocks = view.get("blocks", [])
    kind = str(view.get("type", ""))
    problems = [] if len(blocks) <= VIEW_BLOCKS else [f"{len(blocks)} blocks, {VIEW_BLOCKS} are allowed"]
    if any(block.get("type") == "input" for block in blocks) and kind == "modal" and "submit" not in view:
        problems.append("a view with an input needs `submit`")
    problems += _length_problems(view, kind=kind, where=kind)
    return [*problems, *_table_problems(blocks), *_block_list_problems(blocks, where=kind)]


def _block_list_problems(blocks: list[dict[str, Any]], *, where: str) -> Iterator[str]:
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {each} is there {times} times" for each, times in ids.items() if times > 1)
    yield from (f"block_id {each[:20]}… is longer than 255" for each in ids if len(each) > 255)
    for number, block in enumerate(blocks):
        if where not in _ONLY_IN.get(block.get("type", ""), (where,)):
            yield f"{block['type']} is not allowed in a {where}"
        yield from _problems_in(block, path=f"blocks[{number}]")


def _problems_in(value: Any, *, path: str) -> Iterator[str]:
    """Every problem in `value` and below."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _problems_in(each, path=f"{path}[{number}]")
    elif isinstance(value, dict):
        kind = str(value.get("type", ""))
        yield from _length_problems(value, kind=kind, where=path)
        yield from _count_problems(value, kind=kind, where=path)
        yield from _action_problems(value, where=path)
        for name, each in value.items():
            yield from _problems_in(each, path=f"{path}.{name}")


def _length_problems(value: dict[str, Any], *, kind: str, where: str) -> Iterator[str]:
    limits = dict(_LONGEST.get(kind, {}))
    if where.endswith(".confirm"):
        limits |= _CONFIRM
    if where.rpartition("[")[0].endswith(".options"):
        limits |= _OPTION
    if where.endswith(".placeholder"):
        limits["text"] = 150
    if kind in {"plain_text", "mrkdwn"}:
        text = value.get("text", "")
        longest = 2000 if ".fields[" in where else limits.get("text", _TEXT)
        if not 1 <= len(text) <= longest:
            yield f"{where}.text has {len(text)} characters, 1 to {longest} are allowed"
    for name, longest in limits.items():
        held = value.get(name, "")
        text = held.get("text", "") if isinstance(held, dict) else held
        if isinstance(text, str) and len(text) > longest:
            yield f"{where}.{name} has {len(text)} characters, {longest} are allowed"


def _count_problems(value: dict[str, Any], *, kind: str, where: str) -> Iterator[str]:
    for name in _LISTS & value.keys():
        held = value[name]
        most = _MOST.get(kind, {}).get(name)
        if isinstance(held, list) and most is not None and not 1 <= len(held) <= most:
            yield f"{where}.{name} has {len(held)} entries, 1 to {most} are allowed"
    if kind == "section" and not ("text" in value or "fields" in value):
        yield f"{where}: a section needs a text or fields"
    if kind == "container" and not ("title" in value or "rich_text_title" in value):
        yield f"{where}: a container needs a title"
    if kind in {"table", "data_table"} and any(not 1 <= len(row) <= 20 for row in value.get("rows", [])):
        yield f"{where}: a row has 1 to 20 cells"
    if kind == "data_table" and not 2 <= len(value.get("rows", [])) <= 101:
        yield f"{where}: a data table has a heading and 1 to 100 rows"
    if kind in {"table", "data_table"} and len({len(row) for row in value.get("rows", [])}) > 1:
        yield f"{where}: its rows have different lengths"
    if kind in {"raw_text", "raw_number"} and not value.get("text"):
        yield f"{where}: the text of a cell is not empty"


def _action_problems(value: dict[str, Any], *, where: str) -> Iterator[str]:
    if len(str(value.get("action_id", ""))) > 255:
        yield f"{where}.action_id is longer than 255 characters"
    elements = value.get("elements", [])
    if value.get("type") in {"actions", "context_actions"} and isinstance(elements, list):
        ids = Counter(each["action_id"] for each in elements if "action_id" in each)
        yield from (f"{where}: action_id {each} is there {times} times" for each, times in ids.items() if times > 1)


def _written(value: Any) -> Iterator[str]:
    """Every text in `value` that is shown."""
    if isinstance(value, list):
        for each in value:
            yield from _written(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, str) and name in {"text", "title", "alt_text"}:
                yield each
            elif not isinstance(each, str):
                yield from _written(each)


def _table_problems(blocks: list[dict[str, Any]]) -> Iterator[str]:
    tables = [block for block in blocks if block.get("type") in {"table", "data_table"}]
    if len(tables) > 1:
        yield f"{len(tables)} tables, one is allowed in a message"
    cells = sum(len(str(cell.get("text", ""))) for table in tables for row in table.get("rows", []) for cell in row)
    if cells > TABLE_CHARACTERS:
        yield f"{cells} characters in tables, {TABLE_CHARACTERS} are allowed"
