"""Files handed over in Discord."""

from collections.abc import Mapping

from adapters.chat.file import File
from adapters.chat.measure import fitted
from adapters.chat.payload import Payload, maps_at, text_at
from adapters.chat.port import Posted
from adapters.chat.text import one_line
from adapters.discord import components, limits, markup
from adapters.discord.ids import nonce
from adapters.discord.look import message_body
from adapters.discord.messages import Messages
from adapters.discord.wire import Attached
from core.domain.identity import Place

_TITLE = 300
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


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
        body = _picture(file, title) if file.name.lower().endswith(_PICTURES) else _plain(file, title)
        body |= _once(key)
        return await self._messages.send(place, body, name=file.name, files=(Attached(name=file.name, data=file.data),))


def _plain(file: File, title: str) -> dict[str, object]:
    return {
        "content": title,
        "attachments": [{"id": 0, "filename": file.name}],
        "allowed_mentions": {"parse": []},
    }


def _picture(file: File, title: str) -> dict[str, object]:
    """A picture in a gallery, with its description for who cannot see it."""
    alt = fitted(one_line(file.alt), limit=limits.ALT)
    words = [components.text_display(title)] if title else []
    body = message_body([*words, components.gallery(f"attachment://{file.name}", description=alt)])
    return body | {"attachments": [{"id": 0, "filename": file.name}]}


def _shows(message: Payload, file: File, title: str) -> bool:
    wanted = (file.name, len(file.data))
    if title not in (text_at(message, "content"), *components.texts_of(message.get("components"))):
        return False
    return any((text_at(each, "filename"), each.get("size")) == wanted for each in maps_at(message, "attachments"))


def _once(key: str) -> Mapping[str, object]:
    return {"nonce": nonce(key), "enforce_nonce": True} if key else {}
