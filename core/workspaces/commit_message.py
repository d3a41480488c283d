"""Commit messages: made from text that anybody may have written, with trailers that can be read back. Pure."""

from collections.abc import Mapping


def commit_message(*, subject: str, body: str, trailers: Mapping[str, str]) -> str:
    """Subject, body and trailers as paragraphs; what a message cannot carry is left out, a subject is always there."""
    paragraphs = [_line(subject) or "Work done", _text(body), "\n".join(trailer_lines(trailers))]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def trailer_lines(trailers: Mapping[str, str]) -> list[str]:
    """Each trailer as `Key: value`, one line; ValueError when a key is not letters, digits and `-`."""
    for key in trailers:
        if not key.replace("-", "").isalnum() or not key.isascii():
            raise ValueError(f"{key!r} cannot be the key of a trailer")
    return [f"{key}: {_line(value)}" for key, value in trailers.items()]


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _text(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(letter for letter in line if letter.isprintable()).rstrip() for line in lines).strip("\n")
