"""What Telegram sends becomes an inbound value, or nothing; no update raises."""

from datetime import UTC, datetime

from adapters.chat.inbound import ButtonPressed, CommandReceived, Inbound, MessagePicked, MessageReceived
from adapters.chat.payload import Payload, map_at, text_at, truth_at
from adapters.telegram.ids import person_id
from adapters.telegram.look import full_name, number_at
from adapters.telegram.spoken import Spoken, spoken
from adapters.telegram.threads import standing
from adapters.telegram.undone import written
from adapters.telegram.us import Us
from core.domain.identity import Person, Place

GROUP_ANONYMOUS = 1_087_968_824
"""Writes for administrators who remain anonymous (core.telegram.org/bots/api, Message.from)."""
_REQUESTS = {"run": "submit", "start": "help"}
"""What people type in Telegram, by what we call it. `/start` opens a conversation, and is told what there is."""


def parse(update: Payload, us: Us, *, place: Place) -> Inbound | None:
    """The inbound value of an update, None for what is not for us: bots, channels, edits, chatter, service messages.

    `place` is where its message stands. What people edit is not heard a second time: an answer is given once.
    """
    event_id = event_of(update)
    if press := map_at(update, "callback_query"):
        return _press(press, event_id=event_id, place=place)
    message = map_at(update, "message")
    person = writer(message)
    if person is None:
        return None
    direct = text_at(message, "chat", "type") == "private"
    said = spoken(written(message), us)
    if map_at(message, "forward_origin"):
        return _picked(message, said, event_id=event_id, person=person, place=place) if direct else None
    if said.command:
        return None if said.for_others else _command(said, event_id=event_id, person=person, place=place)
    if not (direct or said.mentions_us or place.thread) or not (said.text or said.mentions_us):
        return None
    return MessageReceived(
        event_id=event_id,
        person=person,
        place=place,
        text=said.text,
        message=str(number_at(message, "message_id")),
        mentions_us=said.mentions_us,
        direct=direct,
        answers=str(standing(message).answers or ""),
        written_at=_moment(number_at(message, "date")),
    )


def event_of(update: Payload) -> str:
    """Names what happened for good: the same when it is delivered again."""
    return f"update:{number_at(update, 'update_id')}"


def writer(message: Payload) -> Person | None:
    """The person who wrote `message` in a conversation with us or in a group; None for everybody else who writes."""
    user = map_at(message, "from")
    ours = text_at(message, "chat", "type") in {"private", "group", "supergroup"}
    # a channel that speaks in a group, or an administrator who does not say who they are, is no person we know
    masked = map_at(message, "sender_chat") or text_at(message, "business_connection_id")
    if not ours or masked or truth_at(user, "is_bot") or not number_at(user, "id"):
        return None
    return somebody(user)


def somebody(user: Payload) -> Person:
    """A user of Telegram as a person."""
    number = number_at(user, "id")
    return Person(id=person_id(number), name=full_name(user) or str(number))


def speaks_masked(update: Payload, us: Us) -> bool:
    """Whether an anonymous administrator wants something of us: nobody can tell whether they may."""
    message = map_at(update, "message")
    if number_at(message, "from", "id") != GROUP_ANONYMOUS:
        return False
    said = spoken(written(message), us)
    answers_us = number_at(message, "reply_to_message", "from", "id") == us.id
    return said.mentions_us or answers_us or bool(said.command and not said.for_others)


def _press(press: Payload, *, event_id: str, place: Place) -> ButtonPressed | None:
    user, token = map_at(press, "from"), text_at(press, "data")
    if not token or truth_at(user, "is_bot") or not number_at(user, "id"):
        return None
    return ButtonPressed(
        event_id=event_id,
        person=somebody(user),
        place=place,
        token=token,
        message=str(number_at(press, "message", "message_id") or ""),
        trigger=event_id,
    )


def _command(said: Spoken, *, event_id: str, person: Person, place: Place) -> CommandReceived:
    verb, text = said.command, said.text
    if verb.startswith("orchestrate"):
        verb = ""
    elif verb == "start":
        text = ""  # what follows says where the link stood that was followed
    elif verb == "run" and not text:
        verb = "new"
    return CommandReceived(
        event_id=event_id, person=person, place=place, text=text, verb=_REQUESTS.get(verb, verb), trigger=event_id
    )


def _picked(message: Payload, said: Spoken, *, event_id: str, person: Person, place: Place) -> MessagePicked | None:
    """Whatever is forwarded to us alone is to become a request."""
    origin = map_at(message, "forward_origin")
    author = full_name(map_at(origin, "sender_user")) or text_at(origin, "sender_user_name")
    if not said.whole:
        return None
    return MessagePicked(
        event_id=event_id,
        person=person,
        place=place,
        text=said.whole,
        message=str(number_at(message, "message_id")),
        author=author or text_at(origin, "sender_chat", "title") or text_at(origin, "chat", "title"),
        trigger=event_id,
    )


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
