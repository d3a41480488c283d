"""Signs of life, not more often than anybody needs them (pure but for its clock)."""

from collections.abc import Callable


class Pulse:
    """Says when it is time to tell again: `every_s` seconds of `clock` after anything was told."""

    def __init__(self, *, every_s: float, clock: Callable[[], float]) -> None:
        self._every_s = every_s
        self._clock = clock
        self._told_s = clock()

    def told(self) -> None:
        """Something was told just now."""
        self._told_s = self._clock()

    def due(self) -> bool:
        """Whether it is time; if so, it counts as told."""
        if self._clock() - self._told_s < self._every_s:
            return False
        self.told()
        return True
