"""Messages: posted once for each nonce, edited, read, deleted; reactions on them."""

from typing import Any
from urllib.parse import unquote

from tests.platforms.discord.call import Answer, Call, Desk, Handler, RefusedError, malformed, unknown
from tests.platforms.discord.message import Message
from tests.platforms.discord.message_payload import message_of
from tests.platforms.discord.methods import writing
from tests.platforms.discord.payloads import user_of
from tests.platforms.discord.permissions import May, allowed
from tests.platforms.discord.world import BOT_USER, Channel, Kind

NONCE_LIFE_S = 300.0
"""How long a nonce is remembered; Discord says "the past few minutes"."""


def _post(desk: Desk, call: Call) -> Answer:
    channel = writable(desk, call.arguments["channel_id"])
    if channel.kind is Kind.FORUM:
        raise RefusedError(50008, "Cannot send messages in a non-text channel")
    if (already := _already(desk, call.given)) is not None:
        return message_of(desk.world, already)
    if call.files:
        desk.channel(channel.id, May.ATTACH_FILES)
    written = writing.read(call.given, call.files)
    message = writing.by_app(desk, channel, nonce=call.given.get("nonce"))
    message.reference = _reference(desk, channel, call.given.get("message_reference"))
    message.kind = 19 if message.reference else 0
    writing.fill(desk, message, written)
    writing.publish(desk, message, mentions=call.given.get("allowed_mentions"))
    return message_of(desk.world, message)


def writable(desk: Desk, id_: Any) -> Channel:
    """A channel in which the app may write."""
    world = desk.world
    channel = desk.channel(id_)
    if writing.is_closed(world, channel):
        raise RefusedError(50007, "Cannot send messages to this user", status=403)
    if channel.kind is not Kind.DIRECT:
        desk.channel(id_, May.SEND_MESSAGES_IN_THREADS if channel.is_thread else May.SEND_MESSAGES)
    if channel.locked and channel.archived:
        desk.channel(id_, May.MANAGE_THREADS)
    return channel


def _already(desk: Desk, body: dict[str, Any]) -> Message | None:
    """The message that was made with the same nonce, when the app wants that looked at."""
    nonce = body.get("nonce")
    if nonce is None or not body.get("enforce_nonce"):
        return None
    recent = [each for each in desk.world.messages.values() if desk.world.now() - each.at < NONCE_LIFE_S]
    return next((each for each in recent if each.by_app and str(each.nonce) == str(nonce) and not each.deleted), None)


def _reference(desk: Desk, channel: Channel, given: dict[str, Any] | None) -> dict[str, Any] | None:
    if not given:
        return None
    message = desk.world.find(channel.id, str(given["message_id"]))
    if message is not None:
        return {"type": 0, "message_id": message.id, "channel_id": channel.id}
    if given.get("fail_if_not_exists") is False:
        return None
    raise malformed("message_reference: Unknown message", defect=False)


def _edit(desk: Desk, call: Call) -> Answer:
    message = _found(desk, call)
    channel = desk.world.channels[message.channel]
    if message.author != BOT_USER:
        raise RefusedError(50005, "Cannot edit a message authored by another user", status=403)
    if channel.archived:
        raise RefusedError(50083, "Thread is archived")
    return message_of(desk.world, writing.change(desk, message, call))


def _get(desk: Desk, call: Call) -> Answer:
    return message_of(desk.world, _found(desk, call, May.READ_MESSAGE_HISTORY))


def _list(desk: Desk, call: Call) -> Answer:
    """The newest first; `after` begins with the oldest of those behind it."""
    channel = desk.channel(call.arguments["channel_id"])
    if not _may(desk, channel, May.READ_MESSAGE_HISTORY):
        return []
    limit = int(call.query.get("limit", "50"))
    there = sorted(desk.world.visible(channel.id), key=lambda each: int(each.id))
    if "after" in call.query:
        there = [each for each in there if int(each.id) > int(call.query["after"])][:limit]
    before = call.query.get("before")
    there = [each for each in there if before is None or int(each.id) < int(before)]
    return [message_of(desk.world, each) for each in reversed(there[-limit:])]


def _may(desk: Desk, channel: Channel, what: May) -> bool:
    guild = desk.world.guild_of(channel)
    return guild is None or what in allowed(guild, BOT_USER, desk.world.ruling(channel))


def _delete(desk: Desk, call: Call) -> Answer:
    message = _found(desk, call)
    if message.author != BOT_USER:
        desk.channel(message.channel, May.MANAGE_MESSAGES)
    writing.erase(desk, message)
    return None


def _react(desk: Desk, call: Call) -> Answer:
    message = _found(desk, call, May.READ_MESSAGE_HISTORY)
    emoji = unquote(call.arguments["emoji_name"])
    if emoji not in message.reactions:
        desk.channel(message.channel, May.ADD_REACTIONS)
    if emoji.isascii() and ":" not in emoji:
        raise unknown("Emoji", 10014)
    who = message.reactions.setdefault(emoji, [])
    who += [] if BOT_USER in who else [BOT_USER]
    desk.world.bell.ring()
    return None


def _unreact(desk: Desk, call: Call) -> Answer:
    message = _found(desk, call)
    emoji = unquote(call.arguments["emoji_name"])
    who = message.reactions.get(emoji, [])
    if BOT_USER in who:
        who.remove(BOT_USER)
    if not who:
        message.reactions.pop(emoji, None)
    desk.world.bell.ring()
    return None


def _reacted(desk: Desk, call: Call) -> Answer:
    who = _found(desk, call).reactions.get(unquote(call.arguments["emoji_name"]), [])
    return [user_of(desk.world.accounts[each]) for each in who]


def _typing(desk: Desk, call: Call) -> Answer:
    channel = desk.channel(call.arguments["channel_id"], May.SEND_MESSAGES)
    desk.world.typing.append(channel.id)
    desk.world.bell.ring()
    return None


def _found(desk: Desk, call: Call, *needs: May) -> Message:
    channel = desk.channel(call.arguments["channel_id"], *needs)
    message = desk.world.find(channel.id, call.arguments["message_id"])
    if message is None:
        raise unknown("Message", 10008)
    return message


HANDLERS: dict[str, Handler] = {
    "messages.post": _post,
    "messages.edit": _edit,
    "messages.get": _get,
    "messages.list": _list,
    "messages.delete": _delete,
    "reactions.add": _react,
    "reactions.remove": _unreact,
    "reactions.list": _reacted,
    "channels.typing": _typing,
}
