"""Commit messages: made from text that anybody may have written, with trailers that can be read back. Pure.

What agents write calls nobody and closes nothing once it is pushed: which issue a task closes is said by its pull
request. Numbers of issues stay as they are, so that a log can be searched for them.
"""

import re
from collections.abc import Mapping

_TRAILER = re.compile(r"[A-Za-z0-9-]+: |\s+\S")
"""A trailer, or the rest of one that was folded."""
_NO_SUBJECT = "Work done"
_JOINER = "\u2060"
"""Nobody sees it, and no forge reads a word across it."""
_CLOSING = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?=:?\s+(?:(?:[\w.-]+/[\w.-]+)?#\d|GH-\d|https?://))", re.IGNORECASE
)
"""As GitHub writes it in "Linking a pull request to an issue": such a commit on the default branch closes the issue."""
_CALLING = re.compile(r"(?<![\w/])@(?=[A-Za-z0-9])")


def commit_message(*, subject: str, body: str, trailers: Mapping[str, str]) -> str:
    """Subject, body and trailers as paragraphs; what a message cannot carry is left out, a subject is always there."""
    paragraphs = [_still(_line(subject)) or _NO_SUBJECT, _still(_text(body)), "\n".join(trailer_lines(trailers))]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def trailer_lines(trailers: Mapping[str, str]) -> list[str]:
    """Each trailer as `Key: value`, one line; ValueError when a key is not letters, digits and `-`."""
    for key in trailers:
        if not key.replace("-", "").isalnum() or not key.isascii():
            raise ValueError(f"{key!r} cannot be the key of a trailer")
    return [f"{key}: {_line(value)}" for key, value in trailers.items()]


def with_trailers(message: str, trailers: Mapping[str, str]) -> str:
    """`message` with exactly these trailers in place of those it has; all else in it stays."""
    paragraphs = message.rstrip().split("\n\n")
    if len(paragraphs) > 1 and all(_TRAILER.match(line) for line in paragraphs[-1].split("\n")):
        paragraphs.pop()
    kept = "\n\n".join(paragraphs).strip() or _NO_SUBJECT
    return "\n\n".join([kept, *filter(None, ["\n".join(trailer_lines(trailers))])]) + "\n"


def _still(text: str) -> str:
    return _CLOSING.sub(lambda found: f"{found[0]}{_JOINER}", _CALLING.sub(f"@{_JOINER}", text))


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _text(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(letter for letter in line if letter.isprintable()).rstrip() for line in lines).strip("\n")
