"""Adds a row of the ledger to the sums that questions are answered from, in the same transaction."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.spending_tables import QUARTER_S, spending

_KEY = ("quarter", "agent_run", "model")
_SUMMED = ("calls", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_usd")


def quarter_of(at: datetime) -> int:
    """The number of the quarter of an hour that `at` (aware) is in, from 1970 UTC."""
    return int(at.timestamp() // QUARTER_S)


async def add_to_sums(connection: AsyncConnection, call: Mapping[str, object]) -> None:
    """Count `call`, a row of the ledger by column; one without an agent counts for the agent ''."""
    at = call["at"]
    if not isinstance(at, datetime):
        raise TypeError("a call has a time")
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {name: value for name, value in call.items() if name in spending.c}
    row |= {"quarter": quarter_of(at), "agent_run": call["agent_run"] or "", "calls": 1}
    statement = insert(spending).values(row)
    added = {name: spending.c[name] + statement.excluded[name] for name in _SUMMED}
    await connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=added))
