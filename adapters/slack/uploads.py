"""Files handed over in Slack: an address is asked for, the bytes go there, then the file is shown."""

from adapters.chat.file import File
from adapters.chat.payload import Payload, maps_at, text_at
from adapters.chat.port import Posted
from adapters.slack.calls import Calls
from adapters.slack.messages import Messages
from core.domain.identity import Place

_SNIPPET_BYTES = 1_000_000
"""Larger ones are files like any other (page: files.getUploadURLExternal)."""
_SNIPPETS = frozenset({"diff", "markdown", "json", "yaml", "python", "javascript", "shell", "text", "html"})
"""Languages that Slack colours, of those we have."""
_ALT = 1_000
"""Characters of a picture's description (page: files.getUploadURLExternal)."""
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")


class Uploads:
    """Handing files over. Slack lets nobody mark a file: an earlier one is known by its name, title and size."""

    def __init__(self, calls: Calls, messages: Messages) -> None:
        self._calls = calls
        self._messages = messages

    async def upload(self, place: Place, file: File, *, again: bool) -> Posted:
        """Show `file` in `place`; of a file that is there already nothing is done with `again`."""
        # Slack takes no empty file
        data = file.data or b"\n"
        if again and (found := await self._found(place, file, len(data))):
            return Posted(place=place, message=found, thread=place)
        address = await self._calls.call(
            "files.getUploadURLExternal",
            repeatable=True,
            filename=file.name,
            length=len(data),
            alt_txt=file.alt[:_ALT] or None if file.name.lower().endswith(_PICTURES) else None,
            snippet_type=file.language if file.language in _SNIPPETS and len(data) <= _SNIPPET_BYTES else None,
        )
        await self._calls.put(text_at(address, "upload_url"), data)
        file_id = text_at(address, "file_id")
        await self._calls.call(
            "files.completeUploadExternal",
            files=[{"id": file_id, "title": file.title or file.name}],
            channel_id=place.channel,
            thread_ts=place.thread or None,
        )
        # the message appears a moment later; Slack does not say which it will be
        return Posted(place=place, message=file_id, thread=place)

    async def _found(self, place: Place, file: File, size: int) -> str:
        wanted = (file.name, file.title or file.name, size)

        def shows_it(message: Payload) -> bool:
            files = maps_at(message, "files")
            return any((text_at(each, "name"), text_at(each, "title"), _size(each)) == wanted for each in files)

        return await self._messages.first(place, shows_it)


def _size(shown: Payload) -> int:
    size = shown.get("size")
    return size if isinstance(size, int) else -1
