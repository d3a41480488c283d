"""Files handed over in Discord."""

from collections.abc import Mapping

from adapters.chat.file import File
from adapters.chat.measure import fitted
from adapters.chat.payload import Payload, maps_at, text_at
from adapters.chat.port import Posted
from adapters.chat.text import one_line
from adapters.discord import limits, markup
from adapters.discord.ids import nonce
from adapters.discord.messages import Messages
from adapters.discord.wire import Attached
from core.domain.identity import Place

_TITLE = 300


class Uploads:
    """Handing files over: each is a message, with its title and without any layout, so that Discord shows what it is.

    A message without layout cannot be marked: an earlier one is known by the file's name, title and size.
    """

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def upload(self, place: Place, file: File, *, key: str, again: bool) -> Posted:
        """Show `file` in `place`; of a file that is there already nothing is done with `again`."""
        title = markup.escaped(one_line(file.title, width=_TITLE))
        if again:
            found = await self._messages.found(place, lambda message: _shows(message, file, title))
            if found is not None:
                return found
        attachment: dict[str, object] = {"id": 0, "filename": file.name}
        alt = fitted(one_line(file.alt), limit=limits.ALT)
        body: dict[str, object] = {
            "content": title,
            "attachments": [attachment | ({"description": alt} if alt else {})],
            "allowed_mentions": {"parse": []},
            **_once(key),
        }
        return await self._messages.send(place, body, name=file.name, files=(Attached(name=file.name, data=file.data),))


def _shows(message: Payload, file: File, title: str) -> bool:
    wanted = (file.name, len(file.data))
    if text_at(message, "content") != title:
        return False
    return any((text_at(each, "filename"), each.get("size")) == wanted for each in maps_at(message, "attachments"))


def _once(key: str) -> Mapping[str, object]:
    return {"nonce": nonce(key), "enforce_nonce": True} if key else {}
