"""The interactions Discord sends when people use the app: what they did, where, with what rights."""

from typing import Any

from tests.platforms.discord.interaction import Did, Interaction
from tests.platforms.discord.message import Message
from tests.platforms.discord.message_payload import attachment_of, message_of
from tests.platforms.discord.payloads import UPLOAD_LIMIT, channel_of, guild_of, member_of, permissions_of, user_of
from tests.platforms.discord.world import APPLICATION, BOT_USER, Account, Channel, World

_IN_GUILD, _DIRECT = 0, 1


class Happenings:
    """Makes interactions; ids and tokens are taken from the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def new(
        self, did: Did, account: Account, channel: Channel, data: dict[str, Any], *, source: Message | None = None
    ) -> Interaction:
        """Somebody did something, by a command, on `source` or with a form."""
        world = self._world
        id_ = world.ids.new()
        interaction = Interaction(
            id=id_,
            token=f"token-{id_}-" + "x" * 150,  # Discord's are long
            did=did,
            person=account.id,
            channel=channel.id,
            at=world.now(),
            source=source.id if source else "",
        )
        world.interactions[id_] = interaction
        interaction.payload = {
            "id": id_,
            "application_id": APPLICATION,
            "type": int(did),
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": channel.id,
            "channel": channel_of(world, channel) | {"permissions": permissions_of(world, account.id, channel)},
            "app_permissions": permissions_of(world, BOT_USER, channel),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": channel.guild or "0"},
            "context": _IN_GUILD if channel.guild else _DIRECT,
            "attachment_size_limit": UPLOAD_LIMIT,
        }
        interaction.payload |= self._whose(account, channel)
        if source is not None:
            interaction.payload["message"] = message_of(world, source)
        return interaction

    def press(self, account: Account, message: Message, part: dict[str, Any], values: list[str] | None) -> Interaction:
        """Somebody pressed a button, or chose these values in a menu."""
        data: dict[str, Any] = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part.get("id", 0)}
        data |= {} if values is None else {"values": values}
        channel = self._world.channels[message.channel]
        return self.new(Did.COMPONENT, account, channel, data, source=message)

    def submission(self, opened: Interaction, modal: dict[str, Any], components: list[dict[str, Any]]) -> Interaction:
        """Somebody sent the form that `opened` put on the screen."""
        world = self._world
        data: dict[str, Any] = {"custom_id": modal["custom_id"], "components": components}
        asked = [each.get("component") or each["components"][0] for each in components]
        files = [world.files[id_] for each in asked for id_ in each.get("values", ()) if id_ in world.files]
        if files:
            data["resolved"] = {"attachments": {each.id: attachment_of(each) for each in files}}
        source = world.messages.get(opened.source)
        account, channel = world.accounts[opened.person], world.channels[opened.channel]
        interaction = self.new(Did.MODAL, account, channel, data, source=source)
        interaction.opened_by = opened.id
        return interaction

    def on_message(self, account: Account, message: Message, command: dict[str, Any]) -> Interaction:
        """Somebody chose a command of the app in the menu of a message."""
        resolved = {"messages": {message.id: message_of(self._world, message)}}
        data = {
            "id": command["id"],
            "name": command["name"],
            "type": 3,
            "target_id": message.id,
            "resolved": resolved,
        }
        return self.new(Did.COMMAND, account, self._world.channels[message.channel], data)

    def _whose(self, account: Account, channel: Channel) -> dict[str, Any]:
        """A member of a guild, or in a direct conversation just a user."""
        world, guild = self._world, self._world.guild_of(channel)
        if guild is None:
            return {"user": user_of(world.accounts[account.id])}
        member = member_of(world, guild, guild.members[account.id])
        member["permissions"] = permissions_of(world, account.id, channel)
        short = {"id": guild.id, "locale": "en-US", "features": guild_of(world, guild)["features"]}
        return {"guild_id": guild.id, "guild": short, "guild_locale": "en-US", "member": member}
