"""Dangerous buttons that were pressed once: which of them asks back now, so that an edit does not take it away."""

from collections import OrderedDict
from collections.abc import Callable

from adapters.telegram.keyboard import ASKS, Keyboard, asking_back

KEPT_S = 60.0
"""A question nobody answers is gone with the next edit after so long."""
_MOST = 1000


class Questions:
    """What messages ask back. After a restart nothing does, which is the safe side. `clock` counts seconds."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._asked: OrderedDict[tuple[str, int], tuple[str, float]] = OrderedDict()

    def ask(self, channel: str, message: int, data: str) -> None:
        """Note that the button with `data` asks back."""
        self._asked[channel, message] = (data, self._clock() + KEPT_S)
        while len(self._asked) > _MOST:
            self._asked.popitem(last=False)

    def settle(self, channel: str, message: int) -> None:
        """Note that nothing is asked any more."""
        self._asked.pop((channel, message), None)

    def asks(self, channel: str, message: int, data: str) -> bool:
        """Whether the button with `data` asks back now."""
        asked, until = self._asked.get((channel, message), ("", 0.0))
        return asked == data and self._clock() < until

    def asked(self, channel: str, message: int, keyboard: Keyboard) -> Keyboard:
        """`keyboard` as it has to look while the question stands."""
        data, until = self._asked.get((channel, message), ("", 0.0))
        if not data.startswith(ASKS) or self._clock() >= until:
            return keyboard
        return asking_back(keyboard, data)
