"""What was seen of unusual spending: one row for each thing, so that it is told once."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.period import Period
from core.domain.unusual import Unusual
from core.store.records import Records
from core.store.unusual_tables import unusual_spending


class UnusualSpending:
    """Unusual spending, as one unit of work sees it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._records = Records(connection, unusual_spending, Unusual, kind="sight", hint="", locking=False)

    async def see(self, seen: Unusual) -> bool:
        """Write it down; False, and nothing changes, when it was seen before."""
        return await self._records.add_once(self._records.row(seen))

    async def within(self, period: Period | None, *, projects: Collection[str] | None) -> list[Unusual]:
        """What was seen in `period` (None: ever) in `projects` only unless None, the newest first."""
        columns = unusual_spending.c
        query = self._records.select().order_by(columns.at.desc(), columns.key)
        if period is not None:
            query = query.where(columns.at >= period.begin, columns.at < period.end)
        if projects is not None:
            query = query.where(columns.project.in_(sorted(projects)))
        return await self._records.all(query)
