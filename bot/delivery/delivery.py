"""Everything that goes out on one platform: follower, sender, coalescer and reminders, wired and owned together."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from adapters.chat.port import ChatAdapter
from bot.delivery.attempt import Attempts, WithTokens
from bot.delivery.coalescer import MOST_CLOSED, PAGE, Coalescer
from bot.delivery.follower import Follower
from bot.delivery.look import FindProject, Look
from bot.delivery.pacing import Pacing
from bot.delivery.redraw import Redraws
from bot.delivery.reminders import Patience, Reminders
from bot.delivery.sender import Sender
from bot.tokens import with_tokens
from core.budgets.book import BudgetBook
from core.costs.picture import Charts
from core.store.store import Store


class ChatDelivery:
    """Delivers on one platform. `clock` is the wall clock (aware), `now_s` seconds that only go forward."""

    def __init__(
        self,
        store: Store,
        adapter: ChatAdapter,
        *,
        project: FindProject,
        patience: Patience,
        clock: Callable[[], datetime],
        now_s: Callable[[], float] = time.monotonic,
        tokens: WithTokens = with_tokens,
        page: int = PAGE,
        most_closed: int = MOST_CLOSED,
        book: BudgetBook | None = None,
        charts: Charts | None = None,
    ) -> None:
        """`page` and `most_closed` are the coalescer's, `book` is what the settings say about shared budgets.

        `charts` draws the pictures of reports; without it they have none.
        """
        self.pacing = Pacing(adapter.pace, now_s=now_s())
        self._now_s = now_s
        look = Look(
            platform=adapter.platform, capabilities=adapter.capabilities, project=project, admins=patience.admins
        )
        attempts = Attempts(
            store,
            adapter,
            with_tokens=tokens,
            limited=self._limited,
            requester=look.requester,
            clock=clock,
            book=book,
            charts=charts,
        )
        redraws = Redraws(
            store, adapter, with_tokens=tokens, limited=self._limited, clock=clock, now_s=now_s, book=book
        )
        self.sender = Sender(store, adapter, attempts=attempts, pacing=self.pacing, now_s=now_s)
        self.coalescer = Coalescer(
            store, adapter, redraws=redraws, pacing=self.pacing, now_s=now_s, page=page, most_closed=most_closed
        )
        self.follower = Follower(store, look, moved=self._moved)
        self.reminders = Reminders(
            store, platform=adapter.platform, patience=patience, project=project, sender=self.sender
        )

    async def begin(self) -> None:
        """Note where the journal stands on a platform that is new. To be called before anything is heard there."""
        await self.follower.begin()

    def wake(self) -> None:
        """Say that something was put into the outbox beside the journal."""
        self.sender.wake()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then is found and finished at the next start."""
        async with asyncio.TaskGroup() as group:
            for loop in (self.follower, self.sender, self.coalescer, self.reminders):
                group.create_task(loop.run(), name=f"delivery {type(loop).__name__.lower()}")

    def _moved(self, urgent: Mapping[str, int]) -> None:
        self.sender.wake()
        self.coalescer.wake(urgent)

    def _limited(self, channel: str | None, wait_s: float) -> None:
        self.pacing.hold(channel, until_s=self._now_s() + wait_s)
