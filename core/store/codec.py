"""Values as stored text: JSON that both databases can hold and that comes back equal.

Text from agents can hold NUL, which Postgres refuses, and unpaired surrogates, which no database can encode.
JSON spells both as escapes (`\\u0000`, `\\ud800`), so JSON columns lose nothing. Plain text columns spell them, and the
escape character itself, as U+001A followed by four hexadecimal digits; every other text is stored as it is.

One thing is not kept: two separate surrogates that form a pair come back from JSON as the one character they mean.
"""

import json
import re
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from core.domain.event import Event

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = "\x1a"
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")


def escaped_text(text: str) -> str:
    """`text` in a form every database can hold; see the module for the scheme."""
    return _UNSTORABLE.sub(lambda match: f"{_ESCAPE}{ord(match[0]):04x}", text)


def unescaped_text(stored: str) -> str:
    """The text that `escaped_text` was given."""
    if _ESCAPE not in stored:
        return stored
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), stored)


def to_json(value: object) -> str:
    """Compact JSON of plain values (dicts with string keys, lists, strings, numbers, booleans, None)."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # surrogates only occur inside JSON strings, where the escape means the same
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def from_json(text: str) -> Any:
    """The plain value `to_json` was given; tuples come back as lists."""
    return json.loads(text)


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    # built at first use and kept: building one costs milliseconds
    return TypeAdapter(hint)


def encode(hint: object, value: object) -> str:
    """JSON of a domain value of the type `hint`."""
    return to_json(_adapter(hint).dump_python(value, mode="json"))


def decode(hint: object, text: str) -> Any:
    """The domain value of the type `hint`; fields added by a newer program are ignored, ValidationError when unfit."""
    # not validate_json: it refuses unpaired surrogates
    return _adapter(hint).validate_python(from_json(text))


_EVENT = Annotated[Event, Field(discriminator="type")]


def encode_event(event: Event) -> str:
    """JSON of `event`, with its type inside."""
    return encode(_EVENT, event)


def decode_event(text: str) -> Event | None:
    """The event, or None when this version of the program does not know its type or shape."""
    try:
        return decode(_EVENT, text)
    except ValidationError:
        return None
