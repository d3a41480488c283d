"""A message whose answer was lost is looked for a few numbers at a time, as many as its chat bears."""

import pytest

from adapters.chat.errors import MessageGoneError, RateLimitedError
from adapters.chat.keyvalue import MemoryValues
from adapters.telegram.lost import LOOKED_AT, Lost
from tests.support.clock import FakeClock

pytestmark = pytest.mark.telegram

GROUP = -1001234


class Chat:
    """Bears one edit, then asks for a pause; `ours` can be edited."""

    def __init__(self, *, ours: int = 0) -> None:
        self.ours = ours
        self.tried: list[int] = []
        self._tired = False

    async def edit(self, number: int) -> None:
        self._tired = not self._tired
        if not self._tired:
            raise RateLimitedError("Too Many Requests", retry_after_s=1)
        self.tried.append(number)
        if number != self.ours:
            raise MessageGoneError("message to edit not found")


async def searched(lost: Lost, chat: Chat) -> int:
    """What is found in the end, as the delivery tries again after each pause."""
    for _ in range(3 * LOOKED_AT):
        try:
            return (await lost.search("A1:card", GROUP, chat.edit)).found
        except RateLimitedError:
            continue
    raise AssertionError(f"it never came to an end: {chat.tried}")


async def test_a_search_that_a_busy_chat_breaks_off_goes_on_where_it_was() -> None:
    values = MemoryValues(clock=FakeClock())
    lost, chat = Lost(values), Chat(ours=17)
    await lost.ours(GROUP, 10)
    await lost.attempted("A1:card", GROUP)
    assert await searched(lost, chat) == 17
    assert chat.tried == list(range(11, 18))


async def test_a_search_goes_on_where_it_was_after_a_restart_too() -> None:
    values = MemoryValues(clock=FakeClock())
    lost, chat = Lost(values), Chat(ours=17)
    await lost.ours(GROUP, 10)
    await lost.attempted("A1:card", GROUP)
    with pytest.raises(RateLimitedError):
        await lost.search("A1:card", GROUP, chat.edit)
    assert await searched(Lost(values), chat) == 17
    assert chat.tried == list(range(11, 18))


async def test_a_search_that_found_nothing_begins_anew_after_the_next_attempt() -> None:
    values = MemoryValues(clock=FakeClock())
    lost, chat = Lost(values), Chat()
    await lost.ours(GROUP, 10)
    await lost.attempted("A1:card", GROUP)
    assert await searched(lost, chat) == 0
    chat.ours = 12  # it came after all
    assert await searched(lost, chat) == 12


async def test_while_nothing_can_be_posted_the_search_is_not_made_again() -> None:
    values = MemoryValues(clock=FakeClock())
    lost, chat = Lost(values), Chat()
    await lost.ours(GROUP, 10)
    await lost.attempted("A1:card", GROUP)
    assert await searched(lost, chat) == 0
    await lost.looked_through("A1:card")
    tried = len(chat.tried)
    assert (await lost.search("A1:card", GROUP, chat.edit)).looked_to == 10 + LOOKED_AT
    assert len(chat.tried) == tried
