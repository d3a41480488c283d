"""The webhook: updates are posted to the bot's address, those of a chat one after the other, each until it is taken."""

import asyncio

import aiohttp

from tests.platforms.telegram.message import Json
from tests.platforms.telegram.updates import Update, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Webhook:
    """Posts to the address that was set. `routes` lead from public addresses to where somebody listens here."""

    def __init__(self, updates: Updates, *, retry_after_s: tuple[float, ...], answered_within_s: float) -> None:
        self.routes: dict[str, str] = {}
        self.attempts = 0
        """How often something was posted, successful or not."""
        self._updates = updates
        self._retry_after_s, self._answered_within_s = retry_after_s, answered_within_s
        self._secret, self._at_once = "", 0
        self._last_error: tuple[int, str] | None = None
        self._task: asyncio.Task[None] | None = None

    def point(self, url: str, secret: str, *, at_once: int) -> None:
        """Post to `url` from now on; '' for nowhere."""
        self._updates.webhook, self._secret, self._at_once = url, secret, at_once
        self._last_error = None
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="simulated-webhook")
        self._updates.bell.ring()

    def info(self, waiting: int) -> Json:
        """getWebhookInfo."""
        shown: Json = {
            "url": self._updates.webhook,
            "has_custom_certificate": False,
            "pending_update_count": waiting,
        }
        if self._updates.webhook:
            shown |= {"max_connections": self._at_once, "ip_address": "127.0.0.1"}
        if self._updates.allowed is not None:
            shown["allowed_updates"] = sorted(self._updates.allowed)
        if self._last_error:
            shown |= {"last_error_date": self._last_error[0], "last_error_message": self._last_error[1]}
        return shown

    async def close(self) -> None:
        """Stop posting."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=self._answered_within_s)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            under_way: dict[int, asyncio.Task[None]] = {}
            try:
                while True:
                    firsts = self._updates.firsts() if self._updates.webhook else {}
                    for chat, update in firsts.items():
                        if chat not in under_way and len(under_way) < self._at_once:
                            sent = asyncio.create_task(self._sent(session, update), name="simulated-webhook-post")
                            under_way[chat] = sent
                            sent.add_done_callback(lambda _, chat=chat: under_way.pop(chat))
                    await self._updates.bell.wait()
            finally:
                posts = list(under_way.values())
                for post in posts:
                    post.cancel()
                await asyncio.gather(*posts, return_exceptions=True)

    async def _sent(self, session: aiohttp.ClientSession, update: Update) -> None:
        """Post one update until it is taken; in other chats things go on meanwhile."""
        failures = 0
        try:
            while self._updates.webhook:
                if await self._post(session, update):
                    self._updates.confirm(update)
                    return
                await asyncio.sleep(self._retry_after_s[min(failures, len(self._retry_after_s) - 1)])
                failures += 1
        finally:
            # once this is over the next one of the chat may go
            asyncio.get_running_loop().call_soon(self._updates.bell.ring)

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> bool:
        headers = {SECRET_HEADER: self._secret} if self._secret else {}
        self.attempts += 1
        try:
            async with session.post(self._address(), json=update.payload, headers=headers) as response:
                await response.read()
                if response.ok:
                    return True
                self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
        except TimeoutError:
            self._failed("Read timeout expired")
        except aiohttp.ClientError as error:
            self._failed("Connection refused" if isinstance(error, aiohttp.ClientConnectorError) else str(error))
        return False

    def _failed(self, why: str) -> None:
        self._last_error = (int(self._updates.now()), why)
        self._updates.bell.ring()

    def _address(self) -> str:
        url = self._updates.webhook
        for public, here in self.routes.items():
            if url.startswith(public):
                return here + url.removeprefix(public)
        return url
