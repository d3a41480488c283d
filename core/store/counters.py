"""Numbers given out one after the other: of tasks, approvals, journal entries, rows of the audit trail."""

from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.tables import counters

Counter = Literal["tasks", "approvals", "journal", "messages", "places", "audit", "schedules"]


async def raised(connection: AsyncConnection, counter: Counter, *, by: int = 1) -> int:
    """Raise `counter` and return its new value.

    The row stays locked until the transaction ends: the next transaction gets its number after this one committed,
    and a rollback gives the number back.
    """
    changed = update(counters).where(counters.c.name == counter).values(value=counters.c.value + by)
    return (await connection.execute(changed.returning(counters.c.value))).scalar_one()


async def last(connection: AsyncConnection, counter: Counter) -> int:
    """The number given out last."""
    return (await connection.execute(select(counters.c.value).where(counters.c.name == counter))).scalar_one()
