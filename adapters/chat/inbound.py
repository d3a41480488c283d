"""What comes in from a chat, as neutral values; `event_id` is the platform's own: a repeat is recognised by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.domain.identity import Person, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReceived:
    """Somebody typed a command; `text` is what followed `/orchestrate`, or `verb` when that is a command of its own.

    In every text of this module the platform's markup is undone: people are `@name`, links are their addresses, code
    keeps its backticks. `trigger` is what a form may be opened with for some seconds, '' for none.
    """

    type: Literal["command_received"] = "command_received"
    event_id: str
    person: Person
    place: Place
    text: str
    verb: str = ""
    """`approve` of `/approve A17`: there is no doubt that a command is meant. '' when the first word of `text` says."""
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """Somebody wrote in a thread, or to us alone, or mentioned us; no command. `message` is the platform's id of it."""

    type: Literal["message_received"] = "message_received"
    event_id: str
    person: Person
    place: Place
    text: str
    """Without the mention of us."""
    message: str
    mentions_us: bool = False
    direct: bool = False
    """Whether nobody else can read it."""
    answers: str = ""
    """The platform's id of the message it was written in reply to, where a platform knows that; '' for none."""
    written_at: datetime | None = None
    """When, by the platform's clock (aware): an answer cannot be about what was asked after it. None when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePicked:
    """Somebody chose "Orchestrate this" on a message, of whomever: `text` becomes the request."""

    type: Literal["message_picked"] = "message_picked"
    event_id: str
    person: Person
    place: Place
    """The message's channel, and its thread: the one it began or stands in."""
    text: str
    message: str
    author: str = ""
    """Name of who wrote it."""
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed:
    """Somebody pressed the action with this token; whether they may is not decided here."""

    type: Literal["button_pressed"] = "button_pressed"
    event_id: str
    person: Person
    place: Place
    token: str
    message: str = ""
    """The message the button stood on; '' where there is none, as on a home page."""
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """A file somebody gave, before it is fetched: what the platform says of it."""

    name: str
    size_bytes: int
    source: str
    """By which its adapter fetches it, such as an address; it may not be good for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted:
    """Somebody filled in the form of this token; `values` by the fields' names."""

    type: Literal["form_submitted"] = "form_submitted"
    event_id: str
    person: Person
    place: Place
    token: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    files: tuple[GivenFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened:
    """Somebody opened our own page."""

    type: Literal["home_opened"] = "home_opened"
    event_id: str
    person: Person
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPressed:
    """Somebody pressed the platform's own Stop in the thread `place`."""

    type: Literal["stop_pressed"] = "stop_pressed"
    event_id: str
    person: Person
    place: Place


Inbound = CommandReceived | MessageReceived | MessagePicked | ButtonPressed | FormSubmitted | HomeOpened | StopPressed
