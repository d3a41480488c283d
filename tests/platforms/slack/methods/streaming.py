"""chat.startStream and its sisters: an answer that grows, and dies when it is not ended in time."""

from typing import Any

from tests.platforms.slack import published
from tests.platforms.slack.call import Answer, Desk, Handler, RefusedError
from tests.platforms.slack.message import Message
from tests.platforms.slack.methods.posting import MARKDOWN_CHARACTERS, checked_blocks, checked_metadata, own_message
from tests.platforms.slack.methods.posting import thread_of as thread_in
from tests.platforms.slack.payloads import message_of
from tests.platforms.slack.workspace import BOT_USER


def start(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Begin an answer: in a channel it needs a thread and a recipient."""
    channel = desk.writable(arguments["channel"])
    thread = thread_in(desk, channel.id, arguments)
    if not channel.direct_to:
        _check_recipient(desk, arguments)
    message = Message(
        channel=channel.id,
        ts=desk.workspace.ts(),
        user=BOT_USER,
        by_app=True,
        thread_ts=thread,
        streaming_since=desk.workspace.now(),
    )
    _append(message, arguments)
    desk.workspace.keep(message)
    return {"channel": channel.id, "ts": message.ts}


def append(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Add to an answer that still grows."""
    message = _streaming(desk, arguments)
    if not (arguments.get("markdown_text") or arguments.get("chunks")):
        raise RefusedError("no_text", defect=True)
    _append(message, arguments)
    desk.workspace.bell.ring()
    return {"channel": message.channel, "ts": message.ts}


def stop(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """End an answer, with blocks under it."""
    message = _streaming(desk, arguments)
    _append(message, arguments)
    message.blocks += checked_blocks(arguments.get("blocks"))
    message.metadata = checked_metadata(arguments.get("metadata"))
    message.streaming_since = None
    desk.workspace.bell.ring()
    shown = message_of(message, desk.workspace)
    desk.tell(message.channel, shown)
    return {"channel": message.channel, "ts": message.ts, "message": shown}


def _check_recipient(desk: Desk, arguments: dict[str, Any]) -> None:
    if not arguments.get("thread_ts"):
        raise RefusedError("invalid_arguments", defect=True)
    for name in ("recipient_user_id", "recipient_team_id"):
        if not arguments.get(name):
            raise RefusedError(f"missing_{name}", defect=True)
    if arguments["recipient_user_id"] not in desk.workspace.accounts:
        raise RefusedError("user_not_found")


def _streaming(desk: Desk, arguments: dict[str, Any]) -> Message:
    channel = desk.channel(arguments["channel"])
    ts = arguments["ts"]
    message = own_message(desk, channel.id, ts, missing="message_not_found", foreign="message_not_owned_by_app")
    if message.stopped_by_person:
        raise RefusedError("stopped_by_user")
    if not message.streams(desk.workspace.now()):
        raise RefusedError("message_not_in_streaming_state")
    return message


def _append(message: Message, arguments: dict[str, Any]) -> None:
    markdown, chunks = str(arguments.get("markdown_text") or ""), arguments.get("chunks") or []
    if len(markdown) > MARKDOWN_CHARACTERS:
        raise RefusedError("msg_too_long", defect=True)
    problems = [problem for problem in map(published.chunk_problem, chunks) if problem]
    if problems:
        raise RefusedError("invalid_chunks", defect=True, response_metadata={"messages": problems})
    message.text += markdown
    for chunk in chunks:
        message.text += str(chunk.get("text", ""))
        message.blocks += checked_blocks(chunk.get("blocks"))


HANDLERS: dict[str, Handler] = {
    "chat.startStream": start,
    "chat.appendStream": append,
    "chat.stopStream": stop,
}
