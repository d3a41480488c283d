"""One line being typed: keys in, text out; pure."""

import re
from dataclasses import dataclass
from typing import Literal

from rich.cells import split_graphemes

from adapters.chat.text import printable
from adapters.console.limits import MAX_LINE_CHARACTERS

# arrows, function keys and the like: there is no moving about in the line
_KEY_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z]|.)?")
_LAST_WORD = re.compile(r"\S*\s*\Z")
_ERASE = frozenset("\x7f\x08")
_ERASE_WORD = "\x17"
_ERASE_LINE = "\x15"
_END = "\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was typed so far; once `entered` or at the `end` of input, `rest` is what came after."""

    text: str = ""
    state: Literal["typing", "entered", "end"] = "typing"
    rest: str = ""


def typed(line: Line, keys: str) -> Line:
    """`line` after `keys`; no keys at all mean the end of input, which enters what is there."""
    if not keys:
        return Line(text=line.text, state="entered" if line.text else "end")
    text = line.text
    keys = _KEY_SEQUENCES.sub("", keys)
    for position, key in enumerate(keys):
        if key in "\r\n":
            return Line(text=text, state="entered", rest=keys[position + 1 :].removeprefix("\n" if key == "\r" else ""))
        if key == _END and not text:
            return Line(state="end", rest=keys[position + 1 :])
        text = _pressed(text, key)
    return Line(text=text)


def _pressed(text: str, key: str) -> str:
    if key in _ERASE:
        spans, _ = split_graphemes(text)
        return text[: spans[-1][0]] if spans else ""
    if key == _ERASE_LINE:
        return ""
    if key == _ERASE_WORD:
        return _LAST_WORD.sub("", text)
    return text + printable(key) if len(text) < MAX_LINE_CHARACTERS else text
