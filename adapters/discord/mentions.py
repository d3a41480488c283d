"""Discord's markup in what people wrote, undone: mentions become names, emoji their words. Code keeps its backticks.

The markup is described at discord.com/developers/docs/reference, "Message formatting".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PERSON = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_CHANNEL = re.compile(r"<#(\d+)>")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")
_COMMAND = re.compile(r"<(/[^:<>\n]+):\d+>")
_ADDRESS = re.compile(r"<(https?://[^\s<>]+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of whom and what a message mentions, by id."""

    people: Mapping[str, str] = field(default_factory=dict[str, str])
    roles: Mapping[str, str] = field(default_factory=dict[str, str])
    channels: Mapping[str, str] = field(default_factory=dict[str, str])


def undone(text: str, names: Names) -> str:
    """`text` as its writer saw it."""
    text = _PERSON.sub(lambda found: f"@{names.people.get(found[1], found[1])}", text)
    text = _ROLE.sub(lambda found: f"@{names.roles.get(found[1], found[1])}", text)
    text = _CHANNEL.sub(lambda found: f"#{names.channels.get(found[1], found[1])}", text)
    text = _EMOJI.sub(r":\1:", text)
    return _ADDRESS.sub(r"\1", _COMMAND.sub(r"\1", text))


def without_us(text: str, us: frozenset[str]) -> str:
    """`text` (with its markup) without the mentions of the user and role ids in `us`."""
    mention = rf"<@[!&]?(?:{'|'.join(map(re.escape, sorted(us)))})>"
    text = re.sub(rf"\A\s*(?:{mention}[ \t]*[,:]?\s*)+", "", text)
    return re.sub(rf"[ \t]*{mention}", "", text).strip()


def mentions(text: str, us: frozenset[str]) -> bool:
    """Whether `text` (with its markup) calls one of the user and role ids in `us`."""
    return any(found[1] in us for pattern in (_PERSON, _ROLE) for found in pattern.finditer(text))
