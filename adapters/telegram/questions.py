"""Dangerous buttons that were pressed once: which of them asks back now, and who has to press once more."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import TypeVar

from adapters.telegram.keyboard import ASKS, Keyboard, asking_back

KEPT_S = 60.0
"""A question nobody answers is gone with the next edit after so long."""
CHANGES = 6
"""How often buttons of one message change within that time because somebody pressed: each change is a message's worth
of what a group bears, and moves the buttons under everybody else's fingers. After that the message stays as it is."""
_MOST = 1000

Key = TypeVar("Key")
Noted = TypeVar("Noted")


class Questions:
    """What messages ask back. After a restart nothing does, which is the safe side. `clock` counts seconds."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._asked: OrderedDict[tuple[str, int], tuple[str, float]] = OrderedDict()
        self._pressed: OrderedDict[tuple[str, int, int], tuple[str, float]] = OrderedDict()
        self._changes: OrderedDict[tuple[str, int], deque[float]] = OrderedDict()

    def ask(self, channel: str, message: int, data: str) -> None:
        """Note that the button with `data` asks back."""
        self._asked[channel, message] = (data, self._clock() + KEPT_S)
        _forget(self._asked)

    def settle(self, channel: str, message: int) -> None:
        """Note that nothing is asked any more."""
        self._asked.pop((channel, message), None)

    def pressed_again(self, user: int, channel: str, message: int, data: str) -> bool:
        """Whether the same person pressed the button with `data` before; else it is noted that they did now."""
        before, until = self._pressed.pop((channel, message, user), ("", 0.0))
        if before == data and self._clock() < until:
            return True
        self._pressed[channel, message, user] = (data, self._clock() + KEPT_S)
        _forget(self._pressed)
        return False

    def may_change(self, channel: str, message: int) -> bool:
        """Whether the buttons of a message may change once more because of a press; then it is counted."""
        now = self._clock()
        changes = self._changes.setdefault((channel, message), deque(maxlen=CHANGES))
        _forget(self._changes)
        if len(changes) == CHANGES and now - changes[0] < KEPT_S:
            return False
        changes.append(now)
        return True

    def asked(self, channel: str, message: int, keyboard: Keyboard) -> Keyboard:
        """`keyboard` as it has to look while the question stands."""
        data, until = self._asked.get((channel, message), ("", 0.0))
        if not data.startswith(ASKS) or self._clock() >= until:
            return keyboard
        return asking_back(keyboard, data)


def _forget(noted: OrderedDict[Key, Noted]) -> None:
    """Keep the newest only."""
    while len(noted) > _MOST:
        noted.popitem(last=False)
