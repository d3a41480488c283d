"""How people and channels are called: asked of Slack once an hour, kept for a bounded number of them."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from adapters.chat.errors import ChatError, RateLimitedError
from adapters.chat.payload import Payload, text_at, truth_at
from adapters.slack.calls import Calls

KEEP_S = 3600.0
FORGET_FAILURE_S = 60.0
"""Names are an adornment: while Slack does not tell one, it is not asked all the time."""
MOST = 5000
"""Names kept at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    name: str
    until: float


class Names:
    """Names by Slack's ids (U…, W…, C…, G…, D…). `clock` counts seconds."""

    def __init__(self, calls: Calls, *, clock: Callable[[], float], most: int = MOST) -> None:
        self._calls = calls
        self._clock = clock
        self._most = most
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    def known(self, native: str) -> str:
        """The name of `native` as far as it was asked already, else ''."""
        kept = self._known.get(native)
        return kept.name if kept is not None else ""

    async def person(self, user: str) -> str:
        """The name a person goes by, '' when Slack does not tell it."""
        return await self._name(user, lambda: self._calls.call("users.info", repeatable=True, user=user), _of_person)

    async def channel(self, channel: str) -> str:
        """The name of a channel without its `#`, '' for a direct conversation or when Slack does not tell it."""
        return await self._name(
            channel,
            lambda: self._calls.call("conversations.info", repeatable=True, channel=channel),
            lambda answer: text_at(answer, "channel", "name"),
        )

    async def learn(self, people: Iterable[str], channels: Iterable[str], *, within_s: float) -> None:
        """Ask for what is not known yet of `people` and `channels`, but no longer than `within_s`."""
        new = [self.person(user) for user in people if not self._fresh(user)]
        new += [self.channel(channel) for channel in channels if not self._fresh(channel)]
        if not new:
            return
        try:
            async with asyncio.timeout(within_s):
                await asyncio.gather(*new)
        except TimeoutError:
            pass  # the ids stand in for the names

    def _fresh(self, native: str) -> bool:
        kept = self._known.get(native)
        return kept is not None and kept.until > self._clock()

    async def _name(self, native: str, ask: Callable[[], Awaitable[Payload]], read: Callable[[Payload], str]) -> str:
        """The kept name, else the asked one; of several who ask for the same at once one asks Slack."""
        lock = self._asking.setdefault(native, asyncio.Lock())
        async with lock:
            try:
                if not self._fresh(native):
                    await self._ask(native, ask, read)
            finally:
                self._asking.pop(native, None)
        return self.known(native)

    async def _ask(self, native: str, ask: Callable[[], Awaitable[Payload]], read: Callable[[Payload], str]) -> None:
        # an older name is better than none; should this be cancelled, nobody asks again at once
        self._keep(native, self.known(native), FORGET_FAILURE_S)
        try:
            self._keep(native, read(await ask()), KEEP_S)
        except RateLimitedError as error:
            self._keep(native, self.known(native), max(FORGET_FAILURE_S, error.retry_after_s))
        except ChatError:
            pass  # kept above

    def _keep(self, native: str, name: str, for_s: float) -> None:
        self._known[native] = _Known(name=name, until=self._clock() + for_s)
        self._known.move_to_end(native)
        while len(self._known) > self._most:
            self._known.popitem(last=False)


def _of_person(answer: Payload) -> str:
    """What is shown beside the person's messages; somebody who left is called by what is left of them."""
    if truth_at(answer, "user", "deleted"):
        return text_at(answer, "user", "real_name") or text_at(answer, "user", "name")
    return (
        text_at(answer, "user", "profile", "display_name")
        or text_at(answer, "user", "real_name")
        or text_at(answer, "user", "profile", "real_name")
        or text_at(answer, "user", "name")
    )
