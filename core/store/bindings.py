"""Which project a channel talks about, in the database."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.conversation import Binding, channel_of
from core.domain.identity import Place
from core.store import chat_tables
from core.store.records import Records

_BINDINGS = chat_tables.bindings


class Bindings:
    """Bindings of channels, as one unit of work sees them. A thread is asked about by its channel."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._records = Records(connection, _BINDINGS, Binding, kind="binding", hint="", locking=locking)

    async def of(self, place: Place) -> Binding | None:
        """What the channel of `place` is bound to; None when nobody said."""
        return await self._records.first(self._records.select().where(_BINDINGS.c.place == channel_of(place)))

    async def set(self, binding: Binding) -> None:
        """Bind the channel, whatever it was bound to."""
        await self._records.put(self._records.row(binding) | {"place": channel_of(binding.place)})

    async def remove(self, place: Place) -> bool:
        """Take the binding of the channel away; False when it had none."""
        done = await self._connection.execute(delete(_BINDINGS).where(_BINDINGS.c.place == channel_of(place)))
        return done.rowcount == 1

    async def all(self) -> list[Binding]:
        """Every bound channel, by place."""
        return await self._records.all(self._records.select().order_by(_BINDINGS.c.place))
