"""A line typed in the terminal chat as an inbound value."""

from adapters.chat.inbound import CommandReceived
from core.domain.identity import Person, Place

PLATFORM = "console"
_CHAT_COMMAND = "/orchestrate"


def parse_line(line: str, *, event_id: str, person: Person) -> CommandReceived | None:
    """The command in `line`; None when it is blank.

    `/approve A17` and its like are commands, `/orchestrate …` is what it is in every chat, anything else is a request.
    """
    line = line.strip()
    if not line:
        return None
    verb, text = _parted(line)
    place = Place(platform=PLATFORM)
    return CommandReceived(event_id=event_id, person=person, place=place, verb=verb, text=text)


def _parted(line: str) -> tuple[str, str]:
    """The command word, when the line begins with one, and what is after it."""
    if not line.startswith("/"):
        return "", line
    word, _, rest = line.partition(" ")
    return ("", rest) if word.lower() == _CHAT_COMMAND else (word.removeprefix("/"), rest)
