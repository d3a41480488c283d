"""Writing one message of an answer piece by piece in a private chat: a draft that becomes a message at its end."""

from dataclasses import dataclass

from adapters.chat.answer import AnswerPace
from adapters.chat.errors import MessageGoneError, NotReachableError, RejectedError
from adapters.chat.pens import NoStreamError, answer_card
from adapters.telegram.ids import thread_id
from adapters.telegram.messages import Messages
from adapters.telegram.render import rendered
from adapters.telegram.sending import Sending
from core.domain.identity import Place

ALONE = AnswerPace(every_s=1.0, page=2_500)
"""A draft is no message: only one a second is asked of us. A page fits a message whatever its styles make of it."""
IN_GROUPS = AnswerPace(every_s=4.0, page=2_500)
"""An edit counts as a message, and a group bears twenty a minute (core.telegram.org/bots/faq)."""


@dataclass(slots=True, kw_only=True)
class DraftPen:
    """Writes by sendMessageDraft, which older servers and some chats do not have: then NoStreamError."""

    sending: Sending
    messages: Messages
    place: Place
    key: str
    number: int
    """Of the draft; drafts of the same number flow into one another."""
    text: str = ""

    async def add(self, text: str) -> None:
        page = rendered(answer_card(self.key, self.text + text)).pages[0]
        try:
            await self.sending.to(
                self.place,
                "sendMessageDraft",
                repeatable=True,
                message_thread_id=thread_id(self.place.thread).topic or None,
                draft_id=self.number,
                text=page.text,
                entities=list(page.entities) or None,
            )
        except (NotReachableError, RejectedError, MessageGoneError) as error:
            raise NoStreamError(error.message, code=error.code) from error
        self.text += text

    async def end(self) -> None:
        if self.text:
            await self.messages.post(self.place, answer_card(self.key, self.text), key=self.key, again=False)
