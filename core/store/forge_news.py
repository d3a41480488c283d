"""What came from forges about tasks, in the database: each piece of news once."""

from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.forge_news import HeardNews
from core.domain.identity import TaskId
from core.store.forge_tables import forge_news
from core.store.records import Records


class KeptNews:
    """News, as one unit of work sees it."""

    def __init__(self, connection: AsyncConnection) -> None:
        hint = "It concerns no task, or was never heard."
        self._records = Records(connection, forge_news, HeardNews, kind="news", hint=hint, locking=False)

    async def keep(self, heard: HeardNews) -> bool:
        """Write it down; False, and nothing changes, when something came under its key before."""
        return await self._records.add_once(self._records.row(heard))

    async def get(self, key: str) -> HeardNews:
        """What came under `key`; NotFoundError when nothing did."""
        return await self._records.get(key)

    async def find(self, key: str) -> HeardNews | None:
        """What came under `key`, if anything did."""
        return await self._records.first(self._records.select().where(forge_news.c.key == key))

    async def of(self, task: TaskId) -> list[HeardNews]:
        """All that came about `task`, oldest first."""
        query = self._records.select().where(forge_news.c.task == task)
        return await self._records.all(query.order_by(forge_news.c.at, forge_news.c.key))
