"""Words of a text with their places, so that nothing inside quotes or code is ever taken for an option."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)", re.DOTALL)
"""A fence that is never closed goes to the end, as in Markdown."""
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)[^`]+?(?<!`)\1(?!`)")
_CITED = re.compile(r"^[ \t]*(?:>|&gt;).*$", re.MULTILINE)
_QUOTED = re.compile(r'(?<![^\s(=\[{])(?:"[^"]*"|“[^”“]*”|„[^“”„]*[“”]|«[^»]*»|‘[^’‘]*’(?!\w)|\'[^\']*\'(?!\w))')
_KEPT_WHOLE = (_FENCE, _CODE, _CITED, _QUOTED)
_PAIRS = {'"': '"', "'": "'", "“": "”", "„": "“”", "«": "»", "‘": "’", "`": "`"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word: what stands between blanks, or a whole quotation or piece of code."""

    text: str
    begin: int
    end: int
    """Offsets in the text it was found in."""


def words_of(text: str) -> list[Word]:
    """The words of `text` in order; what is quoted or code is one word together with what touches it."""
    whole = _whole(text)
    found: list[Word] = []
    at, size = 0, len(text)
    while at < size:
        if text[at].isspace() and at not in whole:
            at += 1
            continue
        end = at
        while end < size and (end in whole or not text[end].isspace()):
            end = whole.get(end, end + 1)
        found.append(Word(text=text[at:end], begin=at, end=end))
        at = end
    return found


def unquoted(text: str) -> str:
    """`text` without the quotation marks around all of it."""
    if len(text) > 1 and text[0] in _PAIRS and text[-1] in _PAIRS[text[0]] and text[0] not in text[1:-1]:
        return text[1:-1]
    return text


def _whole(text: str) -> dict[int, int]:
    """Where each piece begins that is kept whole → where it ends. The earlier kind wins where two overlap."""
    pieces: list[tuple[int, int]] = []
    for pattern in _KEPT_WHOLE:
        for match in pattern.finditer(text):
            begin, end = match.span()
            if end > begin and all(end <= b or begin >= e for b, e in pieces):
                pieces.append((begin, end))
    return dict(pieces)
