"""What does not fit the messages of a card, as a file with all of it."""

import re
from collections.abc import Sequence

from adapters.chat.card import Card, Code, Markdown, Section, Table, Text
from adapters.chat.file import File
from adapters.chat.text import one_line

_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME = 40
_TITLE = 120


def file_of(card: Card, sections: Sequence[Section]) -> File | None:
    """The whole text of `sections`; None when there is no text in them."""
    texts = [text for section in sections if (text := _written(section).strip("\n"))]
    if not texts:
        return None
    name = _NAME.sub("-", card.key)[:_LONGEST_NAME].strip("-") or "details"
    suffix, language = _kind(sections)
    return File(
        name=f"{name}.{suffix}",
        data=("\n\n".join(texts) + "\n").encode("utf-8", "replace"),
        title=one_line(card.title, width=_TITLE),
        language=language,
    )


def _kind(sections: Sequence[Section]) -> tuple[str, str]:
    """The file's suffix and language."""
    if any(isinstance(section, Markdown) for section in sections):
        return "md", "markdown"
    if all(isinstance(section, Code) and section.language == "diff" for section in sections):
        return "diff", "diff"
    return "txt", ""


def _written(section: Section) -> str:
    match section:
        case Text() | Markdown() | Code():
            return section.text
        case Table():
            rows = [
                [column.label for column in section.columns],
                *section.rows,
                *([section.total] if section.total else []),
            ]
            return "\n".join("\t".join(one_line(cell) for cell in row) for row in rows)
        case _:
            return ""
