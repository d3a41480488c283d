"""The chat commands: what may follow `/orchestrate`, the same words on every platform."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from core.domain.errors import InvalidInputError


class Verb(StrEnum):
    """What is wanted."""

    SUBMIT = "submit"
    APPROVE = "approve"
    DENY = "deny"
    CANCEL = "cancel"
    STATUS = "status"
    HELP = "help"
    QUIT = "quit"
    """Leave the chat; only where leaving means something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A verb, what it is about (`A17`, `T142`, '' for none), and the rest: a request, a reason or an answer."""

    verb: Verb
    target: str = ""
    text: str = ""


_LETTER = {Verb.APPROVE: "A", Verb.DENY: "A", Verb.CANCEL: "T", Verb.STATUS: "T"}
_EXAMPLE = {
    Verb.APPROVE: "approve A17",
    Verb.DENY: "deny A17 use the other table",
    Verb.CANCEL: "cancel T142",
    Verb.STATUS: "status T142",
}
_COMMANDS = tuple(verb for verb in Verb if verb is not Verb.SUBMIT)


def read(verb: str, text: str) -> Command:
    """The command in `text`, where `verb` is its first word when that was surely meant as a command ('' when not).

    Raises InvalidInputError, with what to type instead.
    """
    return read_verb(verb, text) if verb else read_command(text)


def read_command(text: str) -> Command:
    """The command in what follows `/orchestrate`; whatever fits no command is a request, nothing at all asks for help.

    Raises InvalidInputError for `approve`, `deny` or `cancel` alone.
    """
    word, rest = _split(text)
    if not word:
        return Command(verb=Verb.HELP)
    verb = _verb(word)
    if verb is None or not _fits(verb, rest):
        return Command(verb=Verb.SUBMIT, text=text.strip())
    return read_verb(word, rest)


def read_verb(word: str, rest: str) -> Command:
    """The command `word`, which the person surely meant as one.

    Raises InvalidInputError, with what to type instead, when there is no such command or `rest` does not fit it.
    """
    verb = _verb(word)
    if verb is None:
        raise InvalidInputError(f"There is no command {word[:40]!r}.", hint=_suggestion(word))
    letter = _LETTER.get(verb)
    if letter is None or (verb is Verb.STATUS and not rest.strip()):
        return Command(verb=verb, text=rest.strip())
    first, reason = _split(rest)
    target = re.fullmatch(rf"{letter}?([0-9]{{1,9}})", first, re.IGNORECASE)
    if target is None:
        kind = "approval" if letter == "A" else "task"
        raise InvalidInputError(f"{verb.value} needs the name of one {kind}.", hint=f"For example: {_EXAMPLE[verb]}")
    return Command(verb=verb, target=f"{letter}{target[1]}", text=reason)


def _verb(word: str) -> Verb | None:
    return next((verb for verb in _COMMANDS if verb.value == word.lower()), None)


def _fits(verb: Verb, rest: str) -> bool:
    """Whether `rest` shows that the word before it was meant as `verb`, and is not the start of a request."""
    letter = _LETTER.get(verb)
    if not rest.strip():
        return True
    if letter is None:
        return False
    return re.match(rf"\s*(?:{letter}[0-9]{{1,9}}(?!\S)|[0-9]{{1,9}}\s*$)", rest, re.IGNORECASE) is not None


def _split(text: str) -> tuple[str, str]:
    """The first word and what is after it."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word, rest[0].strip() if rest else ""


def _suggestion(word: str) -> str:
    close = get_close_matches(word.lower(), [verb.value for verb in _COMMANDS], n=1)
    return f"Did you mean {close[0]}?" if close else "Type help for the commands."
