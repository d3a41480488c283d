"""Which characters can be drawn here: names come from everywhere, and fonts do not hold everything."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import cast

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

OWN = "DejaVu Sans"
"""Comes with matplotlib: Latin, Greek, Cyrillic, Arabic, Hebrew and more."""
_OTHERS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans",
    "Apple SD Gothic Neo",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Arial Unicode MS",
)
"""Asked for what the first lacks, where the machine has them."""
_BOX = "□"
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})
"""Marks and controls that no font is needed to leave out."""


class Glyphs:
    """The fonts of this machine that pictures are written in."""

    def __init__(self) -> None:
        known = {font.name for font in font_manager.fontManager.ttflist}
        self.families: Sequence[str] = (OWN, *(name for name in _OTHERS if name in known))
        self._fonts = tuple(map(_font, self.families))

    def drawable(self, text: str) -> str:
        """`text` in one line, with a box for each character that no font here has; joiners and the like left out."""
        found = (self._drawn(letter) for letter in unicodedata.normalize("NFC", " ".join(text.split())))
        return " ".join("".join(found).split())

    def _drawn(self, letter: str) -> str:
        if letter.isascii():
            return letter if letter.isprintable() else ""
        if any(font.get_char_index(ord(letter)) for font in self._fonts):
            return "" if unicodedata.category(letter) in _DROPPED - {"Mn"} else letter
        return "" if unicodedata.category(letter) in _DROPPED else _BOX


def _font(family: str) -> FT2Font:
    # the library's own types say nothing about paths
    find = cast("Callable[[str], str]", font_manager.findfont)  # pyright: ignore[reportUnknownMemberType]
    load = cast("Callable[[str], FT2Font]", font_manager.get_font)  # pyright: ignore[reportUnknownMemberType]
    return load(find(family))
