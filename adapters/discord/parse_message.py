"""A message somebody wrote becomes an inbound value, or nothing."""

from dataclasses import dataclass, field
from datetime import datetime

from adapters.chat.inbound import MessageReceived
from adapters.discord.ids import is_direct
from adapters.discord.mentions import Names, mentions, undone, without_us
from core.domain.identity import Person, Place


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
