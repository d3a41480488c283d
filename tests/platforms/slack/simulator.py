"""A Slack to test against: real HTTP and WebSockets on a loopback port, people who type and click, faults at will."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from itertools import count
from types import TracebackType
from typing import Any, TypeVar

from tests.platforms.slack.call import Answer, Call, Desk
from tests.platforms.slack.catalogue import BOT_SCOPES
from tests.platforms.slack.deliveries import Deliveries
from tests.platforms.slack.envelope import ACK_WITHIN_S, Envelope
from tests.platforms.slack.faults import Faults
from tests.platforms.slack.happenings import Happenings
from tests.platforms.slack.message import Message
from tests.platforms.slack.payloads import message_of
from tests.platforms.slack.person import Person
from tests.platforms.slack.rates import Rates
from tests.platforms.slack.requests import HttpSender
from tests.platforms.slack.server import Server
from tests.platforms.slack.sockets import Sockets
from tests.platforms.slack.web_api import WebApi
from tests.platforms.slack.workspace import BOT_USER, TEAM, Account, Channel, OpenView, Workspace

SEEN_WITHIN_S = 30.0
T = TypeVar("T")


class SlackSimulator:
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
        return time.time() + self._late_s

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

    def messages(self, in_: Channel | Message | None = None) -> list[Message]:
        """What is shown, to everybody or to one, oldest first; in one channel, or in the thread of a message."""
        shown = [each for each in self.workspace.messages.values() if not each.deleted]
        if isinstance(in_, Channel):
            return [each for each in shown if each.channel == in_.id]
        if isinstance(in_, Message):
            return [each for each in shown if each.channel == in_.channel and in_.thread in (each.ts, each.thread_ts)]
        return shown

    async def shows(
        self,
        what: Callable[[Message], bool],
        *,
        in_: Channel | Message | None = None,
        within_s: float = SEEN_WITHIN_S,
    ) -> Message:
        """Wait for a message of the app that is as described, and return the newest such."""

        def found() -> Message | None:
            return next((each for each in reversed(self.messages(in_)) if each.by_app and what(each)), None)

        return await self.until(found, within_s=within_s)

    async def opens_form(self, person: Person, *, within_s: float = SEEN_WITHIN_S) -> OpenView:
        """Wait until a form is on the person's screen."""
        return await self.until(lambda: person.form, within_s=within_s)

    async def shows_home(
        self, person: Person, what: Callable[[dict[str, Any]], bool] = bool, *, within_s: float = SEEN_WITHIN_S
    ) -> dict[str, Any]:
        """Wait until the person's home page is as described."""
        return await self.until(lambda: person.home if person.home and what(person.home) else None, within_s=within_s)

    async def connected(self, *, at_least: int = 1, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until so many working connections stand."""
        await self.until(lambda: self.sockets.healthy >= at_least or None, within_s=within_s)

    async def disconnected(self, *, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until the app has closed every connection."""
        await self.until(lambda: None if self.sockets.connected else True, within_s=within_s)

    async def quiet(self, *, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until the app has acknowledged everything that happened, or Slack has given it up."""
        await self.until(lambda: None if self.deliveries.busy else True, within_s=within_s)

    async def until(self, look: Callable[[], T | None], *, within_s: float = SEEN_WITHIN_S) -> T:
        """Wait until `look` sees something. It is asked at every change, never by the clock."""
        try:
            async with asyncio.timeout(within_s):
                while (seen := look()) is None:
                    await self.workspace.bell.wait()
        except TimeoutError:
            raise AssertionError(f"not seen within {within_s} s; there is\n{self.picture()}") from None
        return seen

    def picture(self) -> str:
        """Everything there is to see, for messages of failed tests."""
        lines = [
            f"{each.channel} {each.ts} {f'in {each.thread_ts} ' if each.thread_ts else ''}"
            f"{f'only for {each.only_for} ' if each.only_for else ''}{each.words!r} {each.labels}"
            for each in self.messages()
        ]
        return "\n".join(lines) or "nothing"

    async def use_http(self, url: str) -> None:
        """Tell the app by HTTP at `url` instead of through sockets."""
        if isinstance(self.deliveries.sender, HttpSender):
            await self.deliveries.sender.close()
        self.deliveries.sender = HttpSender(
            url=url, signing_secret=self.signing_secret, ack_within_s=self._ack_within_s
        )

    async def tell_of(self, message: Message) -> None:
        """A person wrote: everybody sees it, and the app is told, twice when it is mentioned."""
        self.workspace.keep(message)
        channel = self.workspace.channels[message.channel]
        if BOT_USER not in channel.members:
            return
        kinds = ["message"]
        if f"<@{BOT_USER}>" in message.text and not channel.direct_to:
            kinds.insert(0, "app_mention")
        payloads = [self.happenings.message(message, channel, kind=kind) for kind in kinds]
        await asyncio.gather(*(self.deliveries.deliver("events_api", payload) for payload in payloads))

    async def change(self, message: Message, *, text: str | None) -> None:
        """A person edits a message, or deletes it when `text` is None."""
        before = message_of(message, self.workspace)
        event: Answer = {"type": "message", "channel": message.channel, "hidden": True, "previous_message": before}
        if text is None:
            message.deleted = True
            event |= {"subtype": "message_deleted", "deleted_ts": message.ts}
        else:
            message.text, message.changes, message.edited = text, message.changes + 1, True
            event |= {"subtype": "message_changed", "message": message_of(message, self.workspace)}
        self.workspace.bell.ring()
        event |= {"channel_type": self.workspace.channels[message.channel].kind, "ts": self.workspace.ts()}
        await self.deliveries.deliver("events_api", self.happenings.event(event))

    async def stop(self, account: Account, message: Message) -> Envelope:
        """A person presses Slack's own Stop; streams of the thread end by that."""
        thread = self.workspace.thread(message.channel, message.thread)
        streaming = [each for each in thread if each.streams(self.now())]
        for each in streaming:
            each.stopped_by_person, each.streaming_since = True, None
        event = {
            "type": "agent_session_stopped",
            "channel": message.channel,
            "thread_ts": message.thread,
            "user": account.id,
            "streaming_message_ts": [each.ts for each in streaming],
        }
        return await self.deliveries.deliver("events_api", self.happenings.event(event))

    def _own_event(self, channel_id: str, event: Answer) -> None:
        """The app hears of its own messages, as it does in Slack."""
        if self._own_messages:
            kind = self.workspace.channels[channel_id].kind
            full = {"type": "message", "channel": channel_id, "channel_type": kind, "ts": self.workspace.ts()} | event
            self.deliveries.deliver_soon("events_api", self.happenings.event(full))
