"""What was spent of a period, from nothing up to now, and what it will likely come to."""

from collections.abc import Callable
from decimal import Decimal

from adapters.charts.ahead import ROW, Said, rows_above, way_ahead
from adapters.charts.canvas import EDGE, SMALL, WIDTH, Canvas
from adapters.charts.frame import FIELD, FOOT, HEAD, field, head
from core.costs.picture import Rise, Unit

_ROOM = Decimal("1.04")


def draw_rise(drawing: Rise, new: Callable[[float], Canvas]) -> Canvas:
    """The course of `drawing` on a new canvas."""
    ahead, top = drawing.ahead, HEAD + ROW * 2 + 44
    canvas = new(top + FIELD + FOOT)
    colors = canvas.palette
    head(canvas, drawing.title, drawing.total)
    now = Said(label="spent so far", text=drawing.spent_text, color=colors.main, width=8)
    rows_above(canvas, [now, Said(label="likely at the end", text=ahead.text, color=colors.main, width=6, dashed=True)])
    high = max(ahead.high, *(spent for _, spent in drawing.course)) * _ROOM
    plot = field(canvas, top=top, low=Decimal(0), high=high, unit=Unit.USD, about=4)
    points = [(plot.x(share), plot.y(spent)) for share, spent in drawing.course]
    way_ahead(canvas, ahead, plot, points[-1], color=colors.main)
    canvas.line(points, color=colors.main, width=8)
    canvas.dot(points[-1], color=colors.main, size=28)
    y = plot.y(Decimal(0)) + 48
    canvas.words((plot.left, y), drawing.begin, size=SMALL, color=colors.faint)
    canvas.words((WIDTH - EDGE, y), drawing.end, size=SMALL, color=colors.faint, side="right")
    return canvas
