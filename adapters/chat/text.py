"""Text from outside made fit to show: nothing that steers a terminal, hides or reorders, and never too wide."""

import re
import unicodedata

from rich.cells import cell_len, split_graphemes

MAX_MARKS = 6
"""Combining marks kept on one character; the most that living scripts stack is fewer."""

_TAB_COLUMNS = 4
_LONGEST_PER_CELL = 16
"""Code points looked at for each cell of a line: bounds the work on a megabyte without a line break."""

# ECMA-48: operating system commands, device strings, control sequences, then every shorter escape.
_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[PX^_][^\x1b\x9c]*(?:\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]"
)
_LINE_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, soft hyphen, bidirectional marks, embeddings and isolates, invisible operators, tags. The joiners U+200C and
# U+200D stay: Persian, Indic scripts and emoji need them.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
_UNPAIRED = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """`text` without escapes, controls but line breaks, bidirectional overrides and unpaired surrogates."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_BREAKS.sub("\n", _ESCAPES.sub("", text))
    text = _UNPAIRED.sub(_REPLACEMENT, _INVISIBLE.sub("", text))
    return _few_marks(text.expandtabs(_TAB_COLUMNS))


def one_line(text: str, *, width: int | None = None) -> str:
    """`text` as one printable line with single spaces, cut to `width` terminal cells when given."""
    if width is not None:
        text = text[: (width + 1) * _LONGEST_PER_CELL + 256]
    line = " ".join(printable(text).split())
    return line if width is None else cut(line, width=width)


def cut(text: str, *, width: int, ellipsis: str = "…") -> str:
    """`text` if it fits `width` cells, else as many whole characters as fit before an ellipsis."""
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    if room < 0:
        return ""
    used = end = 0
    for _, stop, cells in split_graphemes(text)[0]:
        if used + cells > room:
            break
        used, end = used + cells, stop
    return text[:end].rstrip() + ellipsis


def _few_marks(text: str) -> str:
    """`text` without the marks that pile up beyond MAX_MARKS on one character."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
