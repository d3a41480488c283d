"""A message as people see it, with all that the bot or they made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """A file in Telegram's store."""

    id: str
    name: str
    data: bytes
    mime_type: str = "application/octet-stream"
    picture: bool = False

    @property
    def unique_id(self) -> str:
        """The same for every copy of the file."""
        return f"u{self.id}"

    @property
    def path(self) -> str:
        """Where it is downloaded from."""
        return f"{'photos' if self.picture else 'documents'}/{self.id}{PurePath(self.name).suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message; of the last four fields one is set."""

    label: str
    style: str = ""
    data: str = ""
    url: str = ""
    copies: str = ""
    other: str = ""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of a chat. `text` is the caption where there is a file, and the readable words of a rich message."""

    chat: int
    id: int
    sender: int
    """The account that wrote it; 0 in channels."""
    at: int
    by_app: bool = False
    text: str = ""
    entities: list[Json] = field(default_factory=list[Json])
    markup: Json | None = None
    """Its reply_markup as it was given: an inline keyboard, or a wish such as force_reply."""
    thread: int = 0
    """Its topic, or in a supergroup without topics the first message of the replies it belongs to."""
    in_topic: bool = False
    reply_to: "Message | None" = None
    quote: str = ""
    file: SharedFile | None = None
    rich: Json | None = None
    """The source of a rich message."""
    service: Json = field(default_factory=dict[str, Any])
    """The fields of a service message, such as new_chat_members."""
    as_chat: int = 0
    """The chat in whose name it is: a channel, or the group of an anonymous administrator."""
    brought: bool = False
    """Whether Telegram brought it here from a channel."""
    silent: bool = False
    preview: Json = field(default_factory=dict[str, Any])
    """Its link_preview_options."""
    edited_at: int = 0
    edits: int = 0
    """How often it was changed."""
    before: list[str] = field(default_factory=list[str])
    """Its earlier texts, oldest first."""
    reactions: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    """Emojis on it, by account."""
    pinned: bool = False
    deleted: bool = False

    @property
    def keyboard(self) -> list[list[Button]]:
        """Its rows of buttons."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[_button(each) for each in row] for row in rows]

    @property
    def buttons(self) -> list[Button]:
        """What can be pressed."""
        return [button for row in self.keyboard for button in row]

    @property
    def labels(self) -> list[str]:
        """The words on its buttons."""
        return [button.label for button in self.buttons]

    @property
    def asks(self) -> bool:
        """Whether it opens the reply box of whom it speaks to."""
        return bool((self.markup or {}).get("force_reply"))

    @property
    def words(self) -> str:
        """Every text a person can read on it, one under the other."""
        return "\n".join([self.text, *([self.file.name] if self.file else []), *self.labels])

    def pieces(self, kind: str) -> list[str]:
        """The parts of the text that are formatted so: `bold`, `expandable_blockquote`, …"""
        return list(_pieces(self.text, [each for each in self.entities if each["type"] == kind]))


def units(text: str) -> int:
    """Its length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _pieces(text: str, entities: list[Json]) -> Iterator[str]:
    coded = text.encode("utf-16-le")
    for each in entities:
        yield coded[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")


def _button(given: Json) -> Button:
    kinds = given.keys() - {"text", "style", "icon_custom_emoji_id", "callback_data", "url", "copy_text"}
    return Button(
        label=given["text"],
        style=given.get("style", ""),
        data=given.get("callback_data", ""),
        url=given.get("url", ""),
        copies=given.get("copy_text", {}).get("text", ""),
        other=next(iter(kinds), ""),
    )
