"""What Slack sends goes through Bolt, is handed over, and only then answered: what was not kept, Slack sends again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.owned import OwnedTasks
from adapters.chat.payload import Payload
from adapters.slack.calls import with_slash
from adapters.slack.parse import Us
from adapters.slack.settings import SlackSettings

Take = Callable[[Payload], Awaitable[None]]
"""Takes one payload for good; returns when it is kept."""

_LOG = logging.getLogger(__name__)
_CLOSING_S = 5.0
"""What is being kept when we stop gets this long."""


class Reception:
    """Bolt with one middleware of ours and no listeners.

    Bolt checks signatures and answers its handshakes. A listener of it would be answered for before it ran (events),
    and one that fails right after its ack loses the ack in HTTP mode; a middleware decides the answer itself.
    """

    def __init__(self, settings: SlackSettings, *, us: Us, take: Take) -> None:
        self._take = take
        self._ack_after_s = settings.ack_after_s
        self._tasks = OwnedTasks()

        # Bolt fills parameters in by their names, which it finds in functions and not in methods
        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id=us.team, bot_user_id=us.user, bot_id=us.bot)

        async def middleware(body: dict[str, object]) -> BoltResponse:
            return await self._hand_over(body)

        logger = logging.getLogger("adapters.slack.bolt")
        logger.setLevel(logging.WARNING)  # below that it writes whole payloads
        self._app = AsyncApp(
            name="orchestrator",
            logger=logger,
            # who we are is known: nothing is asked of Slack while it waits for an answer
            client=AsyncWebClient(base_url=with_slash(settings.api_url), retry_handlers=[]),
            authorize=authorize,
            # an empty one would be replaced by a variable of the environment, in HTTP mode a check against nothing
            signing_secret=settings.signing_secret,
            request_verification_enabled=settings.mode == "http",
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        self._app.use(middleware)  # pyright: ignore[reportUnknownMemberType]

    async def answer(self, request: AsyncBoltRequest) -> BoltResponse:
        """The answer Slack gets: 200 once the payload is kept, or after two seconds at most."""
        return await self._app.async_dispatch(request)

    async def close(self) -> None:
        """Wait for what is being kept, but not for ever."""
        await self._tasks.close(within_s=_CLOSING_S)

    async def _hand_over(self, body: dict[str, object]) -> BoltResponse:
        task = self._tasks.start(self._taken(body), name="slack-take")
        await asyncio.wait({task}, timeout=self._ack_after_s)
        if not task.done():
            _LOG.warning("Slack is answered before what it sent is kept")
            return BoltResponse(status=200)
        if task.cancelled() or task.exception() is not None:
            return BoltResponse(status=500)  # Slack sends it again
        return BoltResponse(status=200)

    async def _taken(self, body: Payload) -> None:
        await self._take(body)
