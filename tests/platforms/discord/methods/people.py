"""The app itself, people, their direct conversations, and guilds with their roles and members."""

from tests.platforms.discord.call import Answer, Call, Desk, Handler, RefusedError, unknown
from tests.platforms.discord.payloads import application_of, channel_of, guild_of, member_of, role_of, user_of
from tests.platforms.discord.permissions import allowed
from tests.platforms.discord.world import BOT_USER, Account


def _me(desk: Desk, _: Call) -> Answer:
    return user_of(desk.world.accounts[BOT_USER]) | {"mfa_enabled": False, "locale": "en-US", "verified": True}


def _application(desk: Desk, _: Call) -> Answer:
    return application_of(desk.world, flags=desk.flags())


def _my_guilds(desk: Desk, call: Call) -> Answer:
    after, limit = int(call.query.get("after", "0")), int(call.query.get("limit", "200"))
    mine = [each for each in desk.world.guilds.values() if BOT_USER in each.members and int(each.id) > after]
    return [
        {"id": each.id, "name": each.name, "icon": None, "banner": None, "owner": False, "features": []}
        | {"permissions": str(int(allowed(each, BOT_USER)))}
        for each in mine[:limit]
    ]


def _person(desk: Desk, call: Call) -> Answer:
    return user_of(_account(desk, call.arguments["user_id"]))


def _open_direct(desk: Desk, call: Call) -> Answer:
    """It opens with closed conversations, too; writing there is what fails."""
    account = _account(desk, str(call.given.get("recipient_id")))
    if account.bot:
        raise RefusedError(50007, "Cannot send messages to this user", status=403)
    return channel_of(desk.world, desk.world.direct(account.id))


def _guild(desk: Desk, call: Call) -> Answer:
    return guild_of(desk.world, desk.guild(call.arguments["guild_id"]))


def _channels(desk: Desk, call: Call) -> Answer:
    guild = desk.guild(call.arguments["guild_id"])
    there = [each for each in desk.world.channels.values() if each.guild == guild.id]
    return [channel_of(desk.world, each) for each in there if not each.is_thread and not each.deleted]


def _roles(desk: Desk, call: Call) -> Answer:
    guild = desk.guild(call.arguments["guild_id"])
    return [role_of(each, guild) for each in guild.roles.values()]


def _member(desk: Desk, call: Call) -> Answer:
    guild = desk.guild(call.arguments["guild_id"])
    member = guild.members.get(call.arguments.get("user_id", BOT_USER))
    if member is None:
        raise unknown("Member", 10007)
    return member_of(desk.world, guild, member)


def _members(desk: Desk, call: Call) -> Answer:
    guild = desk.guild(call.arguments["guild_id"])
    after, limit = int(call.query.get("after", "0")), int(call.query.get("limit", "1"))
    there = sorted((each for each in guild.members.values() if int(each.person) > after), key=lambda e: int(e.person))
    return [member_of(desk.world, guild, each) for each in there[:limit]]


def _account(desk: Desk, id_: str) -> Account:
    account = desk.world.accounts.get(id_)
    if account is None:
        raise unknown("User", 10013)
    return account


HANDLERS: dict[str, Handler] = {
    "me": _me,
    "me.guilds": _my_guilds,
    "application": _application,
    "application.oauth": _application,
    "people.get": _person,
    "direct.open": _open_direct,
    "guilds.get": _guild,
    "guilds.channels": _channels,
    "guilds.roles": _roles,
    "members.me": _member,
    "members.get": _member,
    "members.list": _members,
}
