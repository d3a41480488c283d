"""Telegram's styles in what people wrote, undone: links become addresses, code gets its backticks, people are @name.

Entities are counted in UTF-16 units (page: MessageEntity).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.chat.measure import units
from adapters.chat.payload import Payload, map_at, maps_at, text_at
from adapters.telegram.look import full_name, number_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote: a text, or the words under a file."""

    text: str
    entities: tuple[Payload, ...] = ()

    def cut(self, start: int, end: int) -> str:
        """The characters between two positions in UTF-16 units."""
        raw = self.text.encode("utf-16-le", "surrogatepass")
        return raw[start * 2 : end * 2].decode("utf-16-le", "replace")

    def words(self, entity: Payload) -> str:
        """What the entity is laid over."""
        start = number_at(entity, "offset")
        return self.cut(max(start, 0), max(start, 0) + max(number_at(entity, "length"), 0))


def written(message: Payload) -> Written:
    """What stands in `message`."""
    if text := text_at(message, "text"):
        return Written(text=text, entities=maps_at(message, "entities"))
    return Written(text=text_at(message, "caption"), entities=maps_at(message, "caption_entities"))


def undone(said: Written, *, without: Sequence[tuple[int, int]] = ()) -> str:
    """The text as its writer saw it, but for the stretches `without` (UTF-16 units), which are left out."""
    changes = [(start, end, "") for start, end in without]
    changes += [(start, end, seen) for start, end, seen in (_change(said, each) for each in said.entities) if end]
    text, at = "", 0
    for start, end, seen in sorted(changes):
        if start < at:
            continue  # inside another one
        text += said.cut(at, start) + seen
        at = end
    return text + said.cut(at, units(said.text))


def stretch(entity: Payload) -> tuple[int, int]:
    """Where an entity begins and ends."""
    start = number_at(entity, "offset")
    return start, start + number_at(entity, "length")


def _change(said: Written, entity: Payload) -> tuple[int, int, str]:
    """What takes the place of an entity's words; an end of 0 when nothing does."""
    start, end = stretch(entity)
    words = said.words(entity)
    if start < 0 or end <= start or not words:
        return 0, 0, ""
    match text_at(entity, "type"):
        case "code":
            return start, end, f"`{words}`"
        case "pre":
            return start, end, f"```{text_at(entity, 'language')}\n{words}\n```"
        case "text_link" if (url := text_at(entity, "url")) and url.rstrip("/") != words.rstrip("/"):
            return start, end, url
        case "text_mention":
            return start, end, f"@{full_name(map_at(entity, 'user')) or words}"
        case _:
            return 0, 0, ""
