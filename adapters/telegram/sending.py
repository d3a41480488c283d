"""One message to one place: the chat as Telegram knows it today, its topic or the message that is answered."""

import logging
from typing import Any, Literal

from telegram import InputFile

from adapters.chat.errors import RejectedError
from adapters.chat.file import File
from adapters.chat.payload import Payload
from adapters.telegram.calls import Calls
from adapters.telegram.caption import caption_of, is_picture
from adapters.telegram.chats import Chats
from adapters.telegram.errors import NOT_MODIFIED, MovedError
from adapters.telegram.ids import chat_of, thread_id
from adapters.telegram.keyboard import Keyboard
from adapters.telegram.keyboard import payload as keyboard_payload
from adapters.telegram.look import number_at
from adapters.telegram.lost import Lost
from adapters.telegram.page import Page
from core.domain.identity import Place

_LOG = logging.getLogger(__name__)
NO_PREVIEW = {"is_disabled": True}
"""What agents link to is not fetched, and does not take the place of what they say."""
_PICTURE_BYTES = 10 * 1024 * 1024
"""Larger ones are documents (sendPhoto.photo)."""


class Sending:
    """Calls that are about one chat; a group that became a supergroup meanwhile is followed."""

    def __init__(self, calls: Calls, chats: Chats, lost: Lost) -> None:
        self._calls = calls
        self._chats = chats
        self._lost = lost

    async def page(self, place: Place, page: Page, *, markup: object = None) -> int:
        """Post `page` to `place`; the id of the message. `markup` stands in for the page's buttons."""
        answer = await self.to(
            place,
            "sendMessage" if page.rich is None else "sendRichMessage",
            **_content(page),
            reply_markup=markup or keyboard_payload(page.keyboard),
            message_thread_id=_topic(place),
            reply_parameters=_answered(place),
        )
        return await self._counted(place, answer)

    async def file(self, place: Place, file: File) -> int:
        """Hand `file` over in `place`, a picture as a picture; the id of the message."""
        if is_picture(file) and 0 < len(file.data) <= _PICTURE_BYTES:
            try:
                return await self._hand(place, file, "sendPhoto", "photo")
            except RejectedError as error:
                # too long, too narrow, or not what its name says
                _LOG.info("a picture is handed over as a document: %s", error)
        return await self._hand(place, file, "sendDocument", "document")

    async def _hand(self, place: Place, file: File, method: str, field: Literal["photo", "document"]) -> int:
        # Telegram takes no empty file
        caption, entities = caption_of(file)
        given = InputFile(file.data or b"\n", filename=file.name, attach=False)
        answer = await self.to(
            place,
            method,
            photo=given if field == "photo" else None,
            document=given if field == "document" else None,
            caption=caption,
            caption_entities=entities,
            message_thread_id=_topic(place),
            reply_parameters=_answered(place),
        )
        return await self._counted(place, answer)

    async def rewrite(self, place: Place, message: int, page: Page) -> None:
        """Put `page` in the place of a message."""
        await self.to(
            place,
            "editMessageText",
            repeatable=True,
            message_id=message,
            **_content(page),
            reply_markup=keyboard_payload(page.keyboard),
        )

    async def rekey(self, place: Place, message: int, keyboard: Keyboard) -> None:
        """Put other buttons under a message; that they stand there already is success."""
        markup = keyboard_payload(keyboard)
        try:
            await self.to(place, "editMessageReplyMarkup", repeatable=True, message_id=message, reply_markup=markup)
        except RejectedError as error:
            if error.code != NOT_MODIFIED:
                raise

    async def recaption(self, place: Place, message: int, file: File) -> None:
        """Put the words under `file` in the place of those under a file that stands there."""
        caption, entities = caption_of(file)
        await self.to(
            place,
            "editMessageCaption",
            repeatable=True,
            message_id=message,
            caption=caption,
            caption_entities=entities,
        )

    async def to(self, place: Place, method: str, *, repeatable: bool = False, **arguments: object) -> Payload:
        """Call `method` about the chat of `place`."""
        chat = await self._chats.chat(place.channel)
        try:
            return await self._calls.ask(method, repeatable=repeatable, chat_id=chat, **arguments)
        except MovedError as error:
            # refused because of it, so nothing was done
            await self._chats.moved(chat_of(place.channel), error.to)
            return await self._calls.ask(method, repeatable=repeatable, chat_id=error.to, **arguments)

    async def _counted(self, place: Place, answer: Payload) -> int:
        message = number_at(answer, "message_id")
        await self._lost.ours(await self._chats.chat(place.channel), message)
        return message


def _content(page: Page) -> dict[str, Any]:
    if page.rich is not None:
        return {"rich_message": page.rich}
    return {"text": page.text, "entities": list(page.entities) or None, "link_preview_options": NO_PREVIEW}


def _topic(place: Place) -> int | None:
    return thread_id(place.thread).topic or None


def _answered(place: Place) -> dict[str, object] | None:
    """The message that is answered; when it is gone nothing is posted: the thread is over, and that has to be told."""
    root = thread_id(place.thread).root
    return {"message_id": root, "allow_sending_without_reply": False} if root else None
