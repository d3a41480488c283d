"""A picture as a file to be handed over, drawn as it is sent."""

import asyncio

from adapters.chat.errors import RejectedError
from adapters.chat.file import File
from core.costs.picture import Charts, Drawing, DrawingFailedError

WITHIN_S = 60.0
"""The first picture of a process loads the library that draws."""


async def drawn_file(drawing: Drawing, charts: Charts) -> File:
    """The picture, with its words for who cannot see it; RejectedError when it cannot be drawn, now or ever."""
    try:
        async with asyncio.timeout(WITHIN_S):
            picture = await charts.draw(drawing)
    except DrawingFailedError as error:
        raise RejectedError(error.message) from error
    except TimeoutError as error:
        raise RejectedError("The picture took too long to draw.") from error
    return File(name=picture.name, data=picture.data, title=drawing.title, alt=picture.alt)
