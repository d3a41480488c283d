"""How much of a message a part of it takes up."""

from typing import Any, cast

from adapters.slack.limits import BLOCK_WEIGHT, ELEMENT_WEIGHT


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
