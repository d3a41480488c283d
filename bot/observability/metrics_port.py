"""Everything behind the port: one registry of its own, what fills it, and whether the process is well."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder

from bot.observability.database_errors import counted_database_errors
from bot.observability.gauges import Gauges
from bot.observability.labels import Labels
from bot.observability.metrics import JournalMetrics
from bot.observability.server import Answers, Condition, Page, listening
from bot.observability.standing import Standings
from core.domain.errors import StoreError
from core.store.store import Store

ANSWER_WITHIN_S = 2.0


class MetricsPort:
    """Offers metrics and health of one process; `journal` is the listener that counts."""

    def __init__(
        self,
        store: Store,
        *,
        agents_limit: int,
        told_seq: Callable[[], int],
        takes_work: Callable[[], bool],
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._takes_work = takes_work
        # not the library's global one: two programs in one process (as in tests) must not meet there
        self._registry = CollectorRegistry()
        self._standings = Standings(store, monotonic=monotonic)
        labels = Labels()
        self._gauges = Gauges(labels, agents_limit=agents_limit, told_seq=told_seq, ready=takes_work)
        self.journal = JournalMetrics(self._registry, labels)
        self._registry.register(self._gauges)
        ProcessCollector(registry=self._registry)

    @asynccontextmanager
    async def open(self, listen: str) -> AsyncGenerator[str]:
        """Answer on `listen` while it lasts, and hand out the base URL; AddressUnavailableError when that is taken."""
        answers = Answers(metrics=self._metrics, health=self._health, ready=self._ready)
        with counted_database_errors(self._registry):
            async with listening(listen, answers) as url:
                yield url

    async def _metrics(self, accept: str) -> Page:
        self._gauges.standing = await self._standings.now()
        encode, content_type = choose_encoder(accept)
        return Page(body=encode(self._registry), content_type=content_type)

    async def _health(self) -> Condition:
        return Condition(parts=(("database", await self._database()),))

    async def _ready(self) -> Condition:
        worker = "ok" if self._takes_work() else "takes no work"
        return Condition(parts=(("worker", worker), ("database", await self._database())))

    async def _database(self) -> str:
        # what exactly is wrong names files and hosts: that is for the log
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._store.journal.last_seq()
        except (StoreError, TimeoutError):
            return "does not answer"
        return "ok"
