"""What came in from chats, in the database: kept once, handled in order, forgotten when it is old."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.conversation import Hearing
from core.store import chat_tables
from core.store.records import Records

_HEARINGS = chat_tables.hearings


class Hearings:
    """Hearings, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._records = Records(connection, _HEARINGS, Hearing, kind="hearing", hint="", locking=False)

    async def keep(self, hearing: Hearing) -> bool:
        """Write it down; False, and nothing changes, when its event was heard before."""
        return await self._records.add_once(self._records.row(hearing))

    async def waiting(self, platform: str, limit: int) -> list[Hearing]:
        """What nobody has handled yet, oldest first."""
        query = self._records.select().where(_HEARINGS.c.platform == platform, _HEARINGS.c.handled_at.is_(None))
        return await self._records.all(query.order_by(_HEARINGS.c.number).limit(limit))

    async def is_waiting(self, platform: str, event_id: str) -> bool:
        """Whether it was heard, and nobody has handled it yet."""
        mine = (_HEARINGS.c.platform == platform) & (_HEARINGS.c.event_id == event_id)
        query = self._records.select().where(mine, _HEARINGS.c.handled_at.is_(None))
        return await self._records.first(query) is not None

    async def handled(self, platform: str, event_id: str) -> None:
        """It was acted on, now; saying so again changes nothing."""
        mine = (_HEARINGS.c.platform == platform) & (_HEARINGS.c.event_id == event_id)
        marked = update(_HEARINGS).where(mine, _HEARINGS.c.handled_at.is_(None)).values(handled_at=self._now)
        await self._connection.execute(marked)

    async def forget(self, before: datetime) -> int:
        """Take away what was handled before then; how many that were. What comes again after that is new."""
        done = await self._connection.execute(delete(_HEARINGS).where(_HEARINGS.c.handled_at < before))
        return done.rowcount
