"""Channels and threads: read, begun from a message or without one, renamed, tagged, put away."""

from typing import Any

from tests.platforms.discord.call import Answer, Call, Desk, Handler, RefusedError, malformed, unknown
from tests.platforms.discord.message import RENAMED, THREAD_BEGUN, THREAD_STARTER
from tests.platforms.discord.message_payload import message_of
from tests.platforms.discord.methods import writing
from tests.platforms.discord.payloads import channel_of
from tests.platforms.discord.permissions import May, allowed
from tests.platforms.discord.snowflakes import made_at_s, written
from tests.platforms.discord.world import BOT_USER, Channel, Kind


def _get(desk: Desk, call: Call) -> Answer:
    return channel_of(desk.world, desk.channel(call.arguments["channel_id"]))


def _from_message(desk: Desk, call: Call) -> Answer:
    """The thread has the id of the message it grows from."""
    parent = desk.channel(call.arguments["channel_id"], May.CREATE_PUBLIC_THREADS)
    message = desk.world.find(parent.id, call.arguments["message_id"])
    if message is None:
        raise unknown("Message", 10008)
    if parent.kind is not Kind.TEXT:
        raise RefusedError(50024, "Cannot execute action on this channel type")
    if message.id in desk.world.channels:
        raise RefusedError(160004, "A thread has already been created for this message")
    message.flags |= 1 << 5
    return begin(desk, parent, call.given, id_=message.id)


def _start(desk: Desk, call: Call) -> Answer:
    parent = desk.channel(call.arguments["channel_id"])
    if parent.kind is Kind.FORUM:
        return _forum_post(desk, parent, call)
    if parent.kind is not Kind.TEXT:
        raise RefusedError(50024, "Cannot execute action on this channel type")
    kind = Kind(call.given.get("type") or Kind.PRIVATE_THREAD)
    desk.channel(parent.id, May.CREATE_PUBLIC_THREADS if kind is Kind.PUBLIC_THREAD else May.CREATE_PRIVATE_THREADS)
    return begin(desk, parent, call.given, id_=desk.world.ids.new(), kind=kind)


def _forum_post(desk: Desk, forum: Channel, call: Call) -> Answer:
    """A post is a thread and its first message, both of one id."""
    desk.channel(forum.id, May.SEND_MESSAGES)
    tags = _tags(forum, call.given.get("applied_tags"))
    first = call.given.get("message") or {}
    message = writing.by_app(desk, forum)
    message.channel = message.id
    # checked before the thread is there: a refused post leaves nothing behind
    writing.fill(desk, message, writing.read(first, call.files))
    begin(desk, forum, call.given, id_=message.id, tags=tags)
    writing.publish(desk, message, mentions=first.get("allowed_mentions"))
    thread = channel_of(desk.world, desk.world.channels[message.id])
    return thread | {"message": message_of(desk.world, message)}


def begin(
    desk: Desk,
    parent: Channel,
    given: dict[str, Any],
    *,
    id_: str,
    kind: Kind = Kind.PUBLIC_THREAD,
    tags: list[str] | None = None,
    owner: str = BOT_USER,
) -> dict[str, Any]:
    """A thread is there now, and everybody is told."""
    thread = Channel(
        id=id_,
        kind=kind,
        guild=parent.guild,
        name=str(given["name"]),
        parent=parent.id,
        owner=owner,
        archive_after_min=int(given.get("auto_archive_duration") or 4320),
        tags=tags or [],
        members=[owner],
        names=[str(given["name"])],
    )
    desk.world.channels[thread.id] = thread
    payload = channel_of(desk.world, thread)
    desk.tell("THREAD_CREATE", payload | {"newly_created": True})
    _tell_of_thread(desk, parent, thread)
    desk.world.bell.ring()
    return payload


def _tell_of_thread(desk: Desk, parent: Channel, thread: Channel) -> None:
    """A thread begins with the message it grew from; one without is told of in the channel; a post is a post."""
    where = {"guild_id": thread.guild}
    if thread.id in desk.world.messages and desk.world.messages[thread.id].channel == parent.id:
        grown_from = where | {"channel_id": parent.id, "message_id": thread.id}
        author = desk.world.messages[thread.id].author
        writing.write_system(desk, thread, author, THREAD_STARTER, reference=grown_from)
    elif parent.kind is not Kind.FORUM and thread.kind is Kind.PUBLIC_THREAD:
        it = where | {"channel_id": thread.id}
        writing.write_system(desk, parent, thread.owner, THREAD_BEGUN, content=thread.name, reference=it)


