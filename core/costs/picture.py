"""The port for pictures of figures: values that say what is drawn, already in words, and whoever draws them.

A drawing is made from an answer by whoever knows names and words; who draws knows shapes and colours only.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

from core.domain.errors import OrchestratorError


class Unit(StrEnum):
    """What the numbers of an axis are."""

    USD = "usd"
    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    """0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One bar or point: its whole name, its value, and the value in words; `short` is its name under an axis."""

    label: str
    value: Decimal
    text: str
    short: str = ""
    rest: bool = False
    """Whether it is all that has no bar of its own: it is told, and not measured against the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One bar for each of a group, in their order."""

    type: Literal["bars"] = "bars"
    title: str
    total: str
    """What stands beside the title: the sum in words; '' for none."""
    alt: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A line over days, weeks or months, the oldest first."""

    type: Literal["trend"] = "trend"
    title: str
    total: str
    alt: str
    unit: Unit
    marks: tuple[Mark, ...]
    mean: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One colour of a stack: what it comes to in all, and its part of each column."""

    label: str
    text: str
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Columns over days, weeks or months, each made of the same layers, the largest layer first."""

    type: Literal["stack"] = "stack"
    title: str
    total: str
    alt: str
    unit: Unit
    columns: tuple[str, ...]
    """The short names of the columns."""
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What there will be in the end: most likely, and at the ends of a band; below 0 a budget is passed."""

    likely: Decimal
    low: Decimal
    high: Decimal
    text: str
    """The likely one, or the band, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnDown:
    """What is left of a budget over its period. `course` are shares of the period (0 to 1) with what was left then."""

    type: Literal["burn_down"] = "burn_down"
    title: str
    total: str
    alt: str
    limit: Decimal
    limit_text: str
    course: tuple[tuple[float, Decimal], ...]
    left_text: str
    """What is left now, in words."""
    ahead: Ahead | None
    begin: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """What was spent of a period. `course` are shares of the period (0 to 1) with what was spent by then."""

    type: Literal["rise"] = "rise"
    title: str
    total: str
    alt: str
    course: tuple[tuple[float, Decimal], ...]
    spent_text: str
    ahead: Ahead
    begin: str
    end: str


Drawing = Bars | Trend | Stack | BurnDown | Rise
PictureKind = Literal["png", "svg"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image; `name` has its suffix, `alt` tells the figures to who cannot see it."""

    name: str
    data: bytes
    alt: str


class DrawingFailedError(OrchestratorError):
    """A picture could not be drawn; the figures are there all the same."""


class Charts(Protocol):
    """Draws."""

    async def draw(self, drawing: Drawing) -> Picture:
        """The picture, drawn off the event loop; DrawingFailedError when there is none, or not in time."""
        ...
