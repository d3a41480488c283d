"""A drawing as a file's bytes: the one place where matplotlib is loaded, in a thread."""

from functools import partial
from typing import assert_never

from adapters.charts.bars import draw_bars
from adapters.charts.burn_down import draw_burn_down
from adapters.charts.canvas import Canvas
from adapters.charts.glyphs import Glyphs
from adapters.charts.palette import DARK, LIGHT
from adapters.charts.rise import draw_rise
from adapters.charts.stack import draw_stack
from adapters.charts.trend import draw_trend
from core.costs.picture import Bars, BurnDown, Drawing, PictureKind, Rise, Stack, Trend


def drawn(drawing: Drawing, *, dark: bool, kind: PictureKind) -> bytes:
    """The picture, in this thread."""
    new = partial(Canvas, palette=DARK if dark else LIGHT, glyphs=Glyphs())
    match drawing:
        case Bars():
            canvas = draw_bars(drawing, new)
        case Trend():
            canvas = draw_trend(drawing, new)
        case Stack():
            canvas = draw_stack(drawing, new)
        case BurnDown():
            canvas = draw_burn_down(drawing, new)
        case Rise():
            canvas = draw_rise(drawing, new)
        case _:
            assert_never(drawing)
    return canvas.saved(kind)