def rename(desk: Desk, thread: Channel, name: str, *, by: str) -> None:
    """Give a thread another name; everybody in it reads that."""
    thread.name = name
    thread.names.append(name)
    writing.write_system(desk, thread, by, RENAMED, content=name)


def _edit(desk: Desk, call: Call) -> Answer:
    channel = desk.channel(call.arguments["channel_id"])
    if not channel.is_thread:
        raise RefusedError(50013, "Missing Permissions", status=403)
    given = call.given
    _may_edit(desk, channel, given)
    if channel.archived and given.get("archived") is not False:
        raise RefusedError(50083, "Thread is archived")
    if "applied_tags" in given:
        channel.tags = _tags(desk.world.channels[channel.parent], given["applied_tags"])
    if given.get("name"):
        rename(desk, channel, str(given["name"]), by=BOT_USER)
    channel.archived = bool(given.get("archived", channel.archived))
    channel.locked = bool(given.get("locked", channel.locked))
    channel.archive_after_min = int(given.get("auto_archive_duration") or channel.archive_after_min)
    payload = channel_of(desk.world, channel)
    desk.tell("THREAD_UPDATE", payload)
    desk.world.bell.ring()
    return payload


def _may_edit(desk: Desk, thread: Channel, given: dict[str, Any]) -> None:
    """Who began a thread may rename, tag and put it away; locking, and what others began, needs the right."""
    guild = desk.world.guilds[thread.guild]
    may = allowed(guild, BOT_USER, desk.world.ruling(thread))
    wakes_only = not thread.locked and not given.keys() - {"archived"} and given.get("archived") is False
    mine = thread.owner == BOT_USER and not given.keys() & {"locked", "rate_limit_per_user"}
    if not (mine or wakes_only or May.MANAGE_THREADS in may):
        raise RefusedError(50013, "Missing Permissions", status=403)


def _tags(forum: Channel, given: list[Any] | None) -> list[str]:
    tags = [str(each) for each in given or ()]
    known = [each["id"] for each in forum.available_tags]
    if any(each not in known for each in tags):
        raise malformed("applied_tags: Unknown tag", defect=False)
    return tags


def _join(desk: Desk, call: Call) -> Answer:
    return _added(desk, call, BOT_USER)


def _add(desk: Desk, call: Call) -> Answer:
    return _added(desk, call, call.arguments["user_id"])


def _added(desk: Desk, call: Call, person: str) -> Answer:
    thread = desk.channel(call.arguments["channel_id"])
    if thread.archived:
        raise RefusedError(50083, "Thread is archived")
    if person not in desk.world.guilds[thread.guild].members:
        raise unknown("Member", 10007)
    thread.members += [] if person in thread.members else [person]
    desk.world.bell.ring()
    return None


def _members(desk: Desk, call: Call) -> Answer:
    thread = desk.channel(call.arguments["channel_id"])
    joined = written(made_at_s(thread.id))
    return [{"id": thread.id, "user_id": each, "join_timestamp": joined, "flags": 0} for each in thread.members]


def _active(desk: Desk, call: Call) -> Answer:
    threads = desk.world.threads(desk.guild(call.arguments["guild_id"]).id)
    return {"threads": [channel_of(desk.world, each) for each in threads], "members": [], "has_more": False}


def _archived(desk: Desk, call: Call) -> Answer:
    parent = desk.channel(call.arguments["channel_id"], May.READ_MESSAGE_HISTORY)
    there = [each for each in desk.world.channels.values() if each.parent == parent.id and each.archived]
    return {"threads": [channel_of(desk.world, each) for each in there], "members": [], "has_more": False}


HANDLERS: dict[str, Handler] = {
    "channels.get": _get,
    "channels.edit": _edit,
    "threads.from_message": _from_message,
    "threads.start": _start,
    "threads.join": _join,
    "threads.add": _add,
    "threads.members": _members,
    "threads.active": _active,
    "threads.archived": _archived,
}
