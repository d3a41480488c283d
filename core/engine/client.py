"""The engine as seen from any process: enqueue, wake and cancel durable work, also when no worker runs."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Generator

import fasteners
import sqlalchemy as sa
from dbos import DBOS, DBOSClient

from core.domain.errors import StoreLockedError
from core.domain.identity import TaskId
from core.engine.names import (
    APPLICATION,
    APPLICATION_VERSION,
    NORMAL_PRIORITY,
    TASK_QUEUE,
    TASK_WORKFLOW,
    task_of_workflow,
    task_workflow_id,
)
from core.store.database import dbos_sync_engine, shown_database, sqlite_path
from core.store.failures import opening_errors
from core.store.unit_of_work import UnitOfWork

_MIGRATION_LOCK = 0x6F726367
_MIGRATES_WITHIN_S = 120.0
_LOOK_AGAIN_S = 0.1
_LIVE = ("PENDING", "ENQUEUED", "DELAYED")


class EngineClient:
    """Talks to the engine through the database that both share."""

    def __init__(self, client: DBOSClient, engine: sa.Engine) -> None:
        self._client = client
        self._engine = engine

    @classmethod
    async def open(cls, database_url: str, *, busy_timeout_s: float = 30.0) -> "EngineClient":
        """Bring the engine's own tables up to date, then connect; StoreError when the database refuses.

        `database_url` is the store's; `busy_timeout_s` bounds the wait for a lock that somebody else holds.
        """
        return await asyncio.to_thread(cls._open, database_url, busy_timeout_s)

    @classmethod
    def _open(cls, database_url: str, busy_timeout_s: float) -> "EngineClient":
        quiet_engine_log()
        engine = dbos_sync_engine(database_url, busy_timeout_s=busy_timeout_s)
        try:
            with opening_errors(shown_database(database_url)):
                with _migrating(database_url, engine):
                    DBOS.migrate(database_url)
                client = DBOSClient(
                    system_database_url=database_url,
                    system_database_engine=engine,
                    application_name=APPLICATION,
                    retry_connection_errors=False,
                )
        except BaseException:
            engine.dispose()
            raise
        return cls(client, engine)

    async def close(self) -> None:
        """Let go of the database."""
        await asyncio.to_thread(self._client.destroy)
        await asyncio.to_thread(self._engine.dispose)

    async def enqueue_task(self, uow: UnitOfWork, task: TaskId, *, life: int = 1) -> None:
        """Start the workflow of one life of the task, in the transaction that begins that life."""

        def enqueue(connection: sa.Connection) -> None:
            self._client.enqueue_in_transaction(
                connection,
                {
                    "workflow_name": TASK_WORKFLOW,
                    "queue_name": TASK_QUEUE,
                    "workflow_id": task_workflow_id(task, life=life),
                    "app_version": APPLICATION_VERSION,
                    "priority": NORMAL_PRIORITY,
                },
                task,
                life,
            )

        await uow.connection.run_sync(enqueue)

    async def workflow_ended(self, workflow_id: str) -> bool:
        """Whether this workflow will do nothing more, however it ended."""
        found = await self._client.list_workflows_async(workflow_ids=[workflow_id], load_input=False, load_output=False)
        return not any(status.status in _LIVE for status in found)

    async def live_tasks(self) -> frozenset[TaskId]:
        """Tasks whose workflow has not ended, as far as the engine knows."""
        found = await self._client.list_workflows_async(
            name=TASK_WORKFLOW, status=list(_LIVE), load_input=False, load_output=False
        )
        return frozenset(task_of_workflow(status.workflow_id) for status in found)


@contextlib.contextmanager
def _migrating(database_url: str, engine: sa.Engine) -> Generator[None]:
    """Let one process at a time create or change the engine's tables."""
    path = sqlite_path(database_url)
    if path is not None:
        with fasteners.InterProcessLock(path.with_name(f"{path.name}.engine.lock")):
            _wait_for_writers(engine)
            yield
        return
    # Neither who holds the lock nor who waits for it may be in a transaction meanwhile: the library makes indexes
    # concurrently, which waits for every transaction there is, and ours would end by being idle.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _take_migration_lock(connection, shown=shown_database(database_url))
        try:
            yield
        finally:
            connection.execute(sa.text(f"select pg_advisory_unlock({_MIGRATION_LOCK})"))


def _take_migration_lock(connection: sa.Connection, *, shown: str) -> None:
    deadline = time.monotonic() + _MIGRATES_WITHIN_S
    while not connection.scalar(sa.text(f"select pg_try_advisory_lock({_MIGRATION_LOCK})")):
        if time.monotonic() > deadline:
            raise StoreLockedError(
                f"Another process has been changing the tables of {shown} for {_MIGRATES_WITHIN_S:.0f} s.",
                hint="Try again when it is done.",
            )
        time.sleep(_LOOK_AGAIN_S)


def _wait_for_writers(engine: sa.Engine) -> None:
    """Wait for a foreign write lock as long as our settings say: the library itself would give up after 5 s."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.rollback()


def quiet_engine_log() -> None:
    """Keep the engine library's own chatter off people's terminals; its errors stay visible."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.ERROR)


def silence_engine_log() -> None:
    """Nothing of the engine library's chatter while it shuts down; `quiet_engine_log` lets its errors through again."""
    logging.getLogger("dbos").setLevel(logging.CRITICAL)
