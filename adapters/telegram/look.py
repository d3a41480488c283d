"""Looking into what Telegram sends: numbers beside what `adapters.chat.payload` finds, and people's names."""

from typing import cast

from adapters.chat.payload import Payload, map_at, text_at


def payload_of(value: object) -> Payload:
    """`value` when it is an object, else an empty one."""
    return cast("Payload", value) if isinstance(value, dict) else {}


def number_at(payload: Payload, *path: str) -> int:
    """The whole number at `path`, 0 when there is none."""
    *above, last = path
    value = map_at(payload, *above).get(last) if above else payload.get(last)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def full_name(user: Payload) -> str:
    """What Telegram shows of a person: first and last name, else the name behind @, else ''."""
    shown = " ".join(filter(None, (text_at(user, "first_name").strip(), text_at(user, "last_name").strip())))
    return shown or text_at(user, "username")
