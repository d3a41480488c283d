"""Short private answers: one line that says what is the case, and what to do now."""

from collections.abc import Callable
from dataclasses import replace

from adapters.chat.card import Card, Text, Tone, Weight
from bot.access import Refusal
from bot.commands.spelling import as_typed_here
from core.domain.errors import OrchestratorError, StoreError

NOTE = "note"
"""Key of cards that stand for themselves and are never drawn again."""


def note_card(text: str, *, hint: str = "", tone: Tone = Tone.NEUTRAL) -> Card:
    """One line, and under it what can be done now."""
    sections = (Text(text=hint, weight=Weight.NEXT),) if hint else ()
    return Card(key=NOTE, title=text, tone=tone, sections=sections, about=text)


def refusal_note(refusal: Refusal) -> Card:
    """A polite no, and whom to ask."""
    hint = "This person can help:" if len(refusal.ask) == 1 else "These people can help:"
    asked = hint if refusal.ask else "Whoever set me up can change that."
    card = note_card(refusal.text, hint=asked)
    named = (Text(text=refusal.unknown, weight=Weight.MUTED),) if refusal.unknown else ()
    return replace(card, sections=(*card.sections, *named), mentions=refusal.ask)


def error_note(error: OrchestratorError, *, mask: Callable[[str], str] = str) -> Card:
    """What could not be done and what to do instead, in the words of the chat and without secrets.

    Where the database lies, and what is wrong with it, is for the log alone.
    """
    if isinstance(error, StoreError):
        hint = "Try again in a minute. Whoever runs me finds the cause in the log."
        return note_card("I cannot use my database just now.", hint=hint, tone=Tone.BAD)
    return note_card(as_typed_here(mask(error.message)), hint=as_typed_here(mask(error.hint)), tone=Tone.BAD)
