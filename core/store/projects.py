"""Which projects are archived, in the database; everything else about a project is in the settings."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.identity import PersonId, ProjectName
from core.store import tables

_ARCHIVED = tables.archived_projects


class ArchivedProjects:
    """Archived projects, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def names(self) -> frozenset[ProjectName]:
        """Every archived project."""
        rows = await self._connection.execute(select(_ARCHIVED.c.project))
        return frozenset(ProjectName(name) for name in rows.scalars())

    async def add(self, project: ProjectName, *, by: PersonId) -> None:
        """Archive; ConflictError when it is archived already."""
        await self._connection.execute(insert(_ARCHIVED).values(project=project, by=by, at=self._now))

    async def remove(self, project: ProjectName) -> bool:
        """Take it back; False when it was not archived."""
        done = await self._connection.execute(delete(_ARCHIVED).where(_ARCHIVED.c.project == project))
        return done.rowcount == 1
