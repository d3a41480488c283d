"""How a message of the simulated Discord is written in JSON, with its files, reactions and what led to it."""

from tests.platforms.discord.interaction import Did, Interaction
from tests.platforms.discord.message import Attachment, Message
from tests.platforms.discord.payloads import Json, channel_of, member_of, user_of
from tests.platforms.discord.snowflakes import written
from tests.platforms.discord.world import APPLICATION, BOT_USER, World


def attachment_of(attachment: Attachment) -> Json:
    """A file on a message."""
    payload: Json = {
        "id": attachment.id,
        "filename": attachment.name,
        "size": len(attachment.data),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": attachment.kind,
    }
    return payload | ({"description": attachment.description} if attachment.description else {})


def message_of(world: World, message: Message, *, event: bool = False) -> Json:
    """A message; in events it says the guild and the author's membership, too."""
    channel = world.channels[message.channel]
    guild = world.guild_of(channel)
    people = [each for each in message.pings if each in world.accounts]
    payload: Json = {
        "id": message.id,
        "channel_id": message.channel,
        "type": message.kind,
        "author": user_of(world.accounts[message.author]),
        "content": message.content,
        "timestamp": written(message.at),
        "edited_timestamp": None if message.edited_at is None else written(message.edited_at),
        "tts": False,
        "mention_everyone": "everyone" in message.pings,
        "mentions": [user_of(world.accounts[each]) for each in people],
        "mention_roles": [each for each in message.pings if each not in people and each != "everyone"],
        "attachments": [attachment_of(each) for each in message.attachments],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": False,
        "flags": message.flags,
    }
    payload |= _sometimes(world, message)
    if message.id in world.channels and not event:
        payload["thread"] = channel_of(world, world.channels[message.id])
    if event and guild is not None:
        payload["guild_id"] = guild.id
        if message.author in guild.members:
            payload["member"] = member_of(world, guild, guild.members[message.author], with_user=False)
    return payload


def _sometimes(world: World, message: Message) -> Json:
    """What only some messages have."""
    payload: Json = {}
    if message.reactions:
        payload["reactions"] = [
            {"emoji": {"id": None, "name": emoji}, "count": len(who), "me": BOT_USER in who, "me_burst": False}
            | {"count_details": {"burst": 0, "normal": len(who)}, "burst_colors": []}
            for emoji, who in message.reactions.items()
        ]
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.by_app:
        payload["application_id"] = APPLICATION
    if message.reference is not None:
        payload["message_reference"] = {"type": 0} | message.reference
        if "message_id" in message.reference:
            referred = world.find(message.reference["channel_id"], message.reference["message_id"])
            payload["referenced_message"] = None if referred is None else message_of(world, referred)
    if message.interaction:
        payload |= _interaction_of(world, message)
    return payload


def _interaction_of(world: World, message: Message) -> Json:
    """What led to a message; one that is the answer to a form also says what led to the form."""
    metadata = _metadata_of(world, world.interactions[message.interaction])
    return {"interaction_metadata": metadata, "webhook_id": APPLICATION}


def _metadata_of(world: World, interaction: Interaction) -> Json:
    metadata: Json = {
        "id": interaction.id,
        "type": int(interaction.did),
        "user": user_of(world.accounts[interaction.person]),
        "authorizing_integration_owners": {},
    }
    if interaction.did is Did.COMPONENT:
        metadata["interacted_message_id"] = interaction.source
    if interaction.did is Did.MODAL:
        metadata["triggering_interaction_metadata"] = _metadata_of(world, world.interactions[interaction.opened_by])
    return metadata
