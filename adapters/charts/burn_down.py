"""What is left of a budget, from its limit down to now, and the likely way to the end of its period."""

from collections.abc import Callable
from decimal import Decimal

from adapters.charts.ahead import ROW, Said, rows_above, way_ahead
from adapters.charts.canvas import EDGE, SMALL, WIDTH, Canvas
from adapters.charts.frame import FIELD, FOOT, HEAD, field, head
from core.costs.picture import BurnDown, Unit


def draw_burn_down(drawing: BurnDown, new: Callable[[float], Canvas]) -> Canvas:
    """The course of `drawing` on a new canvas."""
    ahead = drawing.ahead
    top = HEAD + ROW * (3 if ahead else 2) + 44
    canvas = new(top + FIELD + FOOT)
    colors = canvas.palette
    head(canvas, drawing.title, drawing.total)
    color = colors.over if ahead is not None and ahead.likely < 0 else colors.main
    rows = [Said(label="now", text=drawing.left_text, color=colors.main, width=8)]
    if ahead is not None:
        rows.append(Said(label="likely at the end", text=ahead.text, color=color, width=6, dashed=True))
    rows.append(Said(label="spent evenly, from", text=drawing.limit_text, color=colors.faint, width=3))
    rows_above(canvas, rows)
    ends = [left for _, left in drawing.course]
    ends += [ahead.low, ahead.high] if ahead is not None else []
    low, high = min(Decimal(0), *ends), max(drawing.limit, *ends)
    plot = field(canvas, top=top, low=low, high=high, unit=Unit.USD, about=4)
    zero = plot.y(Decimal(0))
    if plot.low < 0:
        canvas.box((plot.left, zero), plot.width, plot.y(plot.low) - zero, color=colors.over, alpha=0.10)
    canvas.line([(plot.x(0), plot.y(drawing.limit)), (plot.x(1), zero)], color=colors.faint, width=3)
    points = [(plot.x(share), plot.y(left)) for share, left in drawing.course]
    if ahead is not None:
        way_ahead(canvas, ahead, plot, points[-1], color=color)
    canvas.line(points, color=colors.main, width=8)
    canvas.dot(points[-1], color=colors.over if drawing.course[-1][1] < 0 else colors.main, size=28)
    y = plot.y(plot.low) + 48
    canvas.words((plot.left, y), drawing.begin, size=SMALL, color=colors.faint)
    canvas.words((WIDTH - EDGE, y), drawing.end, size=SMALL, color=colors.faint, side="right")
    return canvas
