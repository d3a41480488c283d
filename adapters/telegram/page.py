"""One message as it goes out: text, the entities that style it, or what is rich instead; and the buttons under it."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.telegram.keyboard import Keyboard

Entity = Mapping[str, object]
"""A MessageEntity as the Bot API takes it; offset and length in UTF-16 units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A message's content."""

    text: str
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard = ()
    rich: Mapping[str, object] | None = None
    """The InputRichMessage that stands in for text and entities."""
