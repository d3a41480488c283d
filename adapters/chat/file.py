"""A file to hand over in a chat: a diff, a log, a picture."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`name` has its suffix; `title` is one line for people; `alt` describes a picture to who cannot see it."""

    name: str
    data: bytes
    title: str = ""
    alt: str = ""
    language: str = ""
    """Of source text, such as `diff`; '' for other data."""
