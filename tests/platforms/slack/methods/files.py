"""files.*: an upload in three steps, the middle one not a method of the Web API."""

from typing import Any

from tests.platforms.slack.call import Answer, Desk, Handler, RefusedError
from tests.platforms.slack.message import Message
from tests.platforms.slack.methods.posting import checked_blocks, thread_of
from tests.platforms.slack.payloads import message_of
from tests.platforms.slack.workspace import BOT_USER, SharedFile

SNIPPET_BYTES = 1_000_000
ALT_CHARACTERS = 1_000


def get_upload_url(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Where to send the bytes."""
    length = int(arguments["length"])
    if length < 1:
        raise RefusedError("invalid_arguments", defect=True)
    if arguments.get("snippet_type") and length > SNIPPET_BYTES:
        raise RefusedError("snippet_too_large", defect=True)
    if len(str(arguments.get("alt_txt") or "")) > ALT_CHARACTERS:
        raise RefusedError("alt_txt_too_large", defect=True)
    file = SharedFile(
        id=f"F{desk.workspace.number():06d}",
        name=str(arguments["filename"]),
        length=length,
        alt=str(arguments.get("alt_txt") or ""),
        snippet=str(arguments.get("snippet_type") or ""),
    )
    desk.workspace.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{desk.base_url}/upload/{file.id}"}


def complete_upload(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Show files whose bytes are there."""
    files = [_uploaded(desk, each) for each in arguments["files"]]
    channel_ids = [arguments["channel_id"]] if arguments.get("channel_id") else _listed(arguments.get("channels"))
    for file, given in zip(files, arguments["files"], strict=True):
        file.title, file.shared = str(given.get("title") or ""), True
    for channel_id in channel_ids:
        _share(desk, str(channel_id), files, arguments)
    return {"files": [{"id": file.id, "title": file.title or file.name} for file in files]}


def _share(desk: Desk, channel_id: str, files: list[SharedFile], arguments: dict[str, Any]) -> None:
    channel = desk.writable(channel_id)
    message = Message(
        channel=channel.id,
        ts=desk.workspace.ts(),
        user=BOT_USER,
        by_app=True,
        text=str(arguments.get("initial_comment") or ""),
        blocks=checked_blocks(arguments.get("blocks")),
        thread_ts=thread_of(desk, channel.id, arguments),
        files=[file.id for file in files],
    )
    desk.workspace.keep(message)
    desk.tell(channel.id, {"subtype": "file_share"} | message_of(message, desk.workspace))


def _uploaded(desk: Desk, given: Any) -> SharedFile:
    file = desk.workspace.files.get(str(given.get("id"))) if isinstance(given, dict) else None
    if file is None or file.data is None or file.shared:
        raise RefusedError("file_not_found")
    if len(file.data) != file.length:
        raise RefusedError("file_update_failed", defect=True)
    return file


def _listed(channels: Any) -> list[str]:
    return [each for each in str(channels or "").split(",") if each]


HANDLERS: dict[str, Handler] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
}
