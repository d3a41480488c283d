"""How long a text is for Slack, and cutting it where nothing breaks."""

from typing import Any, cast

from rich.cells import split_graphemes

from adapters.slack.limits import BLOCK_WEIGHT, ELEMENT_WEIGHT

ELLIPSIS = "…"


def units(text: str) -> int:
    """The length of `text` in UTF-16 units, which is never less than its characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(text: str, *, limit: int) -> str:
    """`text` if it has at most `limit` units, else as many whole characters of it as fit before an ellipsis."""
    if units(text) <= limit:
        return text
    kept = ""
    room = limit - units(ELLIPSIS)
    for start, end, _ in split_graphemes(text[: limit + 1])[0]:
        room -= units(text[start:end])
        if room < 0:
            break
        kept = text[:end]
    return kept.rstrip() + ELLIPSIS


def weight(block: object) -> int:
    """What a block, a list of them or any part weighs: UTF-8 bytes of its texts, and something for what holds them."""
    if isinstance(block, str):
        return len(block.encode("utf-8", "surrogatepass"))
    if isinstance(block, list | tuple):
        return sum(weight(part) for part in cast("list[object]", block))
    if isinstance(block, dict):
        parts = cast("dict[str, Any]", block)
        of_itself = BLOCK_WEIGHT if parts.get("type") in _BLOCKS else ELEMENT_WEIGHT
        shown = ((key, part) for key, part in parts.items() if key not in _NOT_SHOWN)
        return of_itself + sum(weight(part) * _TIMES.get(key, 1) for key, part in shown)
    return 0


_NOT_SHOWN = frozenset({"type", "block_id", "action_id", "style", "status", "task_id"})
# what unfolds in a step was seen to count twice
_TIMES = {"details": 2, "output": 2}
_BLOCKS = frozenset(
    {
        "actions",
        "container",
        "context",
        "data_table",
        "divider",
        "header",
        "input",
        "plan",
        "rich_text",
        "section",
        "table",
        "task_card",
    }
)
