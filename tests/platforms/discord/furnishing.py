"""What there is in the simulated Discord: guilds, channels, forums, roles and people, made when they are asked for."""

from collections.abc import Iterable
from typing import Any

from tests.platforms.discord.call import Desk
from tests.platforms.discord.payloads import channel_of, guild_create_of, member_of, role_of
from tests.platforms.discord.permissions import EVERYBODY, May
from tests.platforms.discord.person import Person
from tests.platforms.discord.world import BOT_USER, Account, Channel, Guild, Kind, Member, Role, World


class Furnishing:
    """The part of DiscordSimulator that makes things, and tells the app of them."""

    world: World
    desk: Desk
    app_permissions: May
    """What the app is given when it is added to a guild."""

    def as_person(self, account: Account) -> Person:
        """Somebody who acts in this Discord."""
        raise NotImplementedError

    def person(self, name: str, *, in_: Iterable[Guild] | None = None) -> Person:
        """The person of this name; somebody new is in every guild, or in those that are said."""
        for account in self.world.accounts.values():
            if account.name == name:
                return self.as_person(account)
        account = Account(id=self.world.ids.new(), name=name)
        self.world.accounts[account.id] = account
        for guild in list(self.world.guilds.values()) if in_ is None else in_:
            self.joins(account, guild)
        return self.as_person(account)

    def joins(self, account: Account, guild: Guild) -> None:
        """Somebody becomes a member."""
        guild.members[account.id] = Member(person=account.id)
        member = member_of(self.world, guild, guild.members[account.id])
        self.desk.tell("GUILD_MEMBER_ADD", member | {"guild_id": guild.id})

    def guild(self, name: str = "") -> Guild:
        """The guild of this name, the first one without; a new one has everybody in it, and the app."""
        for guild in self.world.guilds.values():
            if not name or guild.name == name:
                return guild
        id_ = self.world.ids.new()
        guild = Guild(id=id_, name=name or "team", owner=self.world.ids.new())
        guild.roles[id_] = Role(id=id_, name="@everyone", permissions=EVERYBODY)
        own = Role(id=self.world.ids.new(), name="orchestrator", permissions=self.app_permissions, managed=True)
        guild.roles[own.id] = own
        for account in self.world.accounts.values():
            guild.members[account.id] = Member(person=account.id, roles=[own.id] if account.bot else [])
        self.world.guilds[id_] = guild
        self.desk.tell("GUILD_CREATE", guild_create_of(self.world, guild))
        return guild

    def removes_app(self, guild: Guild) -> None:
        """Somebody throws the app out of a guild."""
        del guild.members[BOT_USER]
        self.desk.tell("GUILD_DELETE", {"id": guild.id})

    def channel(self, name: str = "", *, guild: Guild | None = None, forum: bool = False) -> Channel:
        """The channel of this name in a guild, the first one without a name."""
        guild = guild or self.guild()
        kind = Kind.FORUM if forum else Kind.TEXT
        for channel in self.world.channels.values():
            if channel.guild == guild.id and channel.kind is kind and (not name or channel.name == name):
                return channel
        channel = Channel(id=self.world.ids.new(), kind=kind, guild=guild.id, name=name or "general")
        self.world.channels[channel.id] = channel
        self.desk.tell("CHANNEL_CREATE", channel_of(self.world, channel))
        return channel

    def forum(self, name: str = "tasks", *, tags: Iterable[str] = (), guild: Guild | None = None) -> Channel:
        """The forum of this name, with these tags to put on posts."""
        forum = self.channel(name, guild=guild, forum=True)
        for tag in tags:
            made: dict[str, Any] = {"id": self.world.ids.new(), "name": tag, "moderated": False}
            forum.available_tags.append(made | {"emoji_id": None, "emoji_name": None})
        self.desk.tell("CHANNEL_UPDATE", channel_of(self.world, forum))
        return forum

    def removes(self, channel: Channel) -> None:
        """Somebody deletes a channel or thread with all that is in it."""
        channel.deleted = True
        for message in self.world.messages.values():
            message.deleted = message.deleted or message.channel == channel.id
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self.desk.tell(event, channel_of(self.world, channel))
        self.world.bell.ring()

    def role(self, name: str, *, guild: Guild | None = None, permissions: May = EVERYBODY) -> Role:
        """The role of this name in a guild."""
        guild = guild or self.guild()
        for role in guild.roles.values():
            if role.name == name:
                return role
        role = Role(id=self.world.ids.new(), name=name, permissions=permissions)
        guild.roles[role.id] = role
        self.desk.tell("GUILD_ROLE_CREATE", {"guild_id": guild.id, "role": role_of(role, guild)})
        return role

    def give(self, person: str, role: Role, guild: Guild) -> None:
        """Somebody is given a role."""
        guild.members[person].roles.append(role.id)
        member = member_of(self.world, guild, guild.members[person])
        self.desk.tell("GUILD_MEMBER_UPDATE", member | {"guild_id": guild.id})

    def denies(self, channel: Channel, what: May, *, to: str = BOT_USER) -> None:
        """In this channel a person or role, the app when nobody is said, may not do this any more."""
        allow, deny = channel.overwrites.get(to, (May(0), May(0)))
        channel.overwrites[to] = (allow & ~what, deny | what)
        self.desk.tell("CHANNEL_UPDATE", channel_of(self.world, channel))
