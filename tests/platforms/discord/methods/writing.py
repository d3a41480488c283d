"""How a message comes to be and changes, whichever call asks for it: checked, with its files, told to everybody."""

import re
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.call import Call, Desk, RefusedError, Upload, malformed
from tests.platforms.discord.component_rules import message_problems
from tests.platforms.discord.kept_components import as_kept
from tests.platforms.discord.message import COMPONENTS_V2, LOADING, Attachment, Message, Part, parts
from tests.platforms.discord.message_payload import message_of
from tests.platforms.discord.payloads import UPLOAD_LIMIT, channel_of
from tests.platforms.discord.world import BOT_USER, Channel, Guild, Kind, World

_MENTION = re.compile(r"<@!?(\d+)>|<@&(\d+)>|@(everyone|here)\b")
_SETTABLE = COMPONENTS_V2 | (1 << 2) | (1 << 12)
"""What an app may say of any message: also without embeds, and silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a body says about a message; None where it says nothing."""

    content: str | None
    components: list[dict[str, Any]] | None
    embeds: list[dict[str, Any]] | None
    flags: int
    keeps: list[str] | None
    """Ids of files that stay."""
    files: list[tuple[Upload, str]]
    """New files with their descriptions."""


def read(body: dict[str, Any], uploads: list[Upload]) -> Written:
    """Read the body of a call that posts or edits."""
    listed = {str(each["id"]): each for each in body.get("attachments") or ()}
    known = [str(each.number) for each in uploads]
    files = [(each, str(listed.get(str(each.number), {}).get("description") or "")) for each in uploads]
    if any(len(each.data) > UPLOAD_LIMIT for each in uploads):
        raise RefusedError(40005, "Request entity too large", status=413)
    return Written(
        content=body["content"] or "" if "content" in body else None,
        components=body["components"] or [] if "components" in body else None,
        embeds=body["embeds"] or [] if "embeds" in body else None,
        flags=int(body.get("flags") or 0) & _SETTABLE,
        keeps=[each for each in listed if each not in known] if "attachments" in body else None,
        files=files,
    )


def publish(desk: Desk, message: Message, *, mentions: dict[str, Any] | None) -> None:
    """Put a filled message of the app where it belongs, and call those whom it may call."""
    message.pings = _pings(desk.world, message, mentions)
    thread = desk.world.channels[message.channel]
    if thread.is_thread:
        # who is called in a thread is in it from then on
        thread.members += [each for each in message.pings if each in desk.world.accounts and each not in thread.members]
    keep(desk, message)


def keep(desk: Desk, message: Message) -> None:
    """A message is there now; a thread that slept wakes up."""
    world = desk.world
    thread = world.channels[message.channel]
    world.messages[message.id] = message
    if not message.only_for:
        if thread.is_thread and thread.archived:
            thread.archived = False
            desk.tell("THREAD_UPDATE", channel_of(world, thread))
        desk.tell("MESSAGE_CREATE", message_of(world, message, event=True))
    world.bell.ring()


def change(desk: Desk, message: Message, call: Call) -> Message:
    """Change a message as a body says, and tell everybody."""
    written = read(call.given, call.files)
    before = message.words
    fill(desk, message, written)
    message.versions.append(before)
    message.changes += 1
    if message.loading:
        message.flags &= ~LOADING
    else:
        message.edited_at = desk.world.now()
    _changed(desk, message)
    return message


def erase(desk: Desk, message: Message) -> None:
    """Take a message away, and tell everybody."""
    message.deleted = True
    channel = desk.world.channels[message.channel]
    gone = {"id": message.id, "channel_id": message.channel}
    if not message.only_for:
        desk.tell("MESSAGE_DELETE", gone | ({"guild_id": channel.guild} if channel.guild else {}))
    desk.world.bell.ring()


def by_app(desk: Desk, channel: Channel, **more: Any) -> Message:
    """A new message of the app, not yet there."""
    world = desk.world
    return Message(id=world.ids.new(), channel=channel.id, author=BOT_USER, at=world.now(), by_app=True, **more)


def _changed(desk: Desk, message: Message) -> None:
    if not message.only_for:
        desk.tell("MESSAGE_UPDATE", message_of(desk.world, message, event=True))
    desk.world.bell.ring()


def fill(desk: Desk, message: Message, written: Written) -> None:
    """Make the message say what is written; all of it is checked before anything is changed."""
    flags = message.flags | written.flags
    kept = [each for each in message.attachments if written.keeps is None or each.id in written.keeps]
    files = [*kept, *(_attached(desk, message, *each) for each in written.files)]
    content = message.content if written.content is None else written.content.strip()
    components = message.components if written.components is None else written.components
    embeds = message.embeds if written.embeds is None else written.embeds
    names = [each.name for each in files]
    if problems := message_problems(content=content, components=components, embeds=embeds, flags=flags, files=names):
        raise malformed(*problems)
    message.content, message.embeds, message.attachments, message.flags = content, embeds, files, flags
    message.components = as_kept(components, files) if written.components is not None else components


def _attached(desk: Desk, message: Message, upload: Upload, description: str) -> Attachment:
    kept = desk.world.keep_file(desk.base_url, message.channel, upload.name, upload.data)
    kept.kind, kept.description = upload.kind, description
    return kept


def _pings(world: World, message: Message, allowed: dict[str, Any] | None) -> list[str]:
    """Whose attention the message calls: whom it names, as far as the app let it."""
    texts = [str(each.get("content", "")) for each in parts(message.components) if each["type"] == Part.TEXT_DISPLAY]
    found = [each.groups() for each in _MENTION.finditer("\n".join([message.content, *texts]))]
    guild = world.guild_of(world.channels[message.channel])
    pinged: list[str] = []
    for person, role, _ in found:
        kind = "users" if person else "roles" if role else "everyone"
        named = person or role or "everyone"
        known = _is_known(world, guild, kind, named)
        if known and named not in pinged and (allowed is None or _is_allowed(allowed, kind, named)):
            pinged.append(named)
    if message.reference is not None and (allowed is None or allowed.get("replied_user", True)):
        answered = world.messages[str(message.reference["message_id"])].author
        pinged += [] if answered in pinged else [answered]
    return pinged


def _is_known(world: World, guild: Guild | None, kind: str, named: str) -> bool:
    if kind == "users":
        return named in world.accounts
    return guild is not None and (kind == "everyone" or named in guild.roles)


def _is_allowed(allowed: dict[str, Any], kind: str, named: str) -> bool:
    return kind in (allowed.get("parse") or ()) or named in [str(each) for each in allowed.get(kind) or ()]


def written_by_person(world: World, channel: Channel, author: str, text: str, *, answers: Message | None) -> Message:
    """A message of a person, not yet there; what it names gets its attention."""
    reference = {"message_id": answers.id, "channel_id": channel.id} if answers else None
    if reference and channel.guild:
        reference["guild_id"] = channel.guild
    message = Message(
        id=world.ids.new(),
        channel=channel.id,
        author=author,
        at=world.now(),
        content=text,
        kind=19 if answers else 0,
        reference=reference,
    )
    message.pings = _pings(world, message, None)
    return message


def write_system(desk: Desk, channel: Channel, author: str, kind: int, **more: Any) -> None:
    """Discord itself writes that somebody did something."""
    world = desk.world
    keep(desk, Message(id=world.ids.new(), channel=channel.id, author=author, at=world.now(), kind=kind, **more))


def is_closed(world: World, channel: Channel) -> bool:
    """Whether the app cannot write there because the person does not want to be written to."""
    return channel.kind is Kind.DIRECT and world.accounts[channel.direct_to].closed
