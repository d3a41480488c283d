"""A process that only delivers, to a Slack that runs here: for tests that kill it."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from adapters.chat.port import Pace
from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from bot.delivery.delivery import ChatDelivery
from bot.delivery.reminders import Patience
from core.domain.identity import Access, ProjectName
from core.domain.notification import Happening, NotificationRules
from core.domain.project import Project
from core.store.store import Store

SHOP = Project(
    name=ProjectName("shop"),
    repository="/nowhere",
    access={"slack:*": Access.DEVELOPER},
    notify=NotificationRules(direct=frozenset({Happening.APPROVAL})),
)
PATIENCE = Patience(remind_after_s=3600, escalate_after_s=14_400)


class Quick(SlackAdapter):
    """Does not wait a second between two posts: the simulated workspace bears more than the real one."""

    @property
    def pace(self) -> Pace:
        return Pace(post_interval_s=0.06, edit_interval_s=0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to read from and where to deliver to."""

    database_url: str
    api_url: str
    bot_token: str
    app_token: str

    def adapter(self) -> SlackAdapter:
        """An adapter that gives up a call after some seconds."""
        settings = SlackSettings(
            bot_token=self.bot_token, app_token=self.app_token, api_url=self.api_url, call_timeout_s=5.0
        )
        return Quick(settings)

    def text(self) -> str:
        """As the process reads it from its command line."""
        return json.dumps(asdict(self))


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


async def deliver(address: Address) -> None:
    """Deliver until killed."""
    async with await Store.open(address.database_url, clock=utc_now) as store:
        delivery = ChatDelivery(store, address.adapter(), project=lambda _: SHOP, patience=PATIENCE, clock=utc_now)
        await delivery.run()


if __name__ == "__main__":
    asyncio.run(deliver(Address(**json.loads(sys.argv[1]))))
