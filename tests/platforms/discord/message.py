"""A message in the simulated Discord: what everybody, or one person, sees, and what can be pressed on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15


class Part(IntEnum):
    """The kinds of components (docs.discord.com/developers/components/reference)."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(
    (
        Part.STRING_SELECT,
        Part.USER_SELECT,
        Part.ROLE_SELECT,
        Part.MENTIONABLE_SELECT,
        Part.CHANNEL_SELECT,
    )
)
RENAMED, THREAD_BEGUN, THREAD_STARTER = 4, 18, 21
"""Kinds of messages that Discord writes itself, in the name of whoever made it so."""
LINK, PREMIUM = 5, 6
"""Styles of buttons that tell the app nothing."""


@dataclass(slots=True, kw_only=True)
class Attachment:
    """A file on a message."""

    id: str
    name: str
    data: bytes
    url: str
    kind: str = "application/octet-stream"
    description: str = ""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message; `versions` is how it read before each edit."""

    id: str
    channel: str
    author: str
    at: float
    kind: int = 0
    content: str = ""
    components: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    embeds: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    flags: int = 0
    by_app: bool = False
    only_for: str = ""
    """The one person who sees it; '' for everybody in the channel."""
    nonce: str | int | None = None
    reference: dict[str, Any] | None = None
    interaction: str = ""
    """The id of the interaction that it answers."""
    pings: list[str] = field(default_factory=list[str])
    """Whose attention it called: ids of people and roles, and `everyone`."""
    reactions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    changes: int = 0
    """How often it was edited."""
    edited_at: float | None = None
    deleted: bool = False
    versions: list[str] = field(default_factory=list[str])

    @property
    def is_system(self) -> bool:
        """Whether Discord wrote it: not a text of anybody, though it says who did what."""
        return self.kind in (RENAMED, THREAD_BEGUN, THREAD_STARTER)

    @property
    def words(self) -> str:
        """Every text a person can read on it, one under the other."""
        return "\n".join([each for each in [self.content, *texts(self.embeds), *texts(self.components)] if each])

    @property
    def labels(self) -> list[str]:
        """The words on its buttons."""
        return [str(each.get("label", "")) for each in parts(self.components) if each["type"] == Part.BUTTON]

    @property
    def loading(self) -> bool:
        """Whether people see that the app is thinking."""
        return bool(self.flags & LOADING)

    @property
    def files(self) -> list[str]:
        """The names of its files."""
        return [each.name for each in self.attachments]

    def button(self, label: str) -> dict[str, Any]:
        """The button with this label; AssertionError without one."""
        for each in parts(self.components):
            if each["type"] == Part.BUTTON and each.get("label") == label:
                return each
        raise AssertionError(f"no button {label!r}, there are {self.labels}")

    def select_with(self, option: str) -> dict[str, Any]:
        """The menu that has this option; AssertionError without one."""
        menus = [each for each in parts(self.components) if each["type"] in SELECTS]
        for each in menus:
            if option in (choice["label"] for choice in each.get("options", ())):
                return each
        raise AssertionError(f"no menu with {option!r} among {menus}")


def parts(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, also those inside others, in the order in which they are read."""
    for each in components:
        yield each
        yield from parts([child for child in each.get("components") or () if isinstance(child, dict)])
        yield from parts([each[name] for name in ("accessory", "component") if isinstance(each.get(name), dict)])


def bounds(part: dict[str, Any]) -> tuple[int, int]:
    """How many may be chosen, least and most; what is not said is one, and in a group of ticks all of them."""
    least, most = part.get("min_values"), part.get("max_values")
    every = len(part.get("options", ())) if part["type"] == Part.CHECKBOX_GROUP else 1
    return 1 if least is None else least, every if most is None else most


def texts(value: Any) -> Iterator[str]:
    """The readable texts in components and embeds, in their order."""
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str):
                if key in {"content", "label", "title", "description", "placeholder", "text", "name"}:
                    yield each
            else:
                yield from texts(each)
