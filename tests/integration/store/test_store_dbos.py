"""The durable engine shares the database: work enqueued in a unit of work exists exactly when the unit commits."""

from collections.abc import Iterator

import pytest
from dbos import DBOSClient

from core.store import Store
from core.store.database import dbos_sync_engine
from tests.support.values import a_task


@pytest.fixture
def client(store: Store) -> Iterator[DBOSClient]:
    engine = dbos_sync_engine(store.url)
    client = DBOSClient(system_database_url=store.url, system_database_engine=engine)
    client._sys_db.run_migrations()  # what launching DBOS does
    yield client
    client.destroy()
    engine.dispose()


async def test_work_is_enqueued_with_the_change_or_not_at_all(store: Store, client: DBOSClient) -> None:
    async def submit(number: int) -> None:
        async with store.transaction() as unit:
            await unit.tasks.add(a_task(number))
            await unit.connection.run_sync(
                lambda connection: client.enqueue_in_transaction(
                    connection,
                    {"workflow_name": "run_task", "queue_name": "tasks", "workflow_id": f"T{number}"},
                    f"T{number}",
                )
            )
            if number == 2:
                raise ZeroDivisionError

    await submit(1)
    with pytest.raises(ZeroDivisionError):
        await submit(2)
    assert [each.workflow_id for each in await client.list_workflows_async()] == ["T1"]
    async with store.reading() as unit:
        assert [task.id for task in await unit.tasks.list()] == ["T1"]
