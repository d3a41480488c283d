"""How people are called: asked of Discord once an hour, kept for a bounded number of them."""

from collections import OrderedDict
from collections.abc import Callable

from adapters.chat.errors import ChatError
from adapters.chat.payload import text_at
from adapters.discord.calls import Calls

KEEP_S = 3_600.0
FORGET_FAILURE_S = 60.0
"""Names are an adornment: while Discord does not tell one, it is not asked all the time."""
MOST = 5_000


class Names:
    """Names by user ids. `clock` counts seconds."""

    def __init__(self, calls: Calls, *, clock: Callable[[], float]) -> None:
        self._calls = calls
        self._clock = clock
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def learn(self, user: str, name: str) -> None:
        """Keep what an event told."""
        self._keep(user, name, KEEP_S)

    async def person(self, user: str) -> str:
        """The name a person goes by, '' when Discord does not tell it."""
        name, until_s = self._known.get(user, ("", 0.0))
        if until_s > self._clock():
            return name
        try:
            answer = await self._calls.call("GET", f"/users/{user}", repeatable=True)
        except ChatError:
            self._keep(user, name, FORGET_FAILURE_S)
            return name
        self._keep(user, text_at(answer, "global_name") or text_at(answer, "username"), KEEP_S)
        return self._known[user][0]

    def _keep(self, user: str, name: str, for_s: float) -> None:
        self._known[user] = (name, self._clock() + for_s)
        self._known.move_to_end(user)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
