"""A Discord to test against: real HTTP and a real gateway on a loopback port, people who type and click, faults.

How an app is pointed at it. The program has `api_url` in its settings, here `discord.api_url`, which is what discord.py
has in `discord.http.Route.BASE`: a public class constant that every route reads when it is made, those of interactions'
webhooks too, so that it has to be set (no argument of `Client` does it). The gateway's address needs nothing set with
`AutoShardedClient`, which asks `GET /gateway/bot` for it; plain `Client` takes `DiscordWebSocket.DEFAULT_GATEWAY`, and
both fall back to that constant for a new session after an invalid one. So set both, in one place:
`Route.BASE = api_url` and `DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)` with the url that `GET {api_url}/gateway`
answers without a token (`discord.gateway_url` here). `pointed_at` in pointing.py does so for tests, and takes it back.

Ids are text. `discord.channel()` and `discord.guild()` without a name are the first of their kind, made when needed.
Everything is our own: simcord, which tests the adapter inside one process, has no server, and its inside is not public.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

from tests.platforms.discord.call import Call, Desk
from tests.platforms.discord.faults import Faults
from tests.platforms.discord.furnishing import Furnishing
from tests.platforms.discord.gateway import HEARTBEAT_S, Gateway, Told
from tests.platforms.discord.happenings import Happenings
from tests.platforms.discord.http_api import PREFIX, HttpApi
from tests.platforms.discord.intents import PRIVILEGED, Intent, flags_of
from tests.platforms.discord.interaction import ANSWER_WITHIN_S, Interaction
from tests.platforms.discord.links import Session
from tests.platforms.discord.payloads import (
    channel_of,
    guild_create_of,
    member_of,
    user_of,
)
from tests.platforms.discord.permissions import EVERYBODY, May, allowed
from tests.platforms.discord.person import Person
from tests.platforms.discord.rates import Rates
from tests.platforms.discord.server import Server
from tests.platforms.discord.snowflakes import made_at_s
from tests.platforms.discord.watching import Watching
from tests.platforms.discord.world import (
    APPLICATION,
    BOT_USER,
    Account,
    World,
)

BOT_PERMISSIONS = EVERYBODY | May.MANAGE_MESSAGES | May.MANAGE_THREADS
"""What the app is given when it is added to a guild."""


class DiscordSimulator(Furnishing, Watching):
    """One Discord and one app in it; `async with` starts it, and leaving fails when a request broke a rule.

    `pace` makes Discord's rate limits that many times wider, `answer_within_s` its people's patience shorter. The app
    is configured with `api_url` and `bot_token`. `intents` are the privileged ones that are switched on for it.
    `checks_answers` holds the simulator itself to the published description.
    """

    def __init__(
        self,
        *,
        pace: float = 1.0,
        intents: Intent = PRIVILEGED,
        permissions: May = BOT_PERMISSIONS,
        answer_within_s: float = ANSWER_WITHIN_S,
        heartbeat_s: float = HEARTBEAT_S,
        checks_answers: bool = False,
    ) -> None:
        self.bot_token, self.intents = "bot-token.of.discord", intents
        self.answer_within_s = answer_within_s
        self.app_permissions, self._late_s = permissions, 0.0
        self._stopped_at: float | None = None
        self.world = World(self.now)
        self.faults = Faults()
        self.rates = Rates(now=self.now, pace=pace)
        self._server = Server(self.world)
        self.gateway = Gateway(
            bell=self.world.bell,
            token=lambda: self.bot_token,
            granted=lambda: self.intents,
            welcome=self._welcome,
            members=self._members_chunk,
            heartbeat_s=heartbeat_s,
        )
        self.desk = Desk(
            world=self.world,
            base_url=self._server.url,
            tell=self._tell,
            flags=lambda: flags_of(self.intents),
        )
        self.api = HttpApi(
            desk=self.desk,
            rates=self.rates,
            faults=self.faults,
            token=lambda: self.bot_token,
            gateway_url=lambda: self._server.gateway_url,
            checks_answers=checks_answers,
        )
        self.happenings = Happenings(self.world)
        self.world.accounts[BOT_USER] = Account(id=BOT_USER, name="orchestrator", bot=True)

    async def __aenter__(self) -> DiscordSimulator:
        await self._server.start(self.api.handle, self.gateway.handle)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.clear()
        await self.gateway.close()
        await self._server.close()
        if error is None:
            assert self.violations == [], "\n".join(self.violations)

    @property
    def url(self) -> str:
        """Where everything is, without a slash at the end."""
        return self._server.url

    @property
    def api_url(self) -> str:
        """The base of the HTTP API, as in `Route.BASE`: without a slash at the end."""
        return f"{self._server.url}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return self._server.gateway_url

    @property
    def application_id(self) -> str:
        """The app's id, which is its bot's, too."""
        return APPLICATION

    @property
    def calls(self) -> list[Call]:
        """Every call of the HTTP API, in order."""
        return self.api.calls

    @property
    def violations(self) -> list[str]:
        """Requests that no app should ever send."""
        return self.api.violations

    @property
    def unanswered(self) -> list[Interaction]:
        """What the app did not answer in time."""
        return [each for each in self.world.interactions.values() if each.failed]

    def called(self, method: str) -> list[Call]:
        """The calls of one method, such as `messages.post`, in order."""
        return [each for each in self.calls if each.method == method]

    def now(self) -> float:
        """Discord's clock, seconds since 1970."""
        return (time.time() if self._stopped_at is None else self._stopped_at) + self._late_s

    def stands_still(self) -> None:
        """From now on time goes by in Discord by `passes` alone: for what is about its pace."""
        self._stopped_at = time.time()

    def passes(self, seconds: float) -> None:
        """Let time go by in Discord: tokens die, limits refill, threads in which nothing happens are put away."""
        self._late_s += seconds
        for thread in [each for guild in self.world.guilds for each in self.world.threads(guild)]:
            last_s = max([made_at_s(thread.id), *(each.at for each in self.messages(thread))])
            if self.now() - last_s > thread.archive_after_min * 60:
                thread.archived = True
                self.desk.tell("THREAD_UPDATE", channel_of(self.world, thread))
        self.world.bell.ring()

    async def revokes_token(self, new: str = "another-token.of.discord") -> None:
        """The owner of the app makes a new token: the old one works nowhere any more, and whoever used it is out."""
        self.bot_token = new
        self.gateway.forget_sessions()
        await self.gateway.close(4004)

    def _tell(self, event: str, said: dict[str, Any]) -> None:
        """Of messages the app hears only where it can see the channel."""
        channel = self.world.channels[said["channel_id"]] if event.startswith("MESSAGE_") else None
        guild = channel and self.world.guild_of(channel)
        if channel and guild:
            inside = BOT_USER in guild.members
            if not inside or May.VIEW_CHANNEL not in allowed(guild, BOT_USER, self.world.ruling(channel)):
                return
        self.gateway.tell(event, said)

    def as_person(self, account: Account) -> Person:
        """Somebody who acts in this Discord."""
        return Person(account, self)

    def _welcome(self, session: Session) -> list[Told]:
        """What a new session is told first."""
        mine = [each for each in self.world.guilds.values() if BOT_USER in each.members]
        ready = {
            "v": 10,
            "user": user_of(self.world.accounts[BOT_USER]) | {"verified": True, "mfa_enabled": False},
            "guilds": [{"id": each.id, "unavailable": True} for each in mine],
            "session_id": session.id,
            "resume_gateway_url": self.gateway_url,
            "application": {"id": APPLICATION, "flags": flags_of(self.intents)},
        }
        everybody = Intent.GUILD_PRESENCES in session.intents
        created = [guild_create_of(self.world, each, everybody=everybody) for each in mine]
        return [("READY", ready), *(("GUILD_CREATE", each) for each in created)]

    def _members_chunk(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The members of a guild, as the app asked over the gateway."""
        guild = self.world.guilds[str(asked["guild_id"])]
        wanted = [str(each) for each in asked.get("user_ids") or ()]
        query = str(asked.get("query") or "").lower()
        there = [
            each
            for each in guild.members.values()
            if (not wanted or each.person in wanted) and self.world.accounts[each.person].name.startswith(query)
        ]
        chunk: dict[str, Any] = {"guild_id": guild.id, "chunk_index": 0, "chunk_count": 1, "presences": []}
        chunk["members"] = [member_of(self.world, guild, each) for each in there]
        chunk["not_found"] = [each for each in wanted if each not in guild.members]
        return chunk | ({"nonce": asked["nonce"]} if "nonce" in asked else {})
