"""What chat adapters remember, in the database: small texts under a key of their platform, each for a while."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from core.store import chat_tables

_VALUES = chat_tables.chat_values


class ChatValues:
    """Remembered texts, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def get(self, platform: str, key: str) -> str | None:
        """What is kept under `key`; None when nothing is, or its time is over."""
        query = select(_VALUES.c.value).where(
            _VALUES.c.platform == platform, _VALUES.c.key == key, _VALUES.c.expires_at > self._now
        )
        found: str | None = (await self._connection.execute(query)).scalar_one_or_none()
        return found

    async def set(self, platform: str, key: str, value: str, *, until: datetime) -> None:
        """Keep `value` until then (aware), instead of what was there."""
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        changes = {"value": value, "expires_at": until}
        statement = insert(_VALUES).values(platform=platform, key=key, **changes)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["platform", "key"], set_=changes)
        )

    async def remove(self, platform: str, key: str) -> None:
        """Forget what is kept under `key`, if anything."""
        await self._connection.execute(delete(_VALUES).where(_VALUES.c.platform == platform, _VALUES.c.key == key))

    async def forget(self) -> int:
        """Delete what nobody may read any more; how many rows that were."""
        return (await self._connection.execute(delete(_VALUES).where(_VALUES.c.expires_at <= self._now))).rowcount
