"""What comes in from a chat, as neutral values; `event_id` is the platform's own: a repeat is recognised by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapters.chat.verbs import Command
from core.domain.identity import Person, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReceived:
    """Somebody typed a command."""

    type: Literal["command_received"] = "command_received"
    event_id: str
    person: Person
    place: Place
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """Somebody wrote in a thread of ours, or to us; no command."""

    type: Literal["message_received"] = "message_received"
    event_id: str
    person: Person
    place: Place
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed:
    """Somebody pressed the action with this token; whether they may is not decided here."""

    type: Literal["button_pressed"] = "button_pressed"
    event_id: str
    person: Person
    place: Place
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted:
    """Somebody filled in the form that the action with this token opened."""

    type: Literal["form_submitted"] = "form_submitted"
    event_id: str
    person: Person
    place: Place
    token: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])


Inbound = CommandReceived | MessageReceived | ButtonPressed | FormSubmitted
