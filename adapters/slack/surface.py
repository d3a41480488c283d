"""Where blocks are shown: not every place takes every block."""

from enum import StrEnum


class Surface(StrEnum):
    """Plans, task cards, containers and tables are for messages only."""

    MESSAGE = "message"
    VIEW = "view"
    """A home page or a modal."""
