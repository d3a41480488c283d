"""How the models stand, in the database: shared by every process that starts agents."""

from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.model import ModelStanding
from core.store import tables
from core.store.records import Records

_MODELS = tables.models


class Models:
    """Standings of models, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._records = Records(connection, _MODELS, ModelStanding, kind="model", hint="", locking=locking)

    async def get(self, model: str) -> ModelStanding:
        """How `model` stands; a fresh standing for one that never failed."""
        found = await self._records.first(self._records.select().where(_MODELS.c.model == model))
        return found or ModelStanding(model=model)

    async def all(self) -> dict[str, ModelStanding]:
        """Every model that ever failed or was limited."""
        return {standing.model: standing for standing in await self._records.all(self._records.select())}

    async def save(self, standing: ModelStanding) -> None:
        """Insert or replace."""
        await self._records.put(self._records.row(standing))
