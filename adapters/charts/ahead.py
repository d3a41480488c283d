"""What pictures with a way ahead share: its band and dashed line, and the rows above that say what each line is."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.charts.canvas import EDGE, INNER, LABEL, WIDTH, Canvas, Point
from adapters.charts.frame import HEAD, Field
from core.costs.picture import Ahead

ROW = 62
"""Height of one row."""
_KEY = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One row: how its line looks, what it is, and what it comes to."""

    label: str
    text: str
    color: str
    width: float
    dashed: bool = False


def rows_above(canvas: Canvas, rows: Sequence[Said]) -> None:
    """The rows, under the head."""
    ink = canvas.palette.ink
    for number, row in enumerate(rows):
        y = HEAD + ROW * number + 16
        canvas.line([(EDGE, y), (EDGE + _KEY, y)], color=row.color, width=row.width, dashed=row.dashed)
        taken = canvas.words((WIDTH - EDGE, y), row.text, size=LABEL, color=ink, side="right", bold=True)
        canvas.words((EDGE + _KEY + 24, y), row.label, size=LABEL, color=ink, width=INNER - _KEY - 24 - taken - 36)


def way_ahead(canvas: Canvas, ahead: Ahead, plot: Field, now: Point, *, color: str) -> None:
    """The band and the line from now to the end of the field."""
    end = plot.x(1)
    if ahead.low != ahead.high:
        canvas.area([now, (end, plot.y(ahead.high)), (end, plot.y(ahead.low))], color=color, alpha=0.22)
    canvas.line([now, (end, plot.y(ahead.likely))], color=color, width=6, dashed=True)
