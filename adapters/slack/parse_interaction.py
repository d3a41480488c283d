"""What people do with our buttons, forms and shortcuts."""

from collections.abc import Mapping

from adapters.chat.inbound import ButtonPressed, FormSubmitted, Inbound, MessagePicked
from adapters.chat.payload import Payload, map_at, maps_at, text_at
from adapters.slack.ids import person_id, place
from adapters.slack.mentions import NameOf, undone
from adapters.slack.needs import SHORTCUT
from core.domain.identity import Person, Place


def parse_interaction(payload: Payload, *, space: str, name_of: NameOf) -> Inbound | None:
    """The inbound value of an interactive payload, None for what asks nothing of us."""
    user = text_at(payload, "user", "id")
    if not user:
        return None
    name = text_at(payload, "user", "name") or text_at(payload, "user", "username") or user
    team = text_at(payload, "user", "team_id") or text_at(payload, "team", "id")
    person = Person(id=person_id(team, user), name=name)
    match text_at(payload, "type"):
        case "block_actions":
            return _button(payload, space=space, person=person)
        case "view_submission":
            return _form(payload, space=space, person=person)
        case "message_action" if text_at(payload, "callback_id") == SHORTCUT:
            return _picked(payload, space=space, person=person, name_of=name_of)
        case _:
            return None


def _button(payload: Payload, *, space: str, person: Person) -> ButtonPressed | None:
    token = next((found for action in maps_at(payload, "actions") if (found := _token(action))), "")
    trigger = text_at(payload, "trigger_id")
    if not token or not trigger:
        return None
    return ButtonPressed(
        event_id=f"press:{trigger}",
        person=person,
        place=_where(payload, space),
        token=token,
        message=text_at(payload, "container", "message_ts") or text_at(payload, "message", "ts"),
        trigger=trigger,
    )


def _token(action: Payload) -> str:
    """The action's id is its token; where one of several is chosen, the chosen one's value is. Links ask nothing."""
    if text_at(action, "url"):
        return ""
    return text_at(action, "selected_option", "value") or text_at(action, "action_id")


def _where(payload: Payload, space: str) -> Place:
    """The message's channel, and the thread it stands in; none for the message a thread grew from."""
    message = text_at(payload, "container", "message_ts") or text_at(payload, "message", "ts")
    thread = text_at(payload, "container", "thread_ts") or text_at(payload, "message", "thread_ts")
    channel = text_at(payload, "channel", "id") or text_at(payload, "container", "channel_id")
    return place(space, channel, "" if thread == message else thread)


def _form(payload: Payload, *, space: str, person: Person) -> FormSubmitted | None:
    token, view = text_at(payload, "view", "private_metadata"), text_at(payload, "view", "id")
    if not token or not view:
        return None
    return FormSubmitted(
        # sent again when the first one was not answered in time: the view and its state are the same
        event_id=f"form:{view}/{text_at(payload, 'view', 'hash')}",
        person=person,
        place=place(space),
        token=token,
        values=_values(map_at(payload, "view", "state", "values")),
    )


def _values(state: Payload) -> Mapping[str, str]:
    """What was filled in, by the names of the fields, which are the ids of their blocks."""
    values: dict[str, str] = {}
    for name in state:
        for action in map_at(state, name):
            field = map_at(state, name, action)
            values[name] = text_at(field, "value") or text_at(field, "selected_option", "value")
    return values


def _picked(payload: Payload, *, space: str, person: Person, name_of: NameOf) -> MessagePicked | None:
    trigger, message = text_at(payload, "trigger_id"), text_at(payload, "message", "ts")
    channel = text_at(payload, "channel", "id")
    if not trigger or not message or not channel:
        return None
    author = text_at(payload, "message", "user")
    return MessagePicked(
        event_id=f"pick:{trigger}",
        person=person,
        place=place(space, channel, text_at(payload, "message", "thread_ts") or message),
        text=undone(_words(map_at(payload, "message")), name_of=name_of).strip(),
        message=message,
        author=(name_of(author) or author) if author else text_at(payload, "message", "username"),
        trigger=trigger,
    )


def _words(message: Payload) -> str:
    """What a message says; alarms of other apps often say it in attachments alone."""
    if text := text_at(message, "text").strip():
        return text
    parts: list[str] = []
    for attachment in maps_at(message, "attachments"):
        said = [text_at(attachment, name) for name in ("pretext", "title", "text")]
        parts.append("\n".join(filter(None, said)) or text_at(attachment, "fallback"))
    return "\n".join(filter(None, parts))
