"""Something a person did with the app, and what it made of that: answered in time or dead, its token for 15 min."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

ANSWER_WITHIN_S = 5 * 3.0
"""Discord gives 3 seconds. Five times that here: a test must not fail because its machine is busy."""
TOKEN_LIFE_S = 900.0
"""docs.discord.com/developers/interactions/receiving-and-responding: 15 minutes."""


class Did(IntEnum):
    """What the person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """How the app answered."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True, kw_only=True)
class Interaction:
    """One interaction; `answer` is None until the app answered."""

    id: str
    token: str
    did: Did
    person: str
    channel: str
    at: float
    source: str = ""
    """The message that was pressed, also when what was pressed opened the form."""
    opened_by: str = ""
    """The interaction whose answer was the form that was sent."""
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    answer: Callback | None = None
    answered_after_s: float | None = None
    choices: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    original: str = ""
    """The message that the answer made or changed."""
    followups: list[str] = field(default_factory=list[str])
    failed: bool = False
    """Whether the person was told that the app did not respond."""

    @property
    def acked(self) -> bool:
        """Whether the app answered in time."""
        return self.answer is not None

    def alive(self, now: float) -> bool:
        """Whether its token still works."""
        return now - self.at < TOKEN_LIFE_S
