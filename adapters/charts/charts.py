"""Draws with matplotlib, which is loaded at the first picture: in a thread, one picture at a time, and not for ever."""

import asyncio
import threading

from core.costs.picture import Drawing, DrawingFailedError, Picture, PictureKind

PATIENCE_S = 40.0
"""The first picture on a slow machine looks at every font there is."""
_ONE_AT_A_TIME = threading.Lock()
"""matplotlib keeps fonts and settings for the whole process, and is not made for several threads."""


class MatplotlibCharts:
    """A Charts, on a light or a `dark` ground; after `patience_s` a picture is given up."""

    def __init__(self, *, dark: bool = False, kind: PictureKind = "png", patience_s: float = PATIENCE_S) -> None:
        self.dark = dark
        self._kind: PictureKind = kind
        self._patience_s = patience_s

    async def draw(self, drawing: Drawing) -> Picture:
        """The picture; DrawingFailedError when it could not be drawn, or not in time."""
        try:
            async with asyncio.timeout(self._patience_s):
                data = await asyncio.to_thread(self._drawn, drawing)
        except TimeoutError as error:
            raise DrawingFailedError("The picture took too long to draw.") from error
        # whatever a library finds wrong with fonts, folders or sizes: the figures are worth more than their picture
        except Exception as error:
            raise DrawingFailedError(f"The picture could not be drawn: {error}") from error
        return Picture(name=f"costs.{self._kind}", data=data, alt=drawing.alt)

    def _drawn(self, drawing: Drawing) -> bytes:
        # a picture that hangs must not hold up more threads than its own
        if not _ONE_AT_A_TIME.acquire(timeout=self._patience_s):
            raise TimeoutError
        try:
            from adapters.charts.drawn import drawn

            return drawn(drawing, dark=self.dark, kind=self._kind)
        finally:
            _ONE_AT_A_TIME.release()
