"""The signs of a terminal: one character for each state, and letters for the terminals that know no more."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.chat.text import cut, printable
from core.domain.task import StepState

_SIGNS = {
    StepState.PENDING: "○",
    StepState.RUNNING: "●",
    StepState.WAITING: "◆",
    StepState.COMPLETED: "✓",
    StepState.FAILED: "✗",
    StepState.SKIPPED: "–",
    StepState.CANCELLED: "✗",
}
_LETTERS = {
    StepState.PENDING: ".",
    StepState.RUNNING: "*",
    StepState.WAITING: "?",
    StepState.COMPLETED: "+",
    StepState.FAILED: "x",
    StepState.SKIPPED: "-",
    StepState.CANCELLED: "x",
}
_TO_LETTERS = str.maketrans({"·": "-", "…": "...", "–": "-", "—": "-", "→": "->", "×": "x", "›": ">", "█": "_"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """What may be printed: step signs, and `shown` or `line` for every text."""

    steps: Mapping[StepState, str]
    ascii_only: bool

    @property
    def ellipsis(self) -> str:
        """What ends a text that was cut."""
        return "..." if self.ascii_only else "…"

    def shown(self, text: str) -> str:
        """`text` printable, in characters the terminal can encode; line breaks are kept."""
        text = printable(text)
        if self.ascii_only:
            text = text.translate(_TO_LETTERS).encode("ascii", "replace").decode("ascii")
        return text

    def line(self, text: str, *, width: int | None = None) -> str:
        """`text` as one line, cut to `width` columns when given."""
        line = " ".join(self.shown(text).split())
        return line if width is None else cut(line, width=width, ellipsis=self.ellipsis)

    def sentence(self, text: str) -> str:
        """`text` without line breaks, its spaces kept."""
        return self.shown(text).replace("\n", " ").rstrip()


SIGNS = Glyphs(steps=_SIGNS, ascii_only=False)
LETTERS = Glyphs(steps=_LETTERS, ascii_only=True)


def glyphs_for(encoding: str | None) -> Glyphs:
    """SIGNS where `encoding` is a Unicode one, else LETTERS (also when it is unknown)."""
    unicode = (encoding or "").lower().replace("-", "").replace("_", "").startswith("utf")
    return SIGNS if unicode else LETTERS
