"""How far readers of the journal have come, in the database."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store import chat_tables

_CURSORS = chat_tables.cursors


class Cursors:
    """Places in the journal, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking

    async def get(self, name: str) -> int | None:
        """Number of the last journal entry that the reader `name` has dealt with; None for a reader that is new."""
        query = select(_CURSORS.c.seq).where(_CURSORS.c.name == name)
        if self._locking:
            query = query.with_for_update()
        return (await self._connection.execute(query)).scalar_one_or_none()

    async def set(self, name: str, seq: int) -> None:
        """The reader `name` has dealt with everything up to `seq`."""
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert(_CURSORS).values(name=name, seq=seq)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"seq": seq}))
