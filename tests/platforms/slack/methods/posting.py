"""chat.*: messages are posted, changed, deleted, shown to one person, found again."""

from typing import Any

from tests.platforms.slack import block_rules, published
from tests.platforms.slack.call import Answer, Desk, Handler, RefusedError
from tests.platforms.slack.message import Message
from tests.platforms.slack.payloads import message_of, with_metadata
from tests.platforms.slack.workspace import BOT_USER

POSTED_CHARACTERS = 40_000
UPDATED_CHARACTERS = 4_000
MARKDOWN_CHARACTERS = 12_000
METADATA_BYTES = 16_000


def post_message(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Post to a channel or thread."""
    channel = desk.writable(arguments["channel"])
    content = content_of(arguments, longest=POSTED_CHARACTERS)
    message = Message(
        channel=channel.id,
        ts=desk.workspace.ts(),
        user=BOT_USER,
        by_app=True,
        thread_ts=thread_of(desk, channel.id, arguments),
        unfurls=arguments.get("unfurl_links") not in {False, "false", "0"},
        **content,
    )
    desk.workspace.keep(message)
    shown = message_of(message, desk.workspace)
    desk.tell(channel.id, shown)
    return {"channel": channel.id, "ts": message.ts, "message": with_metadata(shown, message)}


def update(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Change an own message; metadata that is not given stays."""
    channel = desk.channel(arguments["channel"])
    message = own_message(desk, channel.id, arguments["ts"], missing="message_not_found", foreign="cant_update_message")
    if channel.archived:
        raise RefusedError("is_archived")
    if message.streams(desk.workspace.now()):
        raise RefusedError("streaming_state_conflict")
    content = content_of(arguments, longest=UPDATED_CHARACTERS)
    before = message_of(message, desk.workspace)
    message.versions.append(message.words)
    message.text, message.blocks, message.changes = content["text"], content["blocks"], message.changes + 1
    # Slack says "edited" of a message without blocks only
    message.edited = not message.blocks
    if content["metadata"] is not None:
        message.metadata = content["metadata"]
    desk.workspace.bell.ring()
    shown = message_of(message, desk.workspace)
    desk.tell(channel.id, {"subtype": "message_changed", "hidden": True, "message": shown, "previous_message": before})
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": with_metadata(shown, message)}


def delete(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Take an own message back."""
    channel = desk.channel(arguments["channel"])
    message = own_message(desk, channel.id, arguments["ts"], missing="message_not_found", foreign="cant_delete_message")
    before = message_of(message, desk.workspace)
    message.deleted = True
    desk.workspace.bell.ring()
    event = {"subtype": "message_deleted", "hidden": True, "deleted_ts": message.ts, "previous_message": before}
    desk.tell(channel.id, event)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Show something to one member of the channel."""
    channel = desk.writable(arguments["channel"])
    if arguments["user"] not in channel.members:
        raise RefusedError("user_not_in_channel")
    content = content_of(arguments, longest=POSTED_CHARACTERS)
    message = Message(
        channel=channel.id,
        ts=desk.workspace.ts(),
        user=BOT_USER,
        by_app=True,
        only_for=arguments["user"],
        thread_ts=str(arguments.get("thread_ts") or ""),
        **content,
    )
    desk.workspace.keep(message)
    return {"message_ts": message.ts}


def permalink(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """The address of a message."""
    channel = desk.channel(arguments["channel"])
    message = desk.workspace.find(channel.id, arguments["message_ts"])
    if message is None:
        raise RefusedError("message_not_found")
    digits = message.ts.replace(".", "")
    query = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    return {"channel": channel.id, "permalink": f"https://team.slack.com/archives/{channel.id}/p{digits}{query}"}


def content_of(arguments: dict[str, Any], *, longest: int) -> dict[str, Any]:
    """Text, blocks and metadata of a message to be; refused as Slack refuses them."""
    blocks, text = checked_blocks(arguments.get("blocks")), str(arguments.get("text") or "")
    markdown = str(arguments.get("markdown_text") or "")
    if markdown and (blocks or text):
        raise RefusedError("markdown_text_conflict", defect=True)
    if len(markdown) > MARKDOWN_CHARACTERS or len(text) > longest:
        raise RefusedError("msg_too_long", defect=True)
    if not (blocks or text or markdown or arguments.get("attachments")):
        raise RefusedError("no_text", defect=True)
    return {"text": text or markdown, "blocks": blocks, "metadata": checked_metadata(arguments.get("metadata"))}


def checked_blocks(blocks: Any) -> list[dict[str, Any]]:
    """The blocks, each with an id; refused when a schema or a limit is violated."""
    if not blocks:
        return []
    if not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format", defect=True)
    problems = [
        f"blocks[{number}]{problem}" for number, problem in enumerate(map(published.block_problem, blocks)) if problem
    ]
    problems = problems or block_rules.message_problems(blocks)
    if len(blocks) > block_rules.MESSAGE_BLOCKS:
        raise RefusedError("msg_blocks_too_many", defect=True, response_metadata={"messages": problems})
    if problems:
        raise RefusedError("invalid_blocks", defect=True, response_metadata={"messages": problems})
    if block_rules.too_heavy(blocks):
        raise RefusedError("msg_blocks_too_long", defect=True)
    return [{"block_id": f"b{number}"} | block for number, block in enumerate(blocks)]


def checked_metadata(metadata: Any) -> dict[str, Any] | None:
    """What the app notes on a message; refused when it is malformed."""
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload", {}), dict):
        raise RefusedError("invalid_metadata_format", defect=True)
    if "entities" not in metadata and not {"event_type", "event_payload"} <= metadata.keys():
        raise RefusedError("invalid_metadata_schema", defect=True)
    if len(str(metadata).encode()) > METADATA_BYTES:
        raise RefusedError("metadata_too_large", defect=True)
    return metadata


def thread_of(desk: Desk, channel: str, arguments: dict[str, Any]) -> str:
    """The thread the message goes to; when that has no message any more it is refused, or goes to the channel."""
    thread = str(arguments.get("thread_ts") or "")
    if not thread:
        return ""
    if not desk.workspace.thread(channel, thread):
        if desk.loose_threads:
            return ""
        raise RefusedError("thread_not_found")
    root = desk.workspace.messages.get((channel, thread))
    return root.thread if root else thread


def own_message(desk: Desk, channel: str, ts: Any, *, missing: str, foreign: str) -> Message:
    """A message of the app that everybody sees."""
    message = desk.workspace.find(channel, str(ts))
    if message is None:
        raise RefusedError(missing)
    if not message.by_app:
        raise RefusedError(foreign)
    return message


HANDLERS: dict[str, Handler] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": permalink,
}
