"""What every picture has: a title with the sum under it, and for those over time a field with an axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.charts.canvas import EDGE, INNER, SMALL, TITLE, TOTAL, WIDTH, Canvas
from adapters.charts.ticks import tick_text, ticks
from core.costs.picture import Unit

HEAD = 230
"""Pixels that title and sum take."""
FIELD = 560
"""Height of a field."""
FOOT = 96
"""Pixels under a field, for the names of its columns."""
_GAP = 28


def head(canvas: Canvas, title: str, total: str) -> None:
    """The title, and in large letters the figure that matters most."""
    ink = canvas.palette
    canvas.words((EDGE, 76), title, size=TITLE, color=ink.faint, width=INNER)
    canvas.words((EDGE, 154), total, size=TOTAL, color=ink.ink, bold=True, width=INNER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The part of a picture where values are heights. `low` and `high` are the values at its lower and upper end."""

    left: float
    top: float
    low: Decimal
    high: Decimal

    @property
    def width(self) -> float:
        """In pixels."""
        return WIDTH - EDGE - self.left

    def y(self, value: Decimal) -> float:
        """The height of a value."""
        return self.top + FIELD * float((self.high - value) / (self.high - self.low))

    def x(self, share: float) -> float:
        """The place of a share (0 to 1) of its width."""
        return self.left + self.width * share


def field(canvas: Canvas, *, top: float, low: Decimal, high: Decimal, unit: Unit, about: int = 3) -> Field:
    """An empty field from `low` to `high` with lines at round values, their numbers on the left."""
    # of nothing at all there are no heights
    high = high if high > low else low + 1
    values = ticks(low, high, unit, about=about)
    texts = [tick_text(value, unit) for value in values]
    left = EDGE + max(canvas.width(text, size=SMALL) for text in texts) + _GAP
    made = Field(left=left, top=top, low=low, high=high)
    for value, text in zip(values, texts, strict=True):
        y = made.y(value)
        color = canvas.palette.faint if value == 0 else canvas.palette.line
        canvas.line([(left, y), (WIDTH - EDGE, y)], color=color, width=3 if value == 0 else 2)
        canvas.words((left - _GAP, y), text, size=SMALL, color=canvas.palette.faint, side="right")
    return made


def names_below(canvas: Canvas, places: Sequence[float], names: Sequence[str], *, y: float) -> None:
    """As many of `names` as fit below the axis, in even steps; the last one always."""
    widest = max(canvas.width(name, size=SMALL) for name in names)
    span = places[-1] - places[0] if len(places) > 1 else 1.0
    every = max(1, -int(-(widest + 40) * (len(names) - 1) // span)) if len(names) > 1 else 1
    free = float(WIDTH)
    for at in range(len(names) - 1, -1, -every):
        half = canvas.width(names[at], size=SMALL) / 2
        x = min(max(places[at], EDGE + half), WIDTH - EDGE - half)
        # the last one may have moved to the left
        if x + half <= free:
            canvas.words((x, y), names[at], size=SMALL, color=canvas.palette.faint, side="center")
            free = x - half - 24
