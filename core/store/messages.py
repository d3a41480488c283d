"""What people told the agents of a task, in the database."""

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.identity import MessageId, TaskId
from core.domain.steering import SteeringMessage
from core.store import counters, tables
from core.store.records import Records

_MESSAGES = tables.messages


class Messages:
    """Steering messages, as one unit of work sees them. Every list is oldest first."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        hint = "Show the task to see what was said."
        self._records = Records(connection, _MESSAGES, SteeringMessage, kind="message", hint=hint, locking=locking)

    async def next_number(self) -> int:
        """A number no other message has or will have."""
        return await counters.raised(self._connection, "messages")

    async def add(self, message: SteeringMessage) -> None:
        """Insert a new message; ConflictError when its id is taken or its task is missing."""
        await self._records.add([message])

    async def get(self, message: MessageId) -> SteeringMessage:
        """The message; NotFoundError when there is none."""
        return await self._records.get(message)

    async def save(self, message: SteeringMessage) -> None:
        """Replace the stored message; NotFoundError when there is none."""
        await self._records.save(message)

    async def of(self, task: TaskId) -> list[SteeringMessage]:
        """Everything that was said to the agents of `task`."""
        query = self._records.select().where(_MESSAGES.c.task == task)
        # ids end in the number, so the shorter one is the older one
        return await self._records.all(query.order_by(func.length(_MESSAGES.c.id), _MESSAGES.c.id))
