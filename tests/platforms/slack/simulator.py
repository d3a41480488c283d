"""A Slack to test against: real HTTP and WebSockets on a loopback port, people who type and click, faults at will."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import count
from types import TracebackType

from tests.platforms.slack.call import Answer, Call, Desk
from tests.platforms.slack.catalogue import BOT_SCOPES
from tests.platforms.slack.deliveries import Deliveries
from tests.platforms.slack.envelope import ACK_WITHIN_S, Envelope
from tests.platforms.slack.faults import Faults
from tests.platforms.slack.happenings import Happenings
from tests.platforms.slack.person import Person
from tests.platforms.slack.rates import Rates
from tests.platforms.slack.requests import HttpSender
from tests.platforms.slack.server import Server
from tests.platforms.slack.sockets import Sockets
from tests.platforms.slack.telling import Telling
from tests.platforms.slack.watching import Watching
from tests.platforms.slack.web_api import WebApi
from tests.platforms.slack.workspace import BOT_USER, TEAM, Account, Channel, Workspace


class SlackSimulator(Watching):
    """One workspace and one app in it; `async with` starts it, and leaving fails when a request broke a schema.

    `pace` makes Slack's rate limits that many times wider, `ack_within_s` its patience shorter. The app is configured
    with `api_url`, `bot_token`, `app_token` and `signing_secret`. `own_messages` are told to the app, as in Slack.
    """

    def __init__(
        self,
        *,
        pace: float = 1.0,
        scopes: Iterable[str] = BOT_SCOPES,
        agent_features: bool = True,
        own_messages: bool = True,
        loose_threads: bool = False,
        retry_after_s: tuple[float, ...] = (0.05, 0.5, 2.0),
        ack_within_s: float = ACK_WITHIN_S,
    ) -> None:
        self.bot_token, self.app_token, self.signing_secret = "xoxb-1-bot", "xapp-1-app", "signing-secret"
        self._stopped_at: float | None = None
        self._late_s = 0.0
        self._own_messages, self._ack_within_s = own_messages, ack_within_s
        self._numbers = count(1)
        self.workspace = Workspace(self.now)
        self.rates = Rates(now=self.now, pace=pace)
        self.faults = Faults()
        self._server = Server(self.workspace)
        self.sockets = Sockets(bell=self.workspace.bell, base_url=self._server.url, ack_within_s=ack_within_s)
        self.happenings = Happenings(self.workspace, base_url=self._server.url)
        self.api = WebApi(
            desk=Desk(
                workspace=self.workspace,
                base_url=self._server.url,
                tell=self._own_event,
                agent_features=agent_features,
                loose_threads=loose_threads,
            ),
            rates=self.rates,
            faults=self.faults,
            tokens={self.bot_token: frozenset(scopes), self.app_token: frozenset(("connections:write",))},
            socket_url=self.sockets.new_url,
        )
        self.deliveries = Deliveries(
            sender=self.sockets,
            connected=lambda: self.deliveries.sender is not self.sockets or self.sockets.connected,
            bell=self.workspace.bell,
            retry_after_s=retry_after_s,
        )
        self.telling = Telling(workspace=self.workspace, happenings=self.happenings, deliveries=self.deliveries)
        self.workspace.accounts[BOT_USER] = Account(id=BOT_USER, name="orchestrator")

    async def __aenter__(self) -> SlackSimulator:
        await self._server.start(self.api.handle, self.sockets.handle)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.clear()
        await self.deliveries.close()
        if isinstance(self.deliveries.sender, HttpSender):
            await self.deliveries.sender.close()
        await self.sockets.close()
        await self._server.close()
        if error is None:
            assert self.violations == [], "\n".join(self.violations)

    @property
    def api_url(self) -> str:
        """The base of the Web API, ending in a slash."""
        return f"{self._server.url}/api/"

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API, in order."""
        return self.api.calls

    @property
    def violations(self) -> list[str]:
        """Requests that no app should ever send."""
        return self.api.violations

    @property
    def acks(self) -> list[Envelope]:
        """Everything the app was told, with how long each acknowledgement took."""
        return self.deliveries.envelopes

    @property
    def missed_acks(self) -> list[Envelope]:
        """What was not acknowledged in time."""
        return [envelope for envelope in self.acks if envelope.failures]

    def now(self) -> float:
        """Slack's clock, seconds since 1970."""
        return (time.time() if self._stopped_at is None else self._stopped_at) + self._late_s

    def stands_still(self) -> None:
        """From now on time goes by in Slack by `passes` alone: for what is about its pace."""
        self._stopped_at = time.time()

    def passes(self, seconds: float) -> None:
        """Let time go by in Slack: triggers age, streams die, limits refill."""
        self._late_s += seconds

    def person(self, name: str, *, team: str = TEAM, enterprise: str = "") -> Person:
        """The person of this name; somebody new joins every public channel. Another `team` comes by Slack Connect."""
        for account in self.workspace.accounts.values():
            if account.name == name:
                return Person(account, self)
        account = Account(id=f"U{next(self._numbers):04d}", name=name, team=team, enterprise=enterprise)
        self.workspace.accounts[account.id] = account
        for channel in self.workspace.channels.values():
            if channel.kind == "channel":
                channel.members.add(account.id)
        return Person(account, self)

    def channel(self, name: str, *, private: bool = False, with_app: bool = True) -> Channel:
        """The channel of this name; a new one has everybody in it when it is public, and the app unless told."""
        for channel in self.workspace.channels.values():
            if channel.name == name:
                return channel
        members = {BOT_USER} if with_app else set[str]()
        if not private:
            members |= self.workspace.accounts.keys() - {BOT_USER}
        channel = Channel(id=f"C{next(self._numbers):04d}", name=name, private=private, members=members)
        self.workspace.channels[channel.id] = channel
        return channel

    async def use_http(self, url: str) -> None:
        """Tell the app by HTTP at `url` instead of through sockets."""
        if isinstance(self.deliveries.sender, HttpSender):
            await self.deliveries.sender.close()
        self.deliveries.sender = HttpSender(
            url=url, signing_secret=self.signing_secret, ack_within_s=self._ack_within_s
        )

    def _own_event(self, channel_id: str, event: Answer) -> None:
        if self._own_messages:
            self.telling.own_event(channel_id, event)
