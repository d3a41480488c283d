"""Socket Mode: a connection of our own making to Slack, opened anew whenever it ends, falls silent or is called off."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import cast

import aiohttp
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.chat.errors import ChatError, RateLimitedError
from adapters.chat.owned import OwnedTasks
from adapters.chat.payload import Payload, map_at, text_at
from adapters.slack.calls import Calls
from adapters.slack.identity import PAUSES_S, refusal
from adapters.slack.reception import Reception

_LOG = logging.getLogger(__name__)
HELLO_S = 10.0
"""A connection that does not say hello within this is not one."""
_STEADY_S = 10.0
"""A connection that lasted this long was a good one: the next one is opened without a pause."""
_LAST_WORDS_S = 12.0
"""How long a connection that Slack called off still brings things: it says ten seconds."""
_CLOSING_S = 5.0
"""What is being answered when a connection ends gets this long."""
_GOODBYE_S = 1.0
_MOST_BYTES = 4 << 20


class SocketMode:
    """Slack's socket. Two may be open for a moment: the new one is, before the old one goes."""

    def __init__(
        self,
        calls: Calls,
        session: aiohttp.ClientSession,
        reception: Reception,
        *,
        ping_every_s: float,
        hello_within_s: float = HELLO_S,
    ) -> None:
        self._calls = calls
        self._session = session
        self._reception = reception
        self._ping_every_s = ping_every_s
        self._hello_within_s = hello_within_s
        self._tasks = OwnedTasks()

    async def run(self, *, ready: Callable[[], None]) -> None:
        """Stay connected until cancelled; `ready` is called at each hello. ConfigurationError when Slack says no."""
        attempt = 0
        try:
            while True:
                begun = asyncio.get_running_loop().time()
                called_off = asyncio.Event()
                try:
                    address = await self._calls.socket_address()
                except ChatError as error:
                    await self._pause(attempt, error)
                else:
                    connection = self._tasks.start(
                        self._connection(address, ready=ready, called_off=called_off), name="slack-socket"
                    )
                    await self._ended(connection, called_off)
                    if asyncio.get_running_loop().time() - begun > _STEADY_S:
                        attempt = 0
                        continue
                    await self._pause(attempt, None)
                attempt += 1
        finally:
            await self._tasks.close(within_s=0)

    async def _ended(self, connection: "asyncio.Task[None]", called_off: asyncio.Event) -> None:
        """Wait for the end of `connection`, or for its being called off: then it goes on beside the next one."""
        # set at the end too, so that one thing is waited for
        connection.add_done_callback(lambda _: called_off.set())
        await called_off.wait()

    async def _pause(self, attempt: int, error: ChatError | None) -> None:
        pause_s = PAUSES_S[min(attempt, len(PAUSES_S) - 1)]
        if error is not None:
            if (never := refusal(error)) is not None:
                raise never from error
            _LOG.warning("no connection to Slack: %s", error)
            if isinstance(error, RateLimitedError):
                pause_s = max(pause_s, error.retry_after_s)
        await asyncio.sleep(pause_s)

    async def _connection(self, address: str, *, ready: Callable[[], None], called_off: asyncio.Event) -> None:
        """One connection from its hello to its end."""
        handling = OwnedTasks()
        try:
            async with self._session.ws_connect(
                address,
                # pings that stay unanswered end it: a socket that died in silence is noticed
                heartbeat=self._ping_every_s,
                max_msg_size=_MOST_BYTES,
                proxy=self._calls.proxy,
                timeout=aiohttp.ClientWSTimeout(ws_close=_GOODBYE_S),  # pyright: ignore[reportCallIssue]
            ) as socket:
                try:
                    await self._listen(socket, handling, ready=ready, called_off=called_off)
                finally:
                    # answers go over the connection the question came from
                    await handling.close(within_s=_CLOSING_S if not socket.closed else 0)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            _LOG.warning("the connection to Slack ended: %s", error or type(error).__name__)
        finally:
            await handling.close(within_s=0)

    async def _listen(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        handling: OwnedTasks,
        *,
        ready: Callable[[], None],
        called_off: asyncio.Event,
    ) -> None:
        until: float | None = self._hello_within_s
        clock = asyncio.get_running_loop().time
        leave_at = 0.0
        while True:
            message = await socket.receive(timeout=until if not leave_at else max(0.0, leave_at - clock()))
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            envelope = _read(cast("str", message.data))
            match text_at(envelope, "type"):
                case "hello":
                    until = None
                    ready()
                case "disconnect":
                    _LOG.info("Slack calls the connection off: %s", text_at(envelope, "reason"))
                    leave_at = leave_at or clock() + _LAST_WORDS_S
                    called_off.set()
                case _ if text_at(envelope, "envelope_id"):
                    handling.start(self._handled(socket, envelope), name="slack-envelope")
                case _:
                    pass

    async def _handled(self, socket: aiohttp.ClientWebSocketResponse, envelope: Payload) -> None:
        """Hand over what an envelope holds, then answer; what is not answered, Slack sends again."""
        body = dict(map_at(envelope, "payload"))
        response = await self._reception.answer(AsyncBoltRequest(mode="socket_mode", body=body))
        if response.status != 200:
            return
        try:
            await socket.send_json({"envelope_id": text_at(envelope, "envelope_id")})
        except (aiohttp.ClientError, OSError) as error:
            _LOG.warning("Slack could not be answered: %s", error or type(error).__name__)


def _read(text: str) -> Payload:
    try:
        found: object = json.loads(text)
    except ValueError:
        return {}
    return cast("Payload", found) if isinstance(found, dict) else {}
