"""What a command is about: `T142`, `142`, `T142.3`, `A17`, `PR #45`, as people type them."""

import re

from bot.commands.pull_request import names_pull_request, take_pull_request
from bot.commands.verbs import Target

_MARK = r"[.,;:!?]*"
_TASK = re.compile(rf"(T)?([0-9]{{1,9}}){_MARK}", re.ASCII | re.IGNORECASE)
_PATTERNS = {
    Target.TASK: _TASK,
    Target.TASKS: _TASK,
    Target.RUN: re.compile(rf"(T)?([0-9]{{1,9}})\.([0-9]{{1,6}}){_MARK}", re.ASCII | re.IGNORECASE),
    Target.TASK_OR_RUN: re.compile(rf"(T)?([0-9]{{1,9}})(?:\.([0-9]{{1,6}}))?{_MARK}", re.ASCII | re.IGNORECASE),
    Target.APPROVAL: re.compile(rf"(A)?([0-9]{{1,9}}){_MARK}", re.ASCII | re.IGNORECASE),
}


def first_word(text: str) -> tuple[str, str]:
    """The first word of `text`, and what is after it."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word, rest[0].strip() if rest else ""


def names_target(target: Target, text: str) -> bool:
    """Whether `text` surely begins with such a name: with its letter, or a number and nothing else."""
    if target is Target.PULL_REQUEST:
        return names_pull_request(text)
    pattern, words = _PATTERNS[target], text.split()
    first = pattern.fullmatch(words[0]) if words else None
    if first is None:
        return False
    if target is Target.TASKS:
        return (len(words) > 1 or bool(first[1])) and all(map(pattern.fullmatch, words))
    return bool(first[1]) or len(words) == 1


def take_target(target: Target, text: str) -> tuple[tuple[str, ...], str]:
    """The names `text` begins with, as the program writes them, and what comes after; one at most but for TASKS."""
    if target is Target.PULL_REQUEST:
        reference, more = take_pull_request(text)
        return ((reference,) if reference else ()), more
    found: list[str] = []
    while not found or target is Target.TASKS:
        word, more = first_word(text)
        match = _PATTERNS[target].fullmatch(word)
        if match is None:
            break
        found.append(_name(match, letter="A" if target is Target.APPROVAL else "T"))
        text = more
    return tuple(found), text


def _name(match: re.Match[str], *, letter: str) -> str:
    run = match.groups()[2:]
    return f"{letter}{int(match[2])}" + (f".{int(run[0])}" if run and run[0] else "")
