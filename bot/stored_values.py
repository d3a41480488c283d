"""What a chat adapter remembers, kept in the database."""

from datetime import timedelta

from core.store import Store


class StoredValues:
    """A KeyValueStore of one platform. StoreError when the database does not answer."""

    def __init__(self, store: Store, platform: str) -> None:
        self._store = store
        self._platform = platform

    async def get(self, key: str) -> str | None:
        """From the table."""
        async with self._store.reading() as uow:
            return await uow.chat_values.get(self._platform, key)

    async def set(self, key: str, value: str, *, for_s: float) -> None:
        """In a transaction of its own."""
        async with self._store.transaction() as uow:
            await uow.chat_values.set(self._platform, key, value, until=uow.now + timedelta(seconds=for_s))

    async def remove(self, key: str) -> None:
        """In a transaction of its own."""
        async with self._store.transaction() as uow:
            await uow.chat_values.remove(self._platform, key)
