"""A message in the simulated workspace: what everybody, or one person, sees, and what can be pressed on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

STREAM_LIFE_S = 300.0
"""How long Slack keeps a streaming message open; observed, not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to press: the element, and the block it stands in."""

    label: str
    block_id: str
    element: dict[str, Any]

    @property
    def action_id(self) -> str:
        """What tells the app which one was pressed."""
        return str(self.element.get("action_id", ""))


@dataclass(slots=True, kw_only=True)
class Message:
    """One message; `versions` is how it looked before each edit."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    thread_ts: str = ""
    by_app: bool = False
    only_for: str = ""
    """The one person who sees it; '' for everybody in the channel."""
    metadata: dict[str, Any] | None = None
    unfurls: bool = True
    files: list[str] = field(default_factory=list[str])
    reactions: list[str] = field(default_factory=list[str])
    streaming_since: float | None = None
    stopped_by_person: bool = False
    changes: int = 0
    """How often it was edited."""
    edited: bool = False
    """Whether people are told so."""
    deleted: bool = False
    versions: list[str] = field(default_factory=list[str])
    state: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """What people filled in on it, by block and action."""

    @property
    def words(self) -> str:
        """Every text a person can read on it, one under the other."""
        return "\n".join([self.text, *texts(self.blocks)])

    @property
    def buttons(self) -> list[Button]:
        """What can be pressed."""
        return list(buttons(self.blocks))

    @property
    def labels(self) -> list[str]:
        """The words on its buttons."""
        return [button.label for button in self.buttons]

    @property
    def thread(self) -> str:
        """The timestamp that answers to it carry."""
        return self.thread_ts or self.ts

    def streams(self, now: float) -> bool:
        """Whether it is still being written at `now`."""
        return self.streaming_since is not None and now - self.streaming_since <= STREAM_LIFE_S


def buttons(blocks: list[dict[str, Any]]) -> Iterator[Button]:
    """Every button in `blocks`, also those inside containers and beside sections."""
    for block in blocks:
        elements = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else ())]
        for element in (*elements, *block.get("actions", ())):
            if isinstance(element, dict) and element.get("type") == "button":
                label = element["text"]["text"]
                yield Button(label=label, block_id=block.get("block_id", ""), element=element)
        yield from buttons([child for child in block.get("child_blocks", ()) if isinstance(child, dict)])
        yield from buttons([card for card in block.get("elements", ()) if _is_card(card)])


def texts(value: Any) -> Iterator[str]:
    """The readable texts in `value`, in their order."""
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str):
                if key in {"text", "title", "name", "alt_text", "url", "user_id"}:
                    yield each
            else:
                yield from texts(each)


def _is_card(element: Any) -> bool:
    return isinstance(element, dict) and element.get("type") == "card"
