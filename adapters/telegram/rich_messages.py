"""Cards as one rich message (Bot API 10.1) where the server takes those, and where they gain by it.

Whether it does is seen by the first one that is tried: an older server does not know the method, and is asked again a
day later. What is refused for another reason goes out as ordinary messages, that card alone.
"""

import logging
from collections.abc import Callable, Mapping

from adapters.chat.card import Card, StepList, Table
from adapters.chat.errors import ChatError, NotReachableError, RejectedError
from adapters.telegram.errors import NO_RIGHTS, UNKNOWN_METHOD
from adapters.telegram.journal import Journal
from adapters.telegram.page import Page
from adapters.telegram.posting import Posting
from adapters.telegram.render import Rendered
from adapters.telegram.render_rich import rich
from core.domain.identity import PersonId, Place

_LOG = logging.getLogger(__name__)
ASKED_AGAIN_S = 86_400.0
"""After so long a server that knew no rich messages may have learnt them."""


def drawn_richly(card: Card, *, names: Mapping[PersonId, str]) -> Rendered | None:
    """`card` as one rich message, None when it does not fit one."""
    made = rich(card, names=names)
    if made is None:
        return None
    return Rendered(pages=(Page(text="", rich=made.payload(), keyboard=made.keyboard),), file=made.file)


def gains(card: Card, made: Rendered) -> bool:
    """Whether `card` reads better as one rich message than as `made`; what shows steps is edited all the time."""
    if any(isinstance(section, StepList) for section in card.sections):
        return False
    return len(made.pages) > 1 or any(isinstance(section, Table) for section in card.sections)


class RichMessages:
    """Posts rich messages, and remembers which server takes them and which message is one. `clock` counts seconds."""

    def __init__(self, *, posting: Posting, journal: Journal, clock: Callable[[], float]) -> None:
        self._posting = posting
        self._journal = journal
        self._clock = clock
        self._not_before = float("-inf")

    async def post(self, place: Place, page: Page, *, key: str, again: bool) -> int:
        """Post `page`, a rich one; the id of the message, 0 when it has to be ordinary ones. With `again` an earlier
        attempt may have come through: that one is found as what it was, so an ordinary one stays ordinary.
        """
        if self._clock() < self._not_before or (again and not await self._journal.tried_richly(key)):
            return 0
        await self._journal.note_tried_richly(key)
        try:
            message = await self._posting.page(place, page, key=key, unsure=again)
        except (RejectedError, NotReachableError) as error:
            if not self._gives_way(error):
                raise
            await self._journal.forget_tried_richly(key)
            return 0
        await self._journal.note_rich(place.channel, message)
        return message

    def _gives_way(self, error: ChatError) -> bool:
        """Whether `error` is about rich messages, and an ordinary one may be taken."""
        if error.code == UNKNOWN_METHOD:
            _LOG.info("this server knows no rich messages: tables are sent as text")
            self._not_before = self._clock() + ASKED_AGAIN_S
            return True
        if isinstance(error, NotReachableError) and error.code != NO_RIGHTS:
            return False
        # a group may let us write and yet show nothing richer; if not, the ordinary message says it
        _LOG.warning("a card is sent as ordinary messages: %s", error)
        return True
