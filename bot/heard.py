"""What came in from a chat as JSON and back, and the short name by which a person can ask about it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    Inbound,
    MessagePicked,
    MessageReceived,
)

_INBOUND: TypeAdapter[Inbound] = TypeAdapter(Annotated[Inbound, Field(discriminator="type")])


def said_of(inbound: Inbound) -> dict[str, Any]:
    """`inbound` as plain JSON."""
    return _INBOUND.dump_python(inbound, mode="json")


def inbound_of(said: Mapping[str, object]) -> Inbound | None:
    """The inbound value, or None when this version of the program does not know its type or shape."""
    try:
        return _INBOUND.validate_python(dict(said))
    except ValidationError:
        return None


def reference_of(event_id: str) -> str:
    """Eight hexadecimal digits for one event: on a person's screen and on the log lines about it."""
    return hashlib.sha256(event_id.encode(errors="surrogatepass")).hexdigest()[:8]


def without_trigger(inbound: Inbound) -> Inbound:
    """`inbound` as it is some time later: nothing opens a form any more."""
    match inbound:
        case CommandReceived() | MessagePicked() | ButtonPressed():
            return replace(inbound, trigger="")
        case _:
            return inbound


def masked(inbound: Inbound, mask: Callable[[str], str]) -> Inbound:
    """`inbound` with `mask` over the words of people; ids and tokens stay as they are."""
    match inbound:
        case CommandReceived() | MessagePicked() | MessageReceived():
            return replace(inbound, text=mask(inbound.text))
        case FormSubmitted():
            return replace(inbound, values={name: mask(text) for name, text in inbound.values.items()})
        case _:
            return inbound
