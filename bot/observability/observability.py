"""Puts it together: while a process works, it follows the journal, answers on its port and sends its traces."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from bot.observability.chronicle import Chronicle
from bot.observability.follower import Follower
from bot.observability.sighting import Listener
from bot.observability.tracing import TIMEOUT_S, tracing
from core.domain.errors import StoreError
from core.store.store import Store

LAST_WORDS_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observability:
    """What is offered now. `url` is the base of `/metrics`, `/health` and `/ready`; '' when there is no port."""

    url: str = ""


@asynccontextmanager
async def observing(
    store: Store,
    *,
    listen: str = "",
    endpoint: str = "",
    chronicle: bool = False,
    agents_limit: int = 0,
    takes_work: Callable[[], bool] = lambda: True,
    after: int | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    last_words_s: float = LAST_WORDS_S,
    send_within_s: float = TIMEOUT_S,
) -> AsyncGenerator[Observability]:
    """Observe while it lasts: metrics and health on `listen`, traces to `endpoint`; nothing at all for ''.

    With `chronicle` the course of the work is logged, too. At the end what happened last is heard for `last_words_s` at
    most, and each delivery of traces may take `send_within_s`.
    Enter it once the process has its lease. `takes_work` is asked at every look at `/ready`; counting begins after
    journal entry `after` (None for now). AddressUnavailableError when the port is taken, ConfigurationError when
    traces cannot be sent from here; what goes wrong later never reaches the work.
    """
    if not listen and not endpoint and not chronicle:
        yield Observability()
        return
    begin = await store.journal.last_seq() if after is None else after
    listeners: list[Listener] = []
    follower = Follower(store, listeners=listeners, after=begin)
    async with AsyncExitStack() as stack:
        url = ""
        if chronicle:
            listeners.append(Chronicle())
        if endpoint:
            listeners.append(await stack.enter_async_context(tracing(endpoint, timeout_s=send_within_s)))
        if listen:
            # the libraries for it take a third of a second to load
            from bot.observability.metrics_port import MetricsPort

            port = MetricsPort(
                store,
                agents_limit=agents_limit,
                told_seq=lambda: follower.seq,
                takes_work=takes_work,
                monotonic=monotonic,
            )
            url = await stack.enter_async_context(port.open(listen))
            listeners.append(port.journal)
        following = asyncio.create_task(follower.run(), name="observability")
        stack.push_async_callback(_ended, follower, following, within_s=last_words_s)
        yield Observability(url=url)


async def _ended(follower: Follower, following: asyncio.Task[None], *, within_s: float) -> None:
    """Let the follower hear what happened last, but wait for nobody longer than `within_s`."""
    try:
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(within_s):
                await follower.caught_up()
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
