"""What is suggested to somebody who types the value of an option, in time or not at all."""

import asyncio
import logging
from collections.abc import Sequence

from adapters.chat.suggestion import Suggest, Suggestion
from adapters.discord.parse_command import Typing
from core.domain.identity import Person, Place

_LOG = logging.getLogger(__name__)


async def suggested(
    suggest: Suggest, typing: Typing, person: Person, place: Place, *, within_s: float
) -> Sequence[Suggestion]:
    """What `suggest` says, or nothing when it takes too long or fails."""
    try:
        async with asyncio.timeout(within_s):
            return await suggest(typing.kind, typing.typed, person, place)
    except TimeoutError:
        return ()
    except Exception:  # noqa: BLE001 - who types is answered, whatever keeps a list from being made; it is logged
        _LOG.exception("no suggestions of kind %s", typing.kind)
        return ()
