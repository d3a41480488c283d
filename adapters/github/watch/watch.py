"""The port of news on GitHub: rounds of questions, and webhooks where GitHub can reach us; both say the same."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime
from typing import Never

import structlog

from adapters.github.calls import Calls
from adapters.github.errors import KeyRefusedError
from adapters.github.repositories import Repositories
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens
from adapters.github.watch.deliveries import Delivery
from adapters.github.watch.labelled import LabelledIssues
from adapters.github.watch.logs import FailureLogs
from adapters.github.watch.lookout import Lookout
from adapters.github.watch.pulls import Pulls
from adapters.github.watch.rhythm import Rhythm
from adapters.github.watch.sights import Sights
from adapters.github.watch.telling import NotHeardError, Teller
from adapters.github.watch.webhooks import listening
from core.domain.forge_news import ForgeReport
from core.domain.project import Project
from core.forge import ForgeBusyError, ForgeUnavailableError, Watched
from core.workspaces.git import Git

log = structlog.get_logger(__name__)

SWEEP_S = 300.0
"""Between rounds where webhooks tell us: for those that got lost, which GitHub does not send again."""
SETTLE_S = 30.0
"""This long after a delivery everything is looked at once more: GitHub may tell of a thing before it shows it."""


class GitHubWatch:
    """One access to one GitHub; `mask` hides secrets in logs. Satisfies `core.forge.ForgeWatch`."""

    def __init__(
        self,
        settings: GitHubSettings,
        *,
        clock: Callable[[], datetime],
        mask: Callable[[str], str],
        git: Git | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._mask = mask
        self._git = git or Git()
        self._pause = pause
        self._calls = Calls(settings, tokens=Tokens(settings, clock=clock), pause=pause)
        self._soon = asyncio.Event()
        self.port = 0
        """Where webhooks are listened for while it runs."""

    async def run(
        self,
        hear: Callable[[ForgeReport], Awaitable[None]],
        *,
        projects: Sequence[Project],
        watched: Callable[[], Awaitable[Sequence[Watched]]],
        ready: Callable[[], None],
    ) -> Never:
        """Listen until cancelled. ForgeDeniedError when the key is not accepted; AddressUnavailableError."""
        teller = Teller(hear)
        sights = Sights(self._calls)
        lookout = self._lookout(teller, sights, projects=projects, watched=watched)
        async with AsyncExitStack() as stack:
            if self._settings.host_address:
                self.port = await stack.enter_async_context(self._webhooks(lookout))
            rhythm = Rhythm.of(SWEEP_S if self._settings.host_address else self._settings.poll_s)
            begun = False
            while True:
                before = teller.count
                wait_s = await self._round(lookout)
                if not begun:
                    begun = True
                    ready()
                rhythm = rhythm.after(news=teller.count > before)
                await self._rest(max(rhythm.pause_s if wait_s is None else wait_s, sights.rest_s))

    def _lookout(
        self,
        teller: Teller,
        sights: Sights,
        *,
        projects: Sequence[Project],
        watched: Callable[[], Awaitable[Sequence[Watched]]],
    ) -> Lookout:
        calls, label = self._calls, self._settings.start_label
        logs = FailureLogs(calls, timeout_s=self._settings.timeout_s, mask=self._mask)
        return Lookout(
            projects=projects,
            watched=watched,
            repositories=Repositories(self._settings, calls=calls, git=self._git),
            sights=sights,
            pulls=Pulls(sights, logs=logs, knows=teller.knows),
            labelled=LabelledIssues(calls, sights=sights, label=label, knows=teller.knows),
            teller=teller,
        )

    def _webhooks(self, lookout: Lookout) -> AbstractAsyncContextManager[int]:
        async def take(delivery: Delivery) -> None:
            if await lookout.attend(delivery):
                self._soon.set()

        return listening(
            host=self._settings.host_address,
            port=self._settings.port,
            secret=self._settings.webhook_secret,
            take=take,
            missed=self._soon.set,
        )

    async def _round(self, lookout: Lookout) -> float | None:
        """Look at everything; seconds after which to try again when that did not work, else None."""
        try:
            await lookout.sweep()
        except KeyRefusedError:
            raise
        except ForgeBusyError as error:
            log.warning("github_round_put_off", reason=error.message)
            return max(error.retry_after_s, self._settings.poll_s)
        except (ForgeUnavailableError, NotHeardError) as error:
            log.warning("github_round_broken_off", reason=error.message)
            return self._settings.poll_s
        return None

    async def _rest(self, seconds: float) -> None:
        """Until the time is over, or a moment after something was told or missed."""
        pause = asyncio.ensure_future(self._pause(seconds))
        woken = asyncio.ensure_future(self._soon.wait())
        try:
            await asyncio.wait({pause, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()
            woken.cancel()
            await asyncio.gather(pause, woken, return_exceptions=True)
        if self._soon.is_set():
            await self._pause(min(SETTLE_S, seconds))
            self._soon.clear()
