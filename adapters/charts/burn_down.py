"""What is left of a budget, from its limit down to now, and the likely way to the end of its period."""

from collections.abc import Callable
from decimal import Decimal

from adapters.charts.canvas import EDGE, INNER, LABEL, SMALL, WIDTH, Canvas, Point
from adapters.charts.frame import FIELD, FOOT, HEAD, Field, field, head
from core.costs.picture import Ahead, BurnDown, Unit

_ROW = 62
_KEY = 70


def draw_burn_down(drawing: BurnDown, new: Callable[[float], Canvas]) -> Canvas:
    """The course of `drawing` on a new canvas."""
    rows = 3 if drawing.ahead else 2
    top = HEAD + _ROW * rows + 44
    canvas = new(top + FIELD + FOOT)
    colors = canvas.palette
    head(canvas, drawing.title, drawing.total)
    _legend(canvas, drawing)
    ends = [left for _, left in drawing.course]
    ends += [drawing.ahead.low, drawing.ahead.high] if drawing.ahead else []
    low, high = min(Decimal(0), *ends), max(drawing.limit, *ends)
    plot = field(canvas, top=top, low=low, high=high, unit=Unit.USD, about=4)
    zero = plot.y(Decimal(0))
    if plot.low < 0:
        canvas.box((plot.left, zero), plot.width, plot.y(plot.low) - zero, color=colors.over, alpha=0.10)
    even = [(plot.x(0), plot.y(drawing.limit)), (plot.x(1), zero)]
    canvas.line(even, color=colors.faint, width=3)
    points = [(plot.x(share), plot.y(left)) for share, left in drawing.course]
    if drawing.ahead is not None:
        _ahead(canvas, drawing.ahead, plot, points[-1])
    canvas.line(points, color=colors.main, width=8)
    canvas.dot(points[-1], color=colors.over if drawing.course[-1][1] < 0 else colors.main, size=28)
    y = plot.y(plot.low) + 48
    canvas.words((plot.left, y), drawing.begin, size=SMALL, color=colors.faint)
    canvas.words((WIDTH - EDGE, y), drawing.end, size=SMALL, color=colors.faint, side="right")
    return canvas


def _ahead(canvas: Canvas, ahead: Ahead, plot: Field, now: Point) -> None:
    color = _color(canvas, ahead)
    if ahead.low != ahead.high:
        canvas.area([now, (plot.x(1), plot.y(ahead.high)), (plot.x(1), plot.y(ahead.low))], color=color, alpha=0.22)
    canvas.line([now, (plot.x(1), plot.y(ahead.likely))], color=color, width=6, dashed=True)


def _color(canvas: Canvas, ahead: Ahead) -> str:
    return canvas.palette.over if ahead.likely < 0 else canvas.palette.main


def _legend(canvas: Canvas, drawing: BurnDown) -> None:
    colors = canvas.palette
    rows = [("now", drawing.left_text, colors.main, 8, False)]
    if drawing.ahead is not None:
        rows.append(("likely at the end", drawing.ahead.text, _color(canvas, drawing.ahead), 6, True))
    rows.append(("spent evenly, from", drawing.limit_text, colors.faint, 3, False))
    for number, (label, text, color, width, dashed) in enumerate(rows):
        y = HEAD + _ROW * number + 16
        canvas.line([(EDGE, y), (EDGE + _KEY, y)], color=color, width=width, dashed=dashed)
        taken = canvas.words((WIDTH - EDGE, y), text, size=LABEL, color=colors.ink, side="right", bold=True)
        canvas.words((EDGE + _KEY + 24, y), label, size=LABEL, color=colors.ink, width=INNER - _KEY - 24 - taken - 36)
