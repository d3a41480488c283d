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
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from tests.platforms.discord.call import Call, Desk
from tests.platforms.discord.faults import Faults
from tests.platforms.discord.gateway import HEARTBEAT_S, Gateway, Session, Told
from tests.platforms.discord.happenings import Happenings
from tests.platforms.discord.http_api import PREFIX, HttpApi
from tests.platforms.discord.intents import PRIVILEGED, Intent, flags_of
from tests.platforms.discord.interaction import ANSWER_WITHIN_S, Interaction
from tests.platforms.discord.payloads import (
    channel_of,
    guild_create_of,
    member_of,
    role_of,
    user_of,
)
from tests.platforms.discord.permissions import EVERYBODY, May
from tests.platforms.discord.person import Person
from tests.platforms.discord.rates import Rates
from tests.platforms.discord.server import Server
from tests.platforms.discord.watching import Watching
from tests.platforms.discord.world import (
    APPLICATION,
    BOT_USER,
    Account,
    Channel,
    Guild,
    Kind,
    Member,
    Role,
    World,
)

BOT_PERMISSIONS = EVERYBODY | May.MANAGE_MESSAGES | May.MANAGE_THREADS
"""What the app is given when it is added to a guild."""


class DiscordSimulator(Watching):
    """One Discord and one app in it; `async with` starts it, and leaving fails when a request broke a rule.

    `pace` makes Discord's rate limits that many times wider, `answer_within_s` its people's patience shorter. The app
    is configured with `api_url` and `bot_token`. `intents` are the privileged ones that are switched on for it.
    """

    def __init__(
        self,
        *,
        pace: float = 1.0,
        intents: Intent = PRIVILEGED,
        permissions: May = BOT_PERMISSIONS,
        answer_within_s: float = ANSWER_WITHIN_S,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.bot_token, self.intents = "bot-token.of.discord", intents
        self.answer_within_s = answer_within_s
        self._permissions, self._late_s = permissions, 0.0
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
            tell=self.gateway.tell,
            flags=lambda: flags_of(self.intents),
        )
        self.api = HttpApi(
            desk=self.desk,
            rates=self.rates,
            faults=self.faults,
            token=lambda: self.bot_token,
            gateway_url=lambda: self._server.gateway_url,
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
        return time.time() + self._late_s

    def passes(self, seconds: float) -> None:
        """Let time go by in Discord: tokens die, limits refill."""
        self._late_s += seconds

    def person(self, name: str, *, in_: Iterable[Guild] | None = None) -> Person:
        """The person of this name; somebody new is in every guild, or in those that are said."""
        for account in self.world.accounts.values():
            if account.name == name:
                return Person(account, self)
        account = Account(id=self.world.ids.new(), name=name)
        self.world.accounts[account.id] = account
        for guild in list(self.world.guilds.values()) if in_ is None else in_:
            self.joins(account, guild)
        return Person(account, self)

    def joins(self, account: Account, guild: Guild) -> None:
        """Somebody becomes a member."""
        guild.members[account.id] = Member(person=account.id)
        member = member_of(self.world, guild, guild.members[account.id])
        self.gateway.tell("GUILD_MEMBER_ADD", member | {"guild_id": guild.id})

    def guild(self, name: str = "") -> Guild:
        """The guild of this name, the first one without; a new one has everybody in it, and the app."""
        for guild in self.world.guilds.values():
            if not name or guild.name == name:
                return guild
        id_ = self.world.ids.new()
        guild = Guild(id=id_, name=name or "team", owner=self.world.ids.new())
        guild.roles[id_] = Role(id=id_, name="@everyone", permissions=EVERYBODY)
        own = Role(id=self.world.ids.new(), name="orchestrator", permissions=self._permissions, managed=True)
        guild.roles[own.id] = own
        for account in self.world.accounts.values():
            guild.members[account.id] = Member(person=account.id, roles=[own.id] if account.bot else [])
        self.world.guilds[id_] = guild
        self.gateway.tell("GUILD_CREATE", guild_create_of(self.world, guild))
        return guild

    def removes_app(self, guild: Guild) -> None:
        """Somebody throws the app out of a guild."""
        del guild.members[BOT_USER]
        self.gateway.tell("GUILD_DELETE", {"id": guild.id})

    def channel(self, name: str = "", *, guild: Guild | None = None, forum: bool = False) -> Channel:
        """The channel of this name in a guild, the first one without a name."""
        guild = guild or self.guild()
        kind = Kind.FORUM if forum else Kind.TEXT
        for channel in self.world.channels.values():
            if channel.guild == guild.id and channel.kind is kind and (not name or channel.name == name):
                return channel
        channel = Channel(id=self.world.ids.new(), kind=kind, guild=guild.id, name=name or "general")
        self.world.channels[channel.id] = channel
        self.gateway.tell("CHANNEL_CREATE", channel_of(self.world, channel))
        return channel

    def forum(self, name: str = "tasks", *, tags: Iterable[str] = (), guild: Guild | None = None) -> Channel:
        """The forum of this name, with these tags to put on posts."""
        forum = self.channel(name, guild=guild, forum=True)
        for tag in tags:
            made: dict[str, Any] = {"id": self.world.ids.new(), "name": tag, "moderated": False}
            forum.available_tags.append(made | {"emoji_id": None, "emoji_name": None})
        self.gateway.tell("CHANNEL_UPDATE", channel_of(self.world, forum))
        return forum

    def removes(self, channel: Channel) -> None:
        """Somebody deletes a channel or thread with all that is in it."""
        channel.deleted = True
        for message in self.world.messages.values():
            message.deleted = message.deleted or message.channel == channel.id
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self.gateway.tell(event, channel_of(self.world, channel))
        self.world.bell.ring()

    def role(self, name: str, *, guild: Guild | None = None, permissions: May = EVERYBODY) -> Role:
        """The role of this name in a guild."""
        guild = guild or self.guild()
        for role in guild.roles.values():
            if role.name == name:
                return role
        role = Role(id=self.world.ids.new(), name=name, permissions=permissions)
        guild.roles[role.id] = role
        self.gateway.tell("GUILD_ROLE_CREATE", {"guild_id": guild.id, "role": role_of(role, guild)})
        return role

    def give(self, person: str, role: Role, guild: Guild) -> None:
        """Somebody is given a role."""
        guild.members[person].roles.append(role.id)
        member = member_of(self.world, guild, guild.members[person])
        self.gateway.tell("GUILD_MEMBER_UPDATE", member | {"guild_id": guild.id})

    def denies(self, channel: Channel, what: May, *, to: str = BOT_USER) -> None:
        """In this channel a person or role, the app when nobody is said, may not do this any more."""
        allow, deny = channel.overwrites.get(to, (May(0), May(0)))
        channel.overwrites[to] = (allow & ~what, deny | what)
        self.gateway.tell("CHANNEL_UPDATE", channel_of(self.world, channel))

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
