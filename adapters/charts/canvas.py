"""A sheet of pixels to draw on: shapes, and words that are measured so that they never run into one another.

Everything is placed by hand, from the top left: matplotlib's own layout is made for large screens.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Literal, cast

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

from adapters.charts.glyphs import Glyphs
from adapters.charts.palette import Palette
from core.costs.picture import PictureKind

WIDTH = 1080
"""Pixels: the width of a telephone's screen."""
EDGE = 56
"""Free on all sides."""
INNER = WIDTH - 2 * EDGE
_DPI = 200
_POINTS = 72 / _DPI
_HALF_A_CAPITAL = 0.36
TITLE, TOTAL, LABEL, SMALL = 42, 64, 36, 31
"""Heights of letters in pixels; on a telephone a third of that."""
Point = tuple[float, float]
Side = Literal["left", "center", "right"]


class Canvas:
    """One picture in the making; y grows downwards."""

    def __init__(self, height: float, *, palette: Palette, glyphs: Glyphs) -> None:
        self.palette = palette
        self._glyphs = glyphs
        self._height = height
        self._drawn = 0
        self._figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor=palette.ground)
        self._renderer = FigureCanvasAgg(self._figure).get_renderer()

    def words(
        self,
        at: Point,
        text: str,
        *,
        size: float,
        color: str,
        side: Side = "left",
        bold: bool = False,
        width: float = 0,
    ) -> float:
        """One line of text whose middle is at that height; cut to `width` pixels (0: any). How wide it became."""
        shown = self.fitted(text, size=size, bold=bold, width=width) if width else self._glyphs.drawable(text)
        made = self._text(shown, size=size, bold=bold, color=color)
        made.set_horizontalalignment(side)
        # a capital letter is about seven tenths of its size high: its middle is where it is wanted
        made.set_position(self._place((at[0], at[1] + size * _HALF_A_CAPITAL)))
        self._add(made)
        return self._width(shown, size=size, bold=bold)

    def fitted(self, text: str, *, size: float, width: float, bold: bool = False) -> str:
        """As much of `text` as `width` pixels hold, with an ellipsis where it was cut."""
        whole = self._glyphs.drawable(text)[:200]
        if self._width(whole, size=size, bold=bold) <= width:
            return whole
        low, high = 0, len(whole)
        while high - low > 1:
            middle = (low + high) // 2
            fits = self._width(whole[:middle].rstrip() + "…", size=size, bold=bold) <= width
            low, high = (middle, high) if fits else (low, middle)
        return whole[:low].rstrip() + "…"

    def width(self, text: str, *, size: float, bold: bool = False) -> float:
        """How many pixels `text` takes."""
        return self._width(self._glyphs.drawable(text), size=size, bold=bold)

    def box(self, at: Point, width: float, height: float, *, color: str, alpha: float = 1) -> None:
        """A filled rectangle; `at` is its upper left corner."""
        x, y = self._place((at[0], at[1] + height))
        self._add(
            Rectangle(
                (x, y),
                width / WIDTH,
                height / self._height,
                transform=self._figure.transFigure,
                facecolor=color,
                edgecolor="none",
                alpha=alpha,
            )
        )

    def line(self, points: Sequence[Point], *, color: str, width: float = 3, dashed: bool = False) -> None:
        """A line through `points`, `width` pixels thick."""
        placed = [self._place(point) for point in points]
        self._add(
            Line2D(
                [x for x, _ in placed],
                [y for _, y in placed],
                transform=self._figure.transFigure,
                color=color,
                linewidth=width * _POINTS,
                linestyle=(0, (3, 2)) if dashed else "solid",
                solid_joinstyle="round",
                solid_capstyle="round",
            )
        )

    def area(self, points: Sequence[Point], *, color: str, alpha: float) -> None:
        """A filled shape with these corners."""
        self._add(
            Polygon(
                [self._place(point) for point in points],
                closed=True,
                transform=self._figure.transFigure,
                facecolor=color,
                edgecolor="none",
                alpha=alpha,
            )
        )

    def dot(self, at: Point, *, color: str, size: float = 22) -> None:
        """A dot with a rim in the colour of the ground."""
        x, y = self._place(at)
        self._add(
            Line2D(
                [x],
                [y],
                transform=self._figure.transFigure,
                marker="o",
                markersize=size * _POINTS,
                markerfacecolor=color,
                markeredgecolor=self.palette.ground,
                markeredgewidth=4 * _POINTS,
            )
        )

    def saved(self, kind: PictureKind) -> bytes:
        """The picture as a file's bytes."""
        into = BytesIO()
        # without the time of drawing, so that the same figures are the same file
        metadata = {"Date": None} if kind == "svg" else {}
        save = cast("Callable[..., None]", self._figure.savefig)  # pyright: ignore[reportUnknownMemberType]
        save(into, format=kind, dpi=_DPI, facecolor=self.palette.ground, metadata=metadata)
        return into.getvalue()

    def _add(self, artist: Artist) -> None:
        # what is drawn later lies on top, whatever it is
        self._drawn += 1
        artist.set_zorder(self._drawn)
        self._figure.add_artist(artist)

    def _place(self, at: Point) -> Point:
        return at[0] / WIDTH, 1 - at[1] / self._height

    def _text(self, text: str, *, size: float, bold: bool, color: str = "") -> Text:
        font = FontProperties(
            family=list(self._glyphs.families), weight="bold" if bold else "normal", size=size * _POINTS
        )
        # dollars are money here, and no formulas
        return Text(
            0,
            0,
            text,
            fontproperties=font,
            color=color or self.palette.ink,
            parse_math=False,
            verticalalignment="baseline",
            figure=self._figure,
            transform=self._figure.transFigure,
        )

    def _width(self, text: str, *, size: float, bold: bool) -> float:
        return self._text(text, size=size, bold=bold).get_window_extent(self._renderer).width if text else 0
