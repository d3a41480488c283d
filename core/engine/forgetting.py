"""Forgetting: what the database need not know of conversations any more, by itself or by `clean`."""

from dataclasses import dataclass
from datetime import timedelta

from core.store.store import Store

HEARD_FOR = timedelta(days=7)
"""How long what came in is known: no platform delivers anything again after that long."""
SAID_FOR = timedelta(days=30)
"""How long messages that were sent, buttons that were used, and cards that never change again, are known after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many rows went."""

    hearings: int
    buttons: int
    messages: int
    cards: int
    values: int
    """What adapters remembered, and its time is over."""

    @property
    def rows(self) -> int:
        """All of them."""
        return self.hearings + self.buttons + self.messages + self.cards + self.values


async def forget(store: Store, *, said_for: timedelta = SAID_FOR) -> Forgotten:
    """Take away what is old, but nothing that is about an open task. StoreError when the database cannot be written.

    `said_for` is how long what was said is known.
    """
    # one after the other, so that nobody waits long
    async with store.transaction() as uow:
        hearings = await uow.hearings.forget(before=uow.now - HEARD_FOR)
    async with store.transaction() as uow:
        buttons = await uow.action_tokens.forget(before=uow.now - said_for)
    async with store.transaction() as uow:
        messages = await uow.deliveries.forget(before=uow.now - said_for)
    async with store.transaction() as uow:
        cards = await uow.cards.forget(before=uow.now - said_for)
    async with store.transaction() as uow:
        values = await uow.chat_values.forget()
    return Forgotten(hearings=hearings, buttons=buttons, messages=messages, cards=cards, values=values)
