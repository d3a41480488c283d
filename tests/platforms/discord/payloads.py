"""How things of the simulated Discord are written in JSON."""

from typing import Any

from tests.platforms.discord.permissions import allowed
from tests.platforms.discord.snowflakes import made_at_s, written
from tests.platforms.discord.world import APPLICATION, BOT_USER, Account, Channel, Guild, Kind, Member, Role, World

Json = dict[str, Any]
UPLOAD_LIMIT = 10 << 20
"""Bytes of a file in a guild without boosts."""


def user_of(account: Account) -> Json:
    """A user."""
    return {
        "id": account.id,
        "username": account.name,
        "discriminator": "0",
        "global_name": None if account.bot else account.name.capitalize(),
        "avatar": None,
        "bot": account.bot,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }


def application_of(world: World, *, flags: int) -> Json:
    """The app itself."""
    owner = next((each for each in world.accounts.values() if not each.bot), world.accounts[BOT_USER])
    return {
        "id": APPLICATION,
        "name": world.accounts[BOT_USER].name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user_of(owner),
        "team": None,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "type": None,
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "bot": user_of(world.accounts[BOT_USER]),
    }


def role_of(role: Role, guild: Guild) -> Json:
    """A role."""
    return {
        "id": role.id,
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": 0 if role.id == guild.id else 1,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.managed,
        "mentionable": False,
        "flags": 0,
        "icon": None,
        "unicode_emoji": None,
    } | ({"tags": {"bot_id": BOT_USER}} if role.managed else {})


def member_of(world: World, guild: Guild, member: Member, *, with_user: bool = True) -> Json:
    """Somebody in a guild; the events of messages have the user beside instead of inside."""
    payload: Json = {
        "roles": list(member.roles),
        "nick": member.nick or None,
        "joined_at": written(made_at_s(guild.id)),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
    }
    return payload | ({"user": user_of(world.accounts[member.person])} if with_user else {})


def channel_of(world: World, channel: Channel) -> Json:
    """A channel of any kind."""
    if channel.kind is Kind.DIRECT:
        recipient = user_of(world.accounts[channel.direct_to])
        return {"id": channel.id, "type": 1, "recipients": [recipient], "last_message_id": None, "flags": 0}
    if channel.is_thread:
        return _thread_of(world, channel)
    payload: Json = {
        "id": channel.id,
        "type": int(channel.kind),
        "guild_id": channel.guild,
        "name": channel.name,
        "position": 0,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "flags": 0,
        "permission_overwrites": [
            {"id": id_, "type": 0 if id_ in world.guilds[channel.guild].roles else 1}
            | {"allow": str(int(allow)), "deny": str(int(deny))}
            for id_, (allow, deny) in channel.overwrites.items()
        ],
    }
    forum: Json = {"available_tags": channel.available_tags, "default_reaction_emoji": None, "default_forum_layout": 0}
    return payload | (forum | {"default_sort_order": None} if channel.kind is Kind.FORUM else {})


def _thread_of(world: World, thread: Channel) -> Json:
    count = sum(1 for each in world.visible(thread.id) if each.id != thread.id)
    made_at = written(made_at_s(thread.id))
    payload: Json = {
        "id": thread.id,
        "type": int(thread.kind),
        "guild_id": thread.guild,
        "name": thread.name,
        "parent_id": thread.parent,
        "owner_id": thread.owner,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "message_count": count,
        "member_count": len(thread.members),
        "total_message_sent": count,
        "flags": 0,
        "applied_tags": list(thread.tags),
        "thread_metadata": {
            "archived": thread.archived,
            "auto_archive_duration": thread.archive_after_min,
            "archive_timestamp": made_at,
            "locked": thread.locked,
            "create_timestamp": made_at,
        },
    }
    if BOT_USER in thread.members:
        payload["member"] = {"id": thread.id, "user_id": BOT_USER, "join_timestamp": made_at, "flags": 0}
    return payload


def guild_of(world: World, guild: Guild) -> Json:
    """A guild, as it is read by a call."""
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": guild.owner,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [role_of(each, guild) for each in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "home_header": None,
        "region": "deprecated",
        "widget_enabled": False,
        "widget_channel_id": None,
        "max_members": 500_000,
        "max_presences": None,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "incidents_data": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "nsfw": False,
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "approximate_member_count": len(guild.members),
    }


def guild_create_of(world: World, guild: Guild, *, everybody: bool = False) -> Json:
    """The same as the gateway tells it: with the channels, and of the members the app or `everybody`."""
    channels = [
        each for each in world.channels.values() if each.guild == guild.id and not each.is_thread and not each.deleted
    ]
    members = guild.members.values() if everybody else [guild.members[BOT_USER]]
    return guild_of(world, guild) | {
        "joined_at": written(made_at_s(guild.id)),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_of(world, guild, each) for each in members],
        "channels": [channel_of(world, each) for each in channels],
        "threads": [channel_of(world, each) for each in world.threads(guild.id)],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def permissions_of(world: World, person: str, channel: Channel) -> str:
    """What somebody may do in a channel, as the wire says it."""
    guild = world.guild_of(channel)
    return str(int(allowed(guild, person, world.ruling(channel))) & ((1 << 53) - 1)) if guild else "0"
