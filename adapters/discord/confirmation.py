"""Dangerous buttons ask back before they do anything: Discord does not do so by itself.

Their ids begin with a mark that no token begins with; only who says yes is heard of.
"""

from dataclasses import dataclass
from enum import Enum, auto

from adapters.chat.measure import fitted
from adapters.chat.payload import Payload
from adapters.chat.text import one_line
from adapters.discord import components, limits, markup
from adapters.discord.look import DANGER_ACCENT, message_body

_ASKS, _SURE, _NOT_NOW = "?", "!", "?not-now"
PRESSABLE = r"(?P<mark>[?!]?)(?P<token>(?!menu$)[A-Za-z0-9_-]{1,64})"
"""What the ids of our buttons look like: a token, and what is to happen before it counts."""
_LABEL = 60
_GO_BACK = "Not now"
_NOTHING_YET = "Nothing is done until you say so."


class Meant(Enum):
    """What a press means before it is handed over."""

    DO = auto()
    ASK = auto()
    """Ask back first."""
    SURE = auto()
    """Yes was said: the question goes, and the press is handed over."""
    LEAVE = auto()
    """Not now: the question goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A press of a button, with the token behind it."""

    meant: Meant
    token: str


def asking(token: str) -> str:
    """The id of a button that asks back before `token` is pressed."""
    return _ASKS + token


def read(custom_id: str) -> Press:
    """What the button with this id means."""
    if custom_id == _NOT_NOW:
        return Press(meant=Meant.LEAVE, token="")
    if custom_id.startswith(_ASKS):
        return Press(meant=Meant.ASK, token=custom_id.removeprefix(_ASKS))
    if custom_id.startswith(_SURE):
        return Press(meant=Meant.SURE, token=custom_id.removeprefix(_SURE))
    return Press(meant=Meant.DO, token=custom_id)


def question(label: str, token: str, *, about: str = "") -> dict[str, object]:
    """What is asked of who pressed the dangerous button `label`; `about` is ready to be shown."""
    label = fitted(one_line(label), limit=_LABEL) or "Go on"
    lines = (markup.bold(f"{label}?"), about, markup.small(_NOTHING_YET))
    text = "\n".join(line for line in lines if line)
    buttons: list[Payload] = [
        components.button(fitted(label, limit=limits.BUTTON), token=_SURE + token, style=components.DANGER),
        components.button(_GO_BACK, token=_NOT_NOW),
    ]
    parts = [components.text_display(text), components.row(buttons)]
    return message_body([components.container(parts, accent=DANGER_ACCENT)])
