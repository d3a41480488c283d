"""A message somebody wrote becomes an inbound value, or nothing."""

from dataclasses import dataclass, field
from datetime import datetime

from adapters.chat.inbound import MessageReceived
from adapters.chat.payload import Payload, maps_at, text_at, truth_at
from adapters.discord.ids import is_direct
from adapters.discord.mentions import Names, mentions, undone, without_us
from core.domain.identity import Person, Place

_BY_PEOPLE = frozenset({0, 19})
"""Types of messages that people write: by themselves, and in reply (page: Message, types)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What we need to know of a message; ids as Discord's."""

    message: str
    author: Person
    place: Place
    text: str
    """With its markup."""
    names: Names = field(default_factory=Names)
    answers: str = ""
    """The message it is a reply to, '' for none."""
    by_program: bool = False
    """Whether an app wrote it, we among them, or Discord itself did."""
    written_at: datetime | None = None


def written_in(message: Payload, *, author: Person, place: Place, written_at: datetime | None) -> Written:
    """A message as Discord's HTTP API tells it, written by `author` at `place`."""
    return Written(
        message=text_at(message, "id"),
        author=author,
        place=place,
        text=text_at(message, "content"),
        names=Names(
            people={
                text_at(each, "id"): text_at(each, "global_name") or text_at(each, "username")
                for each in maps_at(message, "mentions")
            }
        ),
        answers=text_at(message, "message_reference", "message_id"),
        written_at=written_at,
    )


def is_by_person(message: Payload) -> bool:
    """Whether a person wrote a message of Discord's HTTP API: neither an app, we among them, nor Discord itself."""
    by_app = truth_at(message, "author", "bot") or bool(text_at(message, "webhook_id"))
    return not by_app and message.get("type") in _BY_PEOPLE


def parse_message(written: Written, *, us: frozenset[str]) -> MessageReceived | None:
    """The inbound value, None for what is not for us: other apps, chatter; `us` are the ids of our user and roles."""
    direct = is_direct(written.place)
    called = mentions(written.text, us)
    text = undone(without_us(written.text, us), written.names).strip()
    if written.by_program or not (called or direct or (written.place.thread and text)):
        return None
    return MessageReceived(
        event_id=f"message:{written.message}",
        person=written.author,
        place=written.place,
        text=text,
        message=written.message,
        mentions_us=called,
        direct=direct,
        answers=written.answers,
        written_at=written.written_at,
    )
