"""Calls to Slack's Web API, each with a timeout and made once; what goes wrong is an error of the port."""

import json
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.chat.errors import ChatUnavailableError, MessageGoneError, OutcomeUnknownError
from adapters.chat.payload import Payload, text_at
from adapters.slack.errors import translated
from adapters.slack.settings import SlackSettings

_IDLE_S = 15.0
"""How long an unused connection is kept: shorter than Slack keeps it, so that no call meets one that is just closed."""
_UPLOAD_S = 60.0
"""The longest a file may take on its way."""
_FORM_ONLY = frozenset({"conversations.info", "conversations.replies", "files.getUploadURLExternal", "users.info"})
"""Methods that take no JSON."""


class Calls:
    """Slack's Web API with the tokens of one app."""

    def __init__(self, settings: SlackSettings) -> None:
        self._app_token = settings.app_token
        self._timeout_s = settings.call_timeout_s
        logger = logging.getLogger("adapters.slack.web")
        logger.setLevel(logging.WARNING)  # below that the library writes whole requests and answers
        self._client = AsyncWebClient(
            token=settings.bot_token,
            logger=logger,
            base_url=with_slash(settings.api_url),
            timeout=max(1, round(settings.call_timeout_s)),
            retry_handlers=[],  # when to try again is decided by the program, in one place
        )

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[aiohttp.ClientSession]:
        """While this is open, calls share their connections; before and after it each opens one of its own."""
        connector = aiohttp.TCPConnector(keepalive_timeout=_IDLE_S)
        timeout = aiohttp.ClientTimeout(total=self._timeout_s, connect=self._timeout_s / 2)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            self._client.session = session
            try:
                yield session
            finally:
                self._client.session = None

    @property
    def proxy(self) -> str | None:
        """The proxy the environment asks for."""
        return self._client.proxy

    async def call(self, method: str, *, repeatable: bool = False, **arguments: object) -> Payload:
        """Call `method`; arguments that are None are left out. The answer, or an error of the chat port.

        `repeatable` says that doing it twice is the same as doing it once: then no answer counts as not done.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        if method in _FORM_ONLY:
            return await self._send(method, repeatable=repeatable, data=_as_form(given))
        return await self._send(method, repeatable=repeatable, json=given)

    async def socket_address(self) -> str:
        """A new address for Socket Mode, good for one connection and some seconds."""
        answer = await self._send("apps.connections.open", repeatable=True, json={"token": self._app_token})
        return text_at(answer, "url")

    async def granted(self) -> frozenset[str]:
        """The scopes of the bot token; Slack names them with every answer, and nothing when it does not."""
        answer = await self._answer("auth.test", repeatable=True, json={})
        named = cast("Mapping[str, str]", answer.headers)
        return frozenset(filter(None, (scope.strip() for scope in named.get("x-oauth-scopes", "").split(","))))

    async def answer_at(self, url: str, **arguments: object) -> Payload:
        """Answer at the address that came with what somebody did; Slack takes five such answers in half an hour.

        MessageGoneError when it takes no more.
        """
        client = AsyncWebhookClient(
            url,
            timeout=max(1, round(self._timeout_s)),
            session=self._client.session,
            proxy=self.proxy,
            logger=self._client.logger,
            retry_handlers=[],
        )
        try:
            answer = await client.send_dict(dict(arguments))
        except (TimeoutError, SlackClientError, aiohttp.ClientError, OSError, ValueError) as error:
            raise translated(error, method="the answer", repeatable=True) from error
        if answer.status_code != 200:
            raise MessageGoneError(f"Slack does not take this answer any more (HTTP {answer.status_code}).")
        return {}

    async def put(self, url: str, data: bytes) -> None:
        """Hand `data` over to an address that files.getUploadURLExternal gave."""
        session = self._client.session
        try:
            if session is not None and not session.closed:
                await self._put(session, url, data)
            else:
                async with aiohttp.ClientSession() as alone:
                    await self._put(alone, url, data)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # handing it over again is harmless: it is shown only by the call after this one
            raise translated(error, method="the upload", repeatable=True) from error

    async def _put(self, session: aiohttp.ClientSession, url: str, data: bytes) -> None:
        timeout = aiohttp.ClientTimeout(total=_UPLOAD_S, connect=self._timeout_s / 2)
        async with session.post(url, data=data, proxy=self.proxy, timeout=timeout) as response:
            if response.status != 200:
                raise ChatUnavailableError(f"Slack did not take the file (HTTP {response.status}).")

    async def _send(
        self,
        method: str,
        *,
        repeatable: bool,
        json: Mapping[str, object] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Payload:
        answer = await self._answer(method, repeatable=repeatable, json=json, data=data)
        return cast("Payload", answer.data)

    async def _answer(
        self,
        method: str,
        *,
        repeatable: bool,
        json: Mapping[str, object] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> AsyncSlackResponse:
        try:
            return await self._client.api_call(  # pyright: ignore[reportUnknownMemberType]
                method, json=dict(json) if json is not None else None, data=dict(data) if data is not None else None
            )
        except AttributeError as error:
            # the library takes a text where it expects an object: a proxy answered instead of Slack
            message = f"Something else than Slack answered {method}."
            raise (ChatUnavailableError if repeatable else OutcomeUnknownError)(message) from error
        except (TimeoutError, SlackClientError, aiohttp.ClientError, OSError, ValueError) as error:
            raise translated(error, method=method, repeatable=repeatable) from error


def with_slash(url: str) -> str:
    """`url` ending in a slash: without it the library would leave its last part out."""
    return url if url.endswith("/") else f"{url}/"


def _as_form(arguments: Mapping[str, object]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()}
