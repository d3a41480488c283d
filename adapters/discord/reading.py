"""What the library hands over, as our own values."""

from collections.abc import Iterable
from typing import cast

import discord

from adapters.chat.payload import Payload
from adapters.discord.channels import Channel
from adapters.discord.look import HEADING
from adapters.discord.mentions import Names

_BY_PEOPLE = frozenset({discord.MessageType.default, discord.MessageType.reply})
_NOTHING: Payload = {}


def by_program(message: discord.Message) -> bool:
    """Whether an app wrote it, we among them, or Discord itself did."""
    return message.author.bot or message.webhook_id is not None or message.type not in _BY_PEOPLE


def guild_of(message: discord.Message) -> str:
    """The id of the server it was written in, '' for a conversation of two."""
    if message.guild is not None:
        return str(message.guild.id)
    return str(getattr(message.channel, "guild_id", None) or "")


def roles_of(user: discord.abc.User) -> tuple[str, ...]:
    """The ids of the roles somebody has in the server it came from; none where there is no server."""
    if not isinstance(user, discord.Member):
        return ()
    return tuple(str(role.id) for role in user.roles if not role.is_default())


def names_in(message: discord.Message) -> Names:
    """Whom and what it mentions."""
    return Names(
        people={str(each.id): each.display_name for each in message.mentions},
        roles={str(each.id): each.name for each in message.role_mentions},
        channels={str(each.id): each.name for each in message.channel_mentions},
    )


def our_ids(user: str, guild: discord.Guild | None) -> frozenset[str]:
    """The ids by which people call us: our user's, and that of the role Discord made for us."""
    role = guild.self_role if guild is not None else None
    return frozenset({user} | ({str(role.id)} if role is not None else set()))


def answered(message: discord.Message) -> str:
    """The message it answers, '' for none."""
    reference = message.reference
    return str(reference.message_id) if reference is not None and reference.message_id else ""


def known_channel(channel: object) -> Channel | None:
    """What the library knows of a channel; None when it knows its id alone."""
    match channel:
        case discord.Thread():
            return Channel(
                id=str(channel.id), name=channel.name, guild=str(channel.guild.id), parent=str(channel.parent_id)
            )
        case discord.ForumChannel():
            tags = tuple((str(tag.id), tag.name) for tag in channel.available_tags)
            return Channel(id=str(channel.id), name=channel.name, guild=str(channel.guild.id), forum=True, tags=tags)
        case discord.DMChannel() | discord.GroupChannel():
            return Channel(id=str(channel.id), direct=True)
        case discord.abc.GuildChannel():
            return Channel(id=str(channel.id), name=channel.name, guild=str(channel.guild.id))
        case _:
            return None


def data_of(interaction: discord.Interaction) -> Payload:
    """What was pressed or typed, as Discord sent it."""
    return cast("Payload", interaction.data) if interaction.data is not None else _NOTHING


def label_of(interaction: discord.Interaction, custom_id: str) -> str:
    """The words on the button that was pressed, '' when it is not on the message any more."""
    return _label_in(interaction.message.components, custom_id) if interaction.message is not None else ""


def title_of(interaction: discord.Interaction) -> str:
    """What the message is about whose button was pressed, ready to be shown; '' when it has no title."""
    return _title_in(interaction.message.components) if interaction.message is not None else ""


def _title_in(parts: Iterable[object]) -> str:
    for part in parts:
        first = part.content.partition("\n")[0] if isinstance(part, discord.TextDisplay) else ""
        if title := first.removeprefix(HEADING) if first.startswith(HEADING) else _title_in(_inside(part)):
            return title
    return ""


def _inside(part: object) -> list[object]:
    return [*getattr(part, "children", ()), *filter(None, [getattr(part, "accessory", None)])]


def _label_in(parts: Iterable[object], custom_id: str) -> str:
    for part in parts:
        if isinstance(part, discord.Button) and part.custom_id == custom_id:
            return part.label or ""
        if label := _label_in(_inside(part), custom_id):
            return label
    return ""


def is_shown(interaction: discord.Interaction) -> bool:
    """Whether the person sees that an answer is waited for: a command does, a button stands there as before."""
    return interaction.type is not discord.InteractionType.component and interaction.message is None
