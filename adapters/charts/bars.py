"""Horizontal bars, each below its name and value: any name has room."""

from collections.abc import Callable

from adapters.charts.canvas import EDGE, INNER, LABEL, WIDTH, Canvas
from adapters.charts.frame import HEAD, head
from core.costs.picture import Bars

_ROW = 112
_BAR = 34
_LEAST = 5
"""Pixels of the shortest bar that is not nothing."""


def draw_bars(drawing: Bars, new: Callable[[float], Canvas]) -> Canvas:
    """The bars of `drawing` on a new canvas."""
    canvas = new(HEAD + _ROW * len(drawing.marks) + EDGE // 2)
    colors = canvas.palette
    head(canvas, drawing.title, drawing.total)
    most = max((mark.value for mark in drawing.marks if not mark.rest), default=0) or 1
    for number, mark in enumerate(drawing.marks):
        y, ink = HEAD + _ROW * number, colors.faint if mark.rest else colors.ink
        taken = canvas.words((WIDTH - EDGE, y + 24), mark.text, size=LABEL, color=ink, side="right", bold=True)
        canvas.words((EDGE, y + 24), mark.label, size=LABEL, color=ink, width=INNER - taken - 36)
        if mark.rest:
            continue
        canvas.box((EDGE, y + 54), INNER, _BAR, color=colors.line, alpha=0.45)
        if mark.value > 0:
            canvas.box((EDGE, y + 54), max(_LEAST, INNER * float(mark.value / most)), _BAR, color=colors.main)
    return canvas
