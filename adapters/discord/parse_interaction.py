"""What people do with our commands, buttons and forms; no payload raises."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.chat.inbound import ButtonPressed, CommandReceived, FormSubmitted, GivenFile, Inbound, MessagePicked
from adapters.chat.payload import Payload, map_at, maps_at, text_at, texts_at
from adapters.discord.command_tree import PICK
from adapters.discord.ids import is_direct, place
from adapters.discord.mentions import Names, undone
from adapters.discord.parse_command import parse_command
from core.domain.identity import Person, Place

COMMAND, PRESS, TYPING, FORM = 2, 3, 4, 5
"""Types of interactions (page: Receiving and responding)."""
_CHAT_INPUT, _MESSAGE = 1, 3
_TEXT_DISPLAY, _FILES = 10, 19
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One thing somebody did, as Discord tells it; `message` is the one a button stood on, '' for none."""

    id: str
    kind: int
    person: Person
    place: Place
    data: Payload
    message: str = ""


def parse_interaction(done: Interaction) -> Inbound | None:
    """The inbound value, None for what asks nothing of us."""
    match done.kind:
        case _ if done.kind == COMMAND:
            return _picked(done) if done.data.get("type") == _MESSAGE else _command(done)
        case _ if done.kind == PRESS:
            return _pressed(done)
        case _ if done.kind == FORM:
            return _form(done)
        case _:
            return None


def _command(done: Interaction) -> CommandReceived | None:
    typed = parse_command(done.data)
    if typed is None:
        return None
    return CommandReceived(
        event_id=f"interaction:{done.id}",
        person=done.person,
        place=done.place,
        text=typed.text,
        verb=typed.verb,
        trigger=done.id,
    )


def _pressed(done: Interaction) -> ButtonPressed | None:
    # where one of several is chosen, the chosen one's value is the token
    token = next(iter(texts_at(done.data, "values")), "") or text_at(done.data, "custom_id")
    if not token:
        return None
    return ButtonPressed(
        event_id=f"interaction:{done.id}",
        person=done.person,
        place=done.place,
        token=token,
        message=done.message,
        trigger=done.id,
    )


def _form(done: Interaction) -> FormSubmitted | None:
    token = text_at(done.data, "custom_id")
    if not token:
        return None
    return FormSubmitted(
        event_id=f"interaction:{done.id}",
        person=done.person,
        place=done.place,
        token=token,
        values=_values(done.data),
        files=_files(done.data),
    )


def _fields(data: Payload) -> Iterator[Payload]:
    """What was asked, with what was filled in."""
    for part in maps_at(data, "components"):
        # a label holds one field, a row of older forms several
        yield from (map_at(part, "component"), *maps_at(part, "components"))


def _files(data: Payload) -> tuple[GivenFile, ...]:
    """The files that were attached; of those Discord does not describe nothing can be had."""
    ids = [each for given in _fields(data) if given.get("type") == _FILES for each in texts_at(given, "values")]
    described = [map_at(data, "resolved", "attachments", each) for each in ids]
    return tuple(
        GivenFile(
            name=text_at(each, "filename"),
            size_bytes=size if isinstance(size := each.get("size"), int) else 0,
            source=text_at(each, "url"),
        )
        for each in described
        if text_at(each, "url")
    )


def _values(data: Payload) -> Mapping[str, str]:
    """What was filled in, by the names of the fields."""
    values: dict[str, str] = {}
    for given in _fields(data):
        if (name := text_at(given, "custom_id")) and given.get("type") != _FILES:
            values[name] = text_at(given, "value") or next(iter(texts_at(given, "values")), "")
    return values


def _picked(done: Interaction) -> MessagePicked | None:
    target = text_at(done.data, "target_id")
    picked = map_at(done.data, "resolved", "messages", target)
    if text_at(done.data, "name") != PICK or not target or not picked:
        return None
    author = map_at(picked, "author")
    here = done.place
    # the thread it stands in, or the one that would grow from it
    where = here if here.thread or is_direct(here) else place(here.space, here.channel, target)
    return MessagePicked(
        event_id=f"interaction:{done.id}",
        person=done.person,
        place=where,
        text=undone(_words(picked), _names(picked)).strip(),
        message=target,
        author=text_at(author, "global_name") or text_at(author, "username"),
        trigger=done.id,
    )


def _names(message: Payload) -> Names:
    people = {
        text_at(each, "id"): text_at(each, "global_name") or text_at(each, "username")
        for each in maps_at(message, "mentions")
    }
    return Names(people=people)


def _words(message: Payload) -> str:
    """What a message says; alarms of other apps often say it in embeds or components alone."""
    if text := text_at(message, "content").strip():
        return text
    parts: list[str] = []
    for embed in maps_at(message, "embeds"):
        parts += [text_at(embed, "title"), text_at(embed, "description")]
        parts += [f"{text_at(each, 'name')}: {text_at(each, 'value')}" for each in maps_at(embed, "fields")]
    parts += _displayed(message, depth=0)
    return "\n".join(filter(None, parts))


def _displayed(part: Payload, *, depth: int) -> list[str]:
    if depth > _DEEPEST:
        return []
    found: list[str] = []
    for each in maps_at(part, "components"):
        if each.get("type") == _TEXT_DISPLAY:
            found.append(text_at(each, "content"))
        found += _displayed(each, depth=depth + 1)
    return found
