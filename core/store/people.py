"""People who were seen in chats, in the database: their names, and what they want to be told."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.conversation import KnownPerson
from core.domain.identity import PersonId
from core.store import chat_tables
from core.store.records import Records

_PEOPLE = chat_tables.people


class People:
    """Known people, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, now: datetime, locking: bool) -> None:
        self._connection = connection
        self._now = now
        self._records = Records(connection, _PEOPLE, KnownPerson, kind="person", hint="", locking=locking)

    async def see(self, person: PersonId, name: str, *, groups: tuple[str, ...] = ()) -> None:
        """Somebody said something, under this name, being in these groups; an empty name leaves the one we know."""
        row = self._records.row(KnownPerson(id=person, name=name, groups=groups, seen_at=self._now))
        await self._records.put(row, leave=("wishes",) if name else ("wishes", "name"))

    async def get(self, person: PersonId) -> KnownPerson | None:
        """The person; None for somebody who was never seen."""
        return await self._records.first(self._records.select().where(_PEOPLE.c.id == person))

    async def names(self, people: Collection[PersonId]) -> dict[PersonId, str]:
        """Names of those of `people` whose name is known."""
        query = select(_PEOPLE.c.id, _PEOPLE.c.name).where(_PEOPLE.c.id.in_(people), _PEOPLE.c.name != "")
        return {PersonId(row.id): row.name for row in await self._connection.execute(query)} if people else {}

    async def called(self, name: str) -> list[PersonId]:
        """Everybody who goes by this name, whatever its letters' case."""
        query = select(_PEOPLE.c.id).where(func.lower(_PEOPLE.c.name) == name.lower(), _PEOPLE.c.name != "")
        return [PersonId(row.id) for row in await self._connection.execute(query)]

    async def set_wishes(self, person: PersonId, wishes: Mapping[str, object]) -> None:
        """Keep what the person wants to be told, also of one who was never seen."""
        row = self._records.row(KnownPerson(id=person, name="", wishes=dict(wishes), seen_at=self._now))
        await self._records.put(row, leave=("name", "groups", "seen_at"))
