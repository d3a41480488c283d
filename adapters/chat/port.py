"""The chat port: what the program asks of every chat platform."""

from dataclasses import dataclass
from typing import Protocol

from adapters.chat.card import Card
from core.domain.identity import PersonId, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform can do, so that the program never asks for more."""

    edits: bool
    """Whether a posted card can be changed."""
    buttons: bool
    forms: bool
    threads: bool
    direct: bool
    """Whether a person can be written to alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that exists: where, and the platform's own id of it."""

    place: Place
    message: str


class ChatAdapter(Protocol):
    """One chat platform. `key` names a message once and for all: posting it again posts nothing new."""

    @property
    def platform(self) -> str:
        """The platform's short name, as in Place and PersonId."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    async def post(self, place: Place, card: Card, *, key: str) -> Posted:
        """Post `card` in `place`."""
        ...

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of what was posted."""
        ...

    async def direct(self, person: PersonId, card: Card, *, key: str) -> Posted:
        """Send `card` to one person alone; NotFoundError when that person cannot be written to."""
        ...
