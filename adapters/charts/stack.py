"""Columns over time, each made of the same layers; the layers are named above with what they come to."""

from collections.abc import Callable
from decimal import Decimal

from adapters.charts.canvas import EDGE, INNER, LABEL, WIDTH, Canvas
from adapters.charts.frame import FIELD, FOOT, HEAD, field, head, names_below
from core.costs.picture import Stack

_ROW = 62
_SWATCH = 30
_ROOM = Decimal("1.04")
_SEAM = 2
"""Pixels between two layers."""


def draw_stack(drawing: Stack, new: Callable[[float], Canvas]) -> Canvas:
    """The columns of `drawing` on a new canvas."""
    top = HEAD + _ROW * len(drawing.layers) + 44
    canvas = new(top + FIELD + FOOT)
    head(canvas, drawing.title, drawing.total)
    _legend(canvas, drawing)
    heights = [sum((layer.values[at] for layer in drawing.layers), Decimal(0)) for at in range(len(drawing.columns))]
    plot = field(
        canvas, top=top, low=Decimal(0), high=max(heights, default=Decimal(0)) * _ROOM, unit=drawing.unit, about=4
    )
    step = plot.width / max(1, len(drawing.columns))
    width = min(step * 0.78, 120.0) if step > 4 else step
    middles = [plot.left + step * (at + 0.5) for at in range(len(drawing.columns))]
    for at, middle in enumerate(middles):
        below = Decimal(0)
        for layer, color in zip(drawing.layers, canvas.palette.layers, strict=False):
            value = layer.values[at]
            if value <= 0:
                continue
            y, height = plot.y(below + value), plot.y(below) - plot.y(below + value)
            seam = _SEAM if height > 4 * _SEAM and below > 0 else 0
            canvas.box((middle - width / 2, y), width, max(1.5, height - seam), color=color)
            below += value
    names_below(canvas, middles, drawing.columns, y=plot.y(Decimal(0)) + 48)
    return canvas


def _legend(canvas: Canvas, drawing: Stack) -> None:
    for number, (layer, color) in enumerate(zip(drawing.layers, canvas.palette.layers, strict=False)):
        y = HEAD + _ROW * number + 16
        canvas.box((EDGE, y - _SWATCH / 2), _SWATCH, _SWATCH, color=color)
        ink = canvas.palette.ink
        taken = canvas.words((WIDTH - EDGE, y), layer.text, size=LABEL, color=ink, side="right", bold=True)
        canvas.words((EDGE + 50, y), layer.label, size=LABEL, color=ink, width=INNER - 50 - taken - 36)
