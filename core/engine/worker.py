"""One life of DBOS in this process: launched under a lease, recovered, and shut down without a trace."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
import stamina
from dbos import DBOS, DBOSConfig
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from core.domain.errors import StoreError
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.engine.client import EngineClient, quiet_engine_log, silence_engine_log
from core.engine.dispatcher import Dispatcher
from core.engine.driver import TaskDriver
from core.engine.effects import TaskEffects
from core.engine.leaving import Leaving
from core.engine.names import APPLICATION, APPLICATION_VERSION, TASK_QUEUE
from core.engine.offering import Offering
from core.engine.parts import EngineParts
from core.engine.progress import TaskProgress
from core.engine.run_agent import AgentWork
from core.engine.settling import Settling
from core.engine.watch import Watch
from core.engine.workflows import Workflows
from core.store.database import dbos_sync_engine, shown_database
from core.store.failures import opening_errors

QUEUE_POLL_S = 0.25
MESSAGES_POLL_S = 0.1
"""DBOS's thread for messages sleeps this long between two looks, and whoever stops waits for it. Nobody here sends any:
a look costs nothing."""
_UNFINISHED = frozenset(TaskState) - FINAL_TASK_STATES
_MOST_UNFINISHED = 1_000_000


class Worker:
    """Does the work of one executor id, from `start` to `stop`; DBOS allows one at a time in a process."""

    def __init__(self, parts: EngineParts, client: EngineClient, *, executor: str) -> None:
        self._parts = parts
        self._client = client
        self._executor = executor
        self._watch = Watch(parts.store, hooks=parts.hooks)
        self._effects = TaskEffects(parts)
        progress = TaskProgress(parts)
        self._driver = TaskDriver(
            progress=progress,
            effects=self._effects,
            leaving=Leaving(parts),
            offering=Offering(parts),
            settling=Settling(parts, progress),
            agents=AgentWork(parts, self._watch),
            watch=self._watch,
        )
        self._workflows = Workflows(self._driver)
        self._dispatcher = Dispatcher(parts, self._watch)
        self._dispatching: asyncio.Task[None] | None = None
        self._sync_engine: sa.Engine | None = None

    async def start(self) -> None:
        """Recover what was under way, and take new work."""
        quiet_engine_log()
        # what is tried again is told in our own words
        stamina.instrumentation.set_on_retry_hooks([])
        url = self._parts.store.url
        self._sync_engine = dbos_sync_engine(url)
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": url,
            "system_database_engine": self._sync_engine,
            "application_version": APPLICATION_VERSION,
            "executor_id": self._executor,
            "max_executor_threads": 16,
            "run_migrations": False,
            "log_level": "ERROR",
            "notification_listener_polling_interval_sec": MESSAGES_POLL_S,
        }
        DBOS(config=config)
        self._workflows.register()
        await self._reconcile()
        await self._watch.start()
        # called on this loop, although it blocks for a moment: workflows then run on this loop too
        with opening_errors(shown_database(url)):
            DBOS.launch()
        await DBOS.register_queue_async(TASK_QUEUE, polling_interval_sec=QUEUE_POLL_S, on_conflict="always_update")
        self._dispatching = asyncio.create_task(self._dispatcher.dispatch_forever(), name="engine-dispatcher")

    async def stop(self) -> None:
        """Stop agents and workflows; they go on where this or another executor recovers them. May be called again."""
        if self._dispatching is not None:
            self._dispatching.cancel()
            await asyncio.gather(self._dispatching, return_exceptions=True)
        await self._workflows.stop()
        await self._watch.stop()
        # a workflow that is fetched from its queue just now fails on the closed thread pool, loudly, and stays pending
        silence_engine_log()
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        # DBOS made its own thread pool the loop's, and has shut it down
        pool = ThreadPoolExecutor(thread_name_prefix="orchestrator")
        asyncio.get_running_loop().set_default_executor(pool)
        if self._sync_engine is not None:
            # a thread of DBOS may be in the middle of a query: a connection that comes back later is closed, not kept
            event.listen(self._sync_engine, "checkin", _close)
            # and one that waits for a database that is away would ask for it for ever, and keep the process from ending
            event.listen(self._sync_engine, "do_connect", _refuse)
            await asyncio.to_thread(self._sync_engine.dispose)

    async def _reconcile(self) -> None:
        """Mend what should not happen: a task without a workflow. (A workflow of an ended task ends by itself.)"""
        # in this order: a task that is submitted meanwhile is not among the first, so it is not missed in the second
        async with self._parts.store.reading() as uow:
            unfinished = await uow.tasks.list(states=_UNFINISHED, limit=_MOST_UNFINISHED)
        live = await self._client.live_tasks()
        for task in unfinished:
            if task.id not in live:
                await self._effects.fail(task.id, _lost(task.state))


def _close(_connection: object, record: ConnectionPoolEntry) -> None:
    record.invalidate()


def _refuse(*_: object) -> None:
    raise StoreError("The engine has stopped; nothing of it opens the database any more.")


def _lost(state: TaskState) -> str:
    return f"The work stopped while the task was {state.value} and could not be recovered; start it again."
