"""Looks at the channels a bot has to reach in Discord, what it may do there, and whether named roles exist."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.chat.errors import ChatError, MessageGoneError, NotReachableError
from adapters.chat.payload import Payload, text_at, texts_at
from adapters.discord.calls import Calls
from adapters.discord.needs import missing
from bot.checks.bound import MOST_CHANNELS, BoundChannel, people_of
from bot.checks.discord_rights import rights_in
from bot.checks.finding import Finding, broken, fine, note, warning
from bot.discord_account import Account
from config.settings import Settings

_ABOUT = "Discord channels"
_NETWORK = "Check the network, a proxy (HTTPS_PROXY), or discord.api_url."
_WRITABLE = frozenset({0, 5, 15})
"""Text, announcements, forum (page: Channel, types)."""
_ROLE = re.compile(r"discord:(\d+)/role:(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """What is known of one server the bot is in."""

    name: str
    roles: Sequence[Payload]
    ours: Sequence[str]
    """The bot's own roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fine:
    """A channel that can be used."""

    name: str


async def channels(
    calls: Calls, us: Account, settings: Settings, *, channels: Sequence[BoundChannel]
) -> Sequence[Finding]:
    """One finding for each channel that cannot be used, or one for all; and one for each role that is not there."""
    named = [match for each in people_of("discord", settings) if (match := _ROLE.fullmatch(each))]
    wanted = {each.native.partition("/")[0] for each in channels} | {each[1] for each in named}
    servers: dict[str, _Server] = {}
    try:
        for guild in sorted(wanted & us.guilds.keys()):
            servers[guild] = await _server(calls, us, guild, name=us.guilds[guild])
    except ChatError as error:
        return [warning(_ABOUT, f"They could not be asked about: {error.message}", todo=error.hint or _NETWORK)]
    return [*_roles(named, servers), *await _channels(calls, us, channels, servers)]


async def _server(calls: Calls, us: Account, guild: str, *, name: str) -> _Server:
    roles = await calls.listing(f"/guilds/{guild}/roles")
    member = await calls.call("GET", f"/guilds/{guild}/members/{us.user}", repeatable=True)
    return _Server(name=name, roles=roles, ours=texts_at(member, "roles"))


def _roles(named: Sequence[re.Match[str]], servers: Mapping[str, _Server]) -> Sequence[Finding]:
    about = "Discord roles"
    wrong: list[Finding] = []
    for pattern in named:
        guild, role = pattern.groups()
        server = servers.get(guild)
        if server is None:
            wrong.append(broken(about, f"{pattern[0]}: the bot is not in that server.", todo="Correct the first id."))
        elif role not in {text_at(each, "id") for each in server.roles}:
            todo = f"Roles of {server.name} stand in its Server Settings, Roles, ⋯, Copy Role ID."
            wrong.append(broken(about, f"{pattern[0]}: {server.name} has no such role.", todo=todo))
    if wrong or not named:
        return wrong
    return [
        fine(about, f"All {len(named)} that are named exist." if len(named) > 1 else "The one that is named exists.")
    ]


async def _channels(
    calls: Calls, us: Account, channels: Sequence[BoundChannel], servers: Mapping[str, _Server]
) -> Sequence[Finding]:
    if not channels:
        todo = "In a channel: /orchestrate project use NAME. Or set channels in [projects.NAME.chat]."
        return [note(_ABOUT, "No channel is bound to a project.", todo=todo)]
    looks = [await _channel(calls, us, each, servers) for each in channels[:MOST_CHANNELS]]
    if told := [each for each in looks if isinstance(each, Finding)]:
        return told
    more = f", and {len(channels) - MOST_CHANNELS} not asked about" if len(channels) > MOST_CHANNELS else ""
    usable = ", ".join(each.name for each in looks if isinstance(each, _Fine))
    return [fine(_ABOUT, f"The bot has all it needs in {usable}{more}.")]


async def _channel(calls: Calls, us: Account, channel: BoundChannel, servers: Mapping[str, _Server]) -> Finding | _Fine:
    """What is wrong with one channel; its name when nothing is."""
    guild, _, native = channel.native.partition("/")
    server = servers.get(guild)
    if server is None:
        todo = "Correct the first id, or add the bot: orchestrator init discord tells the address."
        return broken(_ABOUT, f"{channel.name} ({channel.why}): the bot is not in that server.", todo=todo)
    try:
        found = await calls.call("GET", f"/channels/{native}", repeatable=True)
    except (NotReachableError, MessageGoneError):
        todo = "Check its id; in a private channel add the bot under Edit Channel, Permissions."
        return broken(_ABOUT, f"The bot cannot see {channel.name} ({channel.why}).", todo=todo)
    except ChatError as error:
        return warning(_ABOUT, f"{channel.name} could not be asked about: {error.message}", todo=_NETWORK)
    name = f"#{text_at(found, 'name')}"
    if text_at(found, "guild_id") != guild:
        todo = f"Write it as discord:{text_at(found, 'guild_id')}/{native} in the settings."
        return broken(_ABOUT, f"{name} ({channel.why}) is not in the server {server.name}.", todo=todo)
    if found.get("type") not in _WRITABLE:
        return broken(
            _ABOUT, f"{name} ({channel.why}) is no channel of text.", todo="Choose a text channel or a forum."
        )
    lacks = missing(rights_in(found, guild=guild, roles=server.roles, ours=server.ours, us=us.user))
    if lacks:
        todo = "Give it these under Edit Channel, Permissions, or to its role under Server Settings, Roles."
        return broken(_ABOUT, f"In {name} ({channel.why}) the bot lacks: {', '.join(lacks)}.", todo=todo)
    return _Fine(name=name)
