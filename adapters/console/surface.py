"""What the console draws on: the bottom of a terminal, or a page of plain lines."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from adapters.chat.card import Card

CardSource = Callable[[], Card]
"""Makes the card from the newest state and the present time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A line being asked for: what about, what stands before it, and what was typed so far."""

    label: str
    card: Card | None = None
    text: str = ""
    complaint: str = ""


class Surface(Protocol):
    """One way to show things to a person."""

    def show(self, card: Card) -> None:
        """The whole card, for good."""
        ...

    def say(self, text: str) -> None:
        """One line, for good."""
        ...

    def follow(self, key: str, source: CardSource) -> None:
        """From now on, the card of `key` is what `source` makes."""
        ...

    def leave(self, key: str) -> None:
        """The card of `key` does not change any more; its last state stays to be seen."""
        ...

    def ask(self, prompt: Prompt | None) -> None:
        """Show what is asked and typed; None when nothing is asked any more."""
        ...
