"""A command on its way for a person, and what is left to do when it has run."""

from dataclasses import dataclass

from bot.commands.context import Asker
from bot.commands.grammar import Command, Verb

CHANGING = frozenset(
    {
        Verb.SUBMIT,
        Verb.APPROVE,
        Verb.DENY,
        Verb.REVISE,
        Verb.ANSWER,
        Verb.STEER,
        Verb.CANCEL,
        Verb.PAUSE,
        Verb.RESUME,
        Verb.RETRY,
        Verb.ADDRESS,
        Verb.PUBLISH,
        Verb.REVIEW,
        Verb.REWIND,
        Verb.FORK,
        Verb.KEEP,
        Verb.PRIORITY,
    }
)
"""Verbs whose button is used up when they are done; looking can be repeated."""
SHOWN = CHANGING - {Verb.SUBMIT, Verb.FORK, Verb.STEER, Verb.REVIEW}
"""Verbs whose doing shows on the card the button stands on, so that nobody need be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """`command`, to be run in the name of `asker`."""

    command: Command
    asker: Asker
    sure: bool = True
    """False for a request that is asked about before it costs anything."""
    token: str = ""
    """The button or form it comes from, used up once it is done."""
    words: str = ""
    """What the person wrote into a form: given back when nothing came of it."""
    choice: bool = False
    """Whether the button is one of several ways to do one thing: none of them may be left once one is done."""
    on_card: bool = False
    """Whether the person looks at a card that shows what comes of it."""
