"""Words of a text with their places, so that nothing inside quotes or code is ever taken for an option."""

import re
from dataclasses import dataclass

_QUOTED = "|".join(
    rf"{begin}(?:(?!```)[^{end}{begin}])*[{end}]{behind}"
    for begin, end, behind in (
        ('"', '"', ""),
        ("“", "”", ""),
        ("„", "“”", ""),
        ("«", "»", ""),
        ("‘", "’", r"(?!\w)"),
        ("'", "'", r"(?!\w)"),
    )
)
_KEPT_WHOLE = re.compile(
    # a fence that is never closed goes to the end, as in Markdown
    r"(?P<fence>`{3,}|~{3,}).*?(?:(?P=fence)|\Z)"
    r"|(?<!`)(?P<code>`{1,2})(?!`)[^`]+?(?<!`)(?P=code)(?!`)"
    # a line that cites somebody
    r"|(?:(?<=\n)|\A)[ \t]*(?:>|&gt;)[^\n]*"
    # a quotation begins where a word does; an apostrophe or the sign for inches begins none
    rf"|(?<![^\s(=\[{{])(?:{_QUOTED})",
    re.DOTALL,
)
"""Whichever begins first keeps all that it holds."""
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
    """Where each piece begins that is kept whole → where it ends."""
    return {match.start(): match.end() for match in _KEPT_WHOLE.finditer(text)}
