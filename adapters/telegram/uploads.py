"""Files handed over in Telegram."""

from adapters.chat.file import File
from adapters.chat.port import Posted
from adapters.telegram.messages import Messages
from adapters.telegram.sending import Sending
from core.domain.identity import Place


class Uploads:
    """Handing files over."""

    def __init__(self, sending: Sending, messages: Messages) -> None:
        self._sending = sending
        self._messages = messages

    async def upload(self, place: Place, file: File, *, key: str, again: bool) -> Posted:
        """Show `file` in `place`; with `again` nothing is done when it surely arrived."""
        if again and (known := await self._messages.known(key)) is not None:
            return known
        message = await self._sending.file(place, file)
        return await self._messages.note_file(place, message, key=key)
