"""The values a chat platform in memory shows to a test: messages, whispers, opened forms, and calls that were made."""

from dataclasses import dataclass
from datetime import datetime

from adapters.chat.card import Card
from adapters.chat.file import File
from adapters.chat.form import Form
from adapters.chat.port import Capabilities, Pace, Posted
from core.domain.identity import PersonId, Place

ANYTHING = Capabilities(
    edits=True,
    buttons=True,
    forms=True,
    threads=True,
    direct=True,
    whispers=True,
    files=True,
    form_files=True,
    streams=True,
    home=True,
    status=True,
)
UNHURRIED = Pace(post_interval_s=0.0, edit_interval_s=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMessage:
    """A message as it stands now; one of `card`, `file` and `text` is given."""

    id: str = ""
    place: Place
    thread: Place
    """Where answers to it go."""
    card: Card | None = None
    file: File | None = None
    text: str = ""
    """Of a streamed answer."""
    key: str = ""
    to: PersonId | None = None
    """Of a direct message."""
    url: str = ""
    edits: int = 0
    deleted: bool = False

    @property
    def posted(self) -> Posted:
        """As the port tells it."""
        return Posted(place=self.place, message=self.id, thread=self.thread, url=self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """Something only one person saw."""

    place: Place
    person: PersonId
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedForm:
    """A form in front of a person."""

    person: PersonId
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryCall:
    """One call of the port, with its time: to look whether the pace was kept."""

    name: str
    at: datetime
    place: Place | None = None
    person: PersonId | None = None
    message: str = ""
