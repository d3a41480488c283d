"""A line over time, with its mean, its highest point and its last one said beside it."""

from collections.abc import Callable
from decimal import Decimal

from adapters.charts.canvas import EDGE, SMALL, WIDTH, Canvas, Point
from adapters.charts.frame import FIELD, FOOT, HEAD, Field, field, head, names_below
from core.costs.picture import Mark, Trend

_MANY = 100
_ROOM = Decimal("1.17")
"""Over the highest point there is room for its words."""
_DOTS = 31
"""With more points only those that are named have a dot."""
_MEAN = 64


def draw_trend(drawing: Trend, new: Callable[[float], Canvas]) -> Canvas:
    """The line of `drawing` on a new canvas."""
    top = HEAD + (_MEAN if drawing.mean else 0)
    canvas = new(top + FIELD + FOOT)
    colors, marks = canvas.palette, drawing.marks
    head(canvas, drawing.title, drawing.total)
    values = [mark.value for mark in marks]
    plot = field(canvas, top=top, low=Decimal(0), high=max(values) * _ROOM, unit=drawing.unit, about=4)
    last = max(1, len(marks) - 1)
    points = [(plot.x(0.02 + 0.96 * at / last), plot.y(mark.value)) for at, mark in enumerate(marks)]
    if drawing.mean is not None:
        _mean(canvas, drawing.mean, plot)
    base = plot.y(plot.low)
    canvas.area([(points[0][0], base), *points, (points[-1][0], base)], color=colors.main, alpha=0.14)
    canvas.line(points, color=colors.main, width=6 if len(marks) <= _MANY else 3)
    highest = max(range(len(marks)), key=lambda at: values[at])
    for at, point in enumerate(points):
        if len(marks) <= _DOTS or at in {highest, len(marks) - 1}:
            canvas.dot(point, color=colors.main)
    _said(canvas, marks[highest], points[highest], plot)
    names_below(canvas, [x for x, _ in points], [mark.short or mark.label for mark in marks], y=base + 48)
    return canvas


def _mean(canvas: Canvas, mean: Mark, plot: Field) -> None:
    """The mean as a dashed line; what it is stands above the field, where no line can run through it."""
    colors, y = canvas.palette, plot.top - 56
    canvas.line([(EDGE, y), (EDGE + 70, y)], color=colors.faint, width=4, dashed=True)
    canvas.words(
        (EDGE + 92, y), f"{mean.label} {mean.text}", size=SMALL, color=colors.faint, width=WIDTH - 2 * EDGE - 92
    )
    height = plot.y(mean.value)
    canvas.line([(plot.left, height), (WIDTH - EDGE, height)], color=colors.faint, width=4, dashed=True)


def _said(canvas: Canvas, mark: Mark, at: Point, plot: Field) -> None:
    text = f"{mark.text} · {mark.short or mark.label}"
    half = canvas.width(text, size=SMALL, bold=True) / 2
    x = min(max(at[0], plot.left + half), WIDTH - EDGE - half)
    canvas.words((x, at[1] - 40), text, size=SMALL, color=canvas.palette.ink, side="center", bold=True)
