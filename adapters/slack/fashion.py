"""Which blocks a workspace takes: the newest, until it refuses them, and then the oldest for a while."""

from collections.abc import Awaitable, Callable

from adapters.chat.card import Card
from adapters.chat.errors import RejectedError
from adapters.chat.payload import Payload
from adapters.slack.render import Rendered, rendered
from adapters.slack.surface import Surface

KEEP_S = 3600.0
"""How long the oldest blocks are used after that; then the workspace may have learnt the new ones."""
_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format"})

Send = Callable[[Rendered], Awaitable[Payload]]


class Fashion:
    """What each workspace takes. `clock` counts seconds and never goes back."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._old_until: dict[str, float] = {}

    async def sent(self, card: Card, *, space: str, send: Send) -> Payload:
        """The answer to `send`, which is given the card in new blocks, and in old ones when those are refused."""
        if self._old_until.get(space, 0.0) > self._clock():
            return await send(rendered(card, surface=Surface.VIEW))
        newest = rendered(card)
        try:
            return await send(newest)
        except RejectedError as error:
            oldest = rendered(card, surface=Surface.VIEW)
            if error.code not in _REFUSED or oldest == newest:
                raise
        answer = await send(oldest)
        # only now it is sure that the blocks were the matter, and not something else in the card
        self._old_until[space] = self._clock() + KEEP_S
        return answer
