"""What all our messages in Discord have in common: colours, signs, and the body they are sent with."""

from collections.abc import Sequence

from adapters.chat.card import Tone
from adapters.chat.payload import Payload
from adapters.discord import components, markup

COMPONENTS_V2 = 1 << 15
"""The flag that says that a message is made of components alone."""
DANGER_ACCENT = 0xEF4444
ACCENT = {
    Tone.NEUTRAL: None,
    Tone.WORKING: 0x3B82F6,
    Tone.WAITING: 0xF59E0B,
    Tone.GOOD: 0x22C55E,
    Tone.BAD: DANGER_ACCENT,
}
SIGN = {Tone.NEUTRAL: "", Tone.WORKING: "🔵", Tone.WAITING: "🟠", Tone.GOOD: "🟢", Tone.BAD: "🔴"}


HEADING = "### "
"""Begins the title of a card."""


def message_body(parts: Sequence[Payload], *, calls: Sequence[str] = ()) -> dict[str, object]:
    """A message made of `parts`; of whomever its text names only the users in `calls` are called."""
    return {
        "components": list(parts),
        "flags": COMPONENTS_V2,
        "allowed_mentions": {"parse": [], "users": list(calls)},
    }


def note(text: str) -> dict[str, object]:
    """A line of our own as a message."""
    return message_body([components.text_display(markup.escaped(text))])
