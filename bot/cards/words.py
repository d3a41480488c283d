"""Text on a card: one line or some paragraphs of bounded size, never cut inside a character or a code fence (pure)."""

import re
from collections.abc import Iterable

from rich.cells import split_graphemes

from adapters.chat.card import Field
from adapters.chat.text import one_line, printable

TITLE = 140
"""Characters of a card's title."""
STATUS = 60
LABEL = 60
"""Characters on a button or before a fact."""
FACT = 300
"""Characters of one labelled fact."""
SENTENCE = 500
PARAGRAPH = 2_500
"""Characters of plain text that is read through."""
DOCUMENT = 9_000
"""Characters of Markdown or code in one piece; what is longer is a file."""
COMMAND = 200
"""Characters of a command on a button, but for what a person wrote."""

_FENCE = re.compile(r"((?:[ \t]|>|(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*)(?:(`{3,})([^`]*)|(~{3,})(.*))")
"""A code fence, also in quotations and lists: what stands before it, the fence, and what is said after it."""
_LEAST_KEPT = 0.5
"""Share of a cut text that must be left for a whole fence to be taken out of it."""
_NOTE = 120


def line(text: str, most: int = FACT) -> str:
    """`text` as one printable line of at most `most` characters, and as many columns."""
    shown = one_line(text, width=most)
    if len(shown) <= most:
        return shown
    end = 0
    for _, stop, _ in split_graphemes(shown)[0]:
        if stop > most - 1:
            break
        end = stop
    return shown[:end].rstrip() + "…"


def block(text: str, most: int = PARAGRAPH, *, see: str = "") -> str:
    """`text` with its line breaks in at most `most` characters; what is left out is counted, `see` says where it is."""
    whole, rest = _printed(text, most)
    if len(whole) <= most and not rest:
        return whole
    kept = _whole_lines(whole, most - _NOTE)
    return kept.rstrip() + _more(whole[len(kept) :], rest=rest, see=see)


def prose(text: str, most: int = DOCUMENT, *, see: str = "") -> str:
    """Markdown in at most `most` characters, as `block` does it, with no code fence left open.

    A fence that does not fit is left out; when it is most of the text it is closed where it was cut.
    """
    whole, rest = _printed(text, most)
    if len(whole) <= most and not rest:
        return whole
    kept, mark = _outside_fences(_whole_lines(whole, most - _NOTE))
    return kept.rstrip() + mark + _more(whole[len(kept) :], rest=rest, see=see)


def listed(names: Iterable[str], *, most: int = 6) -> str:
    """`a, b and 3 more`; '' for none."""
    all_names = list(names)
    shown = ", ".join(line(name, 80) for name in all_names[:most])
    more = len(all_names) - most
    return f"{shown} and {more} more" if more > 0 else shown


def facts(given: Iterable[tuple[str, str]]) -> tuple[Field, ...]:
    """Labelled facts, each in one line; what is empty is left out."""
    shown = ((label, line(value)) for label, value in given)
    return tuple(Field(label=line(label, LABEL), value=value) for label, value in shown if value)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 task`, `3 tasks`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _whole_lines(text: str, most: int) -> str:
    """The beginning of `text`, to the last line that fits; inside a line only when that line is all there is."""
    cut = text[:most]
    if text[most : most + 1] == "\n":
        return cut
    head, newline, _ = cut.rpartition("\n")
    return head if newline and len(head) > most * _LEAST_KEPT else _whole_characters(cut)


def _whole_characters(text: str) -> str:
    spans, _ = split_graphemes(text[-64:])
    return text[: len(text) - 64 + spans[-1][0]] if len(text) > 64 and spans else text


def _outside_fences(text: str) -> tuple[str, str]:
    """`text` without a fence that is still open at its end, or with what closes it."""
    opened_at, fence, before, position = 0, "", "", 0
    for each in text.splitlines(keepends=True):
        match = _FENCE.fullmatch(each.rstrip("\n"))
        if match:
            marks, said = (match[2], match[3]) if match[2] else (match[4], match[5])
            if not fence:
                opened_at, fence, before = position, marks, match[1]
            elif marks.startswith(fence) and not said.strip():
                fence = ""
        position += len(each)
    if not fence:
        return text, ""
    if opened_at > len(text) * _LEAST_KEPT:
        return text[:opened_at], ""
    indent = "".join(character if character in "> \t" else " " for character in before)
    return text, f"\n{indent}{fence}"


def _printed(text: str, most: int) -> tuple[str, int]:
    """As much of `text` as is worth looking at, printable, and how many characters come after it."""
    looked_at = text[: most * 4]
    return printable(looked_at).strip("\n").rstrip(), len(text) - len(looked_at)


def _more(left_out: str, *, rest: int, see: str) -> str:
    lines = left_out.strip("\n").count("\n") + 1
    what = f"and {rest + len(left_out):,} more characters" if rest or lines == 1 else f"and {lines:,} more lines"
    return f"\n… {what}{f': {see}' if see else ''}"
