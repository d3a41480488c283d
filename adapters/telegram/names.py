"""How people and groups are called: learned from what they write, else asked of Telegram once an hour."""

from collections import OrderedDict
from collections.abc import Callable

from adapters.chat.errors import ChatError, RateLimitedError
from adapters.chat.payload import text_at
from adapters.telegram.calls import Calls
from adapters.telegram.look import full_name

KEEP_S = 3600.0
FORGET_FAILURE_S = 60.0
"""Names are an adornment: while Telegram does not tell one, it is not asked all the time."""
MOST = 5000
"""Names kept at once."""


class Names:
    """Names by chat id, which is also that of a person. `clock` counts seconds."""

    def __init__(self, calls: Calls, *, clock: Callable[[], float], most: int = MOST) -> None:
        self._calls = calls
        self._clock = clock
        self._most = most
        self._known: OrderedDict[int, tuple[str, float]] = OrderedDict()

    def learn(self, chat: int, name: str) -> None:
        """Note how a person or group is called just now."""
        if chat and name:
            self._keep(chat, name, KEEP_S)

    async def of(self, chat: int) -> str:
        """The name of a person or group, '' when Telegram does not tell it."""
        name, until = self._known.get(chat, ("", 0.0))
        if self._clock() < until:
            return name
        # an older name is better than none
        self._keep(chat, name, FORGET_FAILURE_S)
        try:
            told = await self._calls.ask("getChat", repeatable=True, chat_id=chat)
        except RateLimitedError as error:
            self._keep(chat, name, max(FORGET_FAILURE_S, error.retry_after_s))
            return name
        except ChatError:
            return name
        self._keep(chat, text_at(told, "title") or full_name(told), KEEP_S)
        return self._known[chat][0]

    def _keep(self, chat: int, name: str, for_s: float) -> None:
        self._known[chat] = (name, self._clock() + for_s)
        self._known.move_to_end(chat)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
