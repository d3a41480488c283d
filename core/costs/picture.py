"""The port for pictures of figures: whoever draws them gets what was answered, and hands back an image."""

from dataclasses import dataclass
from typing import Protocol

from core.costs.answer import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image; `name` has its suffix, `alt` tells the figures to who cannot see it."""

    name: str
    data: bytes
    alt: str


class Charts(Protocol):
    """Draws figures."""

    async def of(self, figures: Figures, *, title: str, dark: bool = False) -> Picture | None:
        """The figures as a picture, off the event loop; None where a picture would say no more than the numbers."""
        ...
