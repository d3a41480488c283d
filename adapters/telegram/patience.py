"""Trying again for who waits for an answer to what they just pressed or wrote, where nobody else would."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from adapters.chat.errors import ChatError, ChatUnavailableError, RateLimitedError

PAUSES_S = (1.0, 3.0)
LONGEST_PAUSE_S = 30.0
"""Whoever is asked to wait for longer has given up."""

_LOG = logging.getLogger(__name__)


async def patiently(call: Callable[[], Awaitable[object]], *, what: str) -> bool:
    """Make `call`, again after pauses while Telegram does not take it; whether it did. What fails for good is logged.

    Only for what belongs to a conversation of the adapter's own; everything else is tried again by the program.
    """
    for pause_s in (*PAUSES_S, None):
        try:
            await call()
        except (RateLimitedError, ChatUnavailableError) as error:
            asked_s = error.retry_after_s if isinstance(error, RateLimitedError) else 0.0
            if pause_s is None or asked_s > LONGEST_PAUSE_S:
                _LOG.warning("%s: %s", what, error)
                return False
            await asyncio.sleep(max(asked_s, pause_s))
        except ChatError as error:
            _LOG.warning("%s: %s", what, error)
            return False
        else:
            return True
    return False
