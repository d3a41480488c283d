"""Events of Slack: messages, mentions, our page opened, the Stop button of an agent's thread."""

from datetime import UTC, datetime

from adapters.chat.inbound import HomeOpened, Inbound, MessageReceived, StopPressed
from adapters.chat.payload import Payload, map_at, text_at, truth_at
from adapters.slack.ids import person_id, place
from adapters.slack.mentions import NameOf, mentions, undone, without_us
from core.domain.identity import Person, PersonId

_HUMAN = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Subtypes of messages that a person wrote just now; the others tell of edits, deletions, joins, bots."""


_SLACKBOT = "USLACKBOT"
"""Slack itself: reminders, notes to somebody who is not there."""


def parse_event(payload: Payload, *, us: str, bot: str, space: str, name_of: NameOf) -> Inbound | None:
    """The inbound value of the event in `payload`, None for what is not for us; `us` and `bot` are our own ids."""
    event = map_at(payload, "event")
    user = text_at(event, "user")
    if user in {"", us, _SLACKBOT} or text_at(event, "bot_id") == bot != "":
        return None
    person = Person(id=_writer(payload, event, user), name=name_of(user) or user)
    match text_at(event, "type"):
        case "message" | "app_mention":
            return _message(event, us=us, space=space, person=person, name_of=name_of)
        case "app_home_opened":
            return _home(payload, event, space=space, person=person)
        case "agent_session_stopped" | "message_stream_stopped":
            return _stop(payload, event, space=space, person=person)
        case _:
            return None


def _message(event: Payload, *, us: str, space: str, person: Person, name_of: NameOf) -> MessageReceived | None:
    if text_at(event, "subtype") not in _HUMAN or text_at(event, "bot_id"):
        return None
    channel, message, raw = text_at(event, "channel"), text_at(event, "ts"), text_at(event, "text")
    thread = text_at(event, "thread_ts")
    direct = text_at(event, "channel_type") == "im" or channel.startswith("D")
    called = text_at(event, "type") == "app_mention" or mentions(raw, us)
    text = undone(without_us(raw, us), name_of=name_of).strip()
    if not channel or not message or not (called or direct or (thread and text)):
        return None
    return MessageReceived(
        # a mention in a channel we are in comes twice, as two events with ids of their own: the message is the same
        event_id=f"message:{channel}/{message}",
        person=person,
        place=place(space, channel, thread),
        text=text,
        message=message,
        mentions_us=called,
        direct=direct,
        written_at=_moment(message),
    )


def _moment(message: str) -> datetime | None:
    """A message's id is the second in which it was written; None for one that is not."""
    try:
        return datetime.fromtimestamp(float(message), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _home(payload: Payload, event: Payload, *, space: str, person: Person) -> HomeOpened | None:
    event_id = text_at(payload, "event_id")
    if not event_id or text_at(event, "tab") not in {"", "home"}:
        return None
    return HomeOpened(event_id=event_id, person=person, place=place(space, text_at(event, "channel")))


def _stop(payload: Payload, event: Payload, *, space: str, person: Person) -> StopPressed | None:
    channel, at = text_at(event, "channel"), text_at(event, "event_ts")
    if not channel or not (at or text_at(payload, "event_id")):
        return None
    return StopPressed(
        # while Slack renames the event it sends both names, each with an id of its own
        event_id=f"stop:{channel}/{at}" if at else text_at(payload, "event_id"),
        person=person,
        place=place(space, channel, text_at(event, "thread_ts")),
    )


def _writer(payload: Payload, event: Payload, user: str) -> PersonId:
    """Whoever did it, under their own team: in a channel shared with another company that is not ours."""
    own = text_at(event, "user_team") or text_at(event, "source_team")
    if truth_at(payload, "is_ext_shared_channel"):
        return person_id(own or text_at(event, "user_profile", "team") or text_at(event, "team"), user)
    return person_id(own or text_at(event, "team") or text_at(payload, "team_id"), user)
