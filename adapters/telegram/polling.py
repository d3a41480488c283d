"""Long polling: what happened is asked for, handed over, and confirmed only once it was kept.

Telegram holds an update until a later one is asked for, and shows it again until then. So nothing is asked for behind
an update that is still being kept, and what was handed over is not handed over again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from adapters.chat.errors import ChatError
from adapters.chat.owned import OwnedTasks
from adapters.chat.payload import Payload
from adapters.telegram.calls import Calls
from adapters.telegram.errors import ConflictError
from adapters.telegram.identity import pause
from adapters.telegram.look import number_at
from adapters.telegram.settings import TelegramSettings

KINDS = ("message", "callback_query", "my_chat_member")
"""What we ask Telegram for; edits are not among it."""
CONFLICTS_SAID = 3
"""Conflicts in a row before it is said: one or two are a restart that overlaps."""

Take = Callable[[Payload], Awaitable[None]]
"""Takes one update for good; returns when it is kept."""

_LOG = logging.getLogger(__name__)
_BATCH = 100
"""The most that one poll brings (getUpdates.limit)."""
_GRACE_S = 1.0
"""How long a batch may take before the next one is looked for beside it."""


class Polling:
    """Asks for updates and hands them to `take`."""

    def __init__(self, calls: Calls, *, take: Take, settings: TelegramSettings) -> None:
        self._calls = calls
        self._take = take
        self._settings = settings
        self._tasks = OwnedTasks()
        self._next = 0
        """The first update that is not confirmed; 0 while nothing is known."""
        self._seen: dict[int, bool] = {}
        """Whether each unconfirmed update that was handed over is kept."""
        self._under_way: set[int] = set()
        self._kept = asyncio.Event()
        self._failed = False

    async def run(self, *, ready: Callable[[], None]) -> None:
        """Poll until cancelled; `ready` once Telegram answered. ConfigurationError when it never will."""
        attempt = conflicts = 0
        hooked = True
        try:
            while True:
                try:
                    if hooked:
                        await self._let_go_of_webhook()
                        hooked = False
                    await self._poll(ready)
                except ConflictError as error:
                    hooked = error.code == "webhook"
                    conflicts += 1
                    await self._conflict(conflicts)
                except ChatError as error:
                    await pause(attempt, error)
                    attempt += 1
                else:
                    attempt = conflicts = 0
        finally:
            await self._tasks.close(within_s=self._settings.closing_s)

    async def _poll(self, ready: Callable[[], None]) -> None:
        busy = not all(self._seen.values())
        wait_s = 0 if busy or not self._next else self._settings.poll_s
        found = await self._calls.updates(offset=self._next, wait_s=wait_s, kinds=KINDS)
        self._next = self._next or 1
        ready()
        self._forget_what_is_gone(found)
        started = [self._begin(update) for update in found]
        if any(started):
            await self._settle()
        elif busy:
            await self._until_kept(self._settings.look_again_s)
        self._confirm()
        if self._failed:
            self._failed = False
            await asyncio.sleep(
                self._settings.look_again_s
            )  # what could not be kept a moment ago can hardly be kept now

    def _begin(self, update: Payload) -> bool:
        number = number_at(update, "update_id")
        if not number or number in self._under_way or self._seen.get(number):
            return False
        self._seen[number] = False
        self._under_way.add(number)
        self._tasks.start(self._handed(number, update), name="telegram-update")
        return True

    def _forget_what_is_gone(self, found: Sequence[Payload]) -> None:
        """An update that was not kept and is not shown any more never will be: it was an old one, shown once more."""
        shown = {number_at(update, "update_id") for update in found}
        for number in [each for each, kept in self._seen.items() if not kept]:
            if number not in shown and number not in self._under_way and len(shown) < _BATCH:
                del self._seen[number]

    async def _handed(self, number: int, update: Payload) -> None:
        try:
            await self._take(update)
            self._seen[number] = True
        except BaseException:
            # it was not kept, is not confirmed, and so is shown again
            self._failed = True
            raise
        finally:
            self._under_way.discard(number)
            self._kept.set()

    async def _settle(self) -> None:
        """Wait for what was handed over, but not so long that one holds up the others."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _GRACE_S
        while self._under_way and (left := until - loop.time()) > 0:
            await self._until_kept(left)

    async def _until_kept(self, within_s: float) -> None:
        self._kept.clear()
        try:
            async with asyncio.timeout(within_s):
                await self._kept.wait()
        except TimeoutError:
            pass

    def _confirm(self) -> None:
        """Go on behind what is kept without a gap; an update that was lost sight of is asked for again."""
        for number in sorted(self._seen):
            if not self._seen[number]:
                self._next = number
                return
            # an older one that was shown once more takes nothing back
            self._next = max(self._next, number + 1)
            del self._seen[number]

    async def _let_go_of_webhook(self) -> None:
        """Telegram answers polls only when it sends to no address; what waits is kept."""
        await self._calls.call("deleteWebhook", repeatable=True, drop_pending_updates=False)

    async def _conflict(self, conflicts: int) -> None:
        if conflicts == CONFLICTS_SAID or (conflicts > CONFLICTS_SAID and not conflicts % 60):
            _LOG.error(
                "Another process reads what is sent to this bot, so each of the two misses things. Stop the other one, "
                "or give this one a bot of its own: [telegram] bot_token."
            )
        await asyncio.sleep(self._settings.conflict_pause_s)
