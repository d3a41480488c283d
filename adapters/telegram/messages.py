"""Messages of ours in Telegram: posted, known again by their key, changed."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from adapters.chat.card import Card
from adapters.chat.errors import ChatError, MessageGoneError, RejectedError
from adapters.chat.file import File
from adapters.chat.port import Posted
from adapters.telegram.chats import Chats
from adapters.telegram.errors import NOT_MODIFIED
from adapters.telegram.ids import ThreadId, is_supergroup, user_of
from adapters.telegram.ids import place as telegram_place
from adapters.telegram.journal import Journal, Sent
from adapters.telegram.names import Names
from adapters.telegram.page import Page
from adapters.telegram.posting import Posting
from adapters.telegram.questions import Questions
from adapters.telegram.render import rendered
from adapters.telegram.rich_messages import RichMessages, drawn_richly, gains
from adapters.telegram.sending import Sending
from adapters.telegram.topics import Topics
from core.domain.identity import PersonId, Place

_LOG = logging.getLogger(__name__)


class Messages:
    """Our messages, each card one or several of them."""

    def __init__(
        self,
        *,
        sending: Sending,
        chats: Chats,
        posting: Posting,
        rich: RichMessages,
        topics: Topics,
        journal: Journal,
        questions: Questions,
        names: Names,
    ) -> None:
        self._sending = sending
        self._chats = chats
        self._posting = posting
        self._rich = rich
        self._topics = topics
        self._journal = journal
        self._questions = questions
        self._names = names

    async def post(self, place: Place, card: Card, *, key: str, again: bool) -> Posted:
        """Post `card`. With `again` one that came through is returned instead, as far as it can be found; what an
        earlier attempt of the same card has left out is sent alone.
        """
        sent = await self._journal.sent(key)
        if sent is not None and sent.whole and again:
            return await self.posted(sent)
        if sent is None or sent.whole:
            sent = await self._begun(place, card, key)
        names = await self._called(card)
        made, unsure = rendered(card, names=names), again
        if not sent.messages and gains(card, made) and (richly := drawn_richly(card, names=names)) is not None:
            place = telegram_place(sent.channel, sent.thread)
            if message := await self._rich.post(place, richly.pages[0], key=key, again=again):
                made, sent = richly, _with(sent, message)
        for page in made.pages[len(sent.messages) :]:
            place = telegram_place(sent.channel, sent.thread)
            sent = _with(sent, await self._posting.page(place, page, key=key, unsure=unsure))
            unsure = False
            await self._journal.note(key, sent)
        sent = replace(sent, whole=True)
        await self._journal.note(key, sent)
        if len(sent.messages) > 1:
            await self._journal.note_pages(sent.channel, sent.messages)
        posted = await self.posted(sent)
        if made.file is not None:
            await self._hand(posted.thread, made.file)
        return posted

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of what was posted: page by page, with more or fewer of them."""
        channel, first = posted.place.channel, int(posted.message)
        standing = await self._journal.pages(channel, first)
        names = await self._called(card)
        if await self._journal.is_rich(channel, first):
            if await self._rewritten_richly(posted.place, first, card, names):
                return
            await self._journal.forget_rich(channel, first)
        pages = rendered(card, names=names).pages
        for message, page in zip(standing, pages, strict=False):
            await self._rewrite(posted.place, message, page, is_first=message == first)
        added = [await self._posting.page(posted.thread, page) for page in pages[len(standing) :]]
        for message in standing[len(pages) :]:
            with suppress(ChatError):  # it is only too much
                await self._sending.to(posted.place, "deleteMessage", repeatable=True, message_id=message)
        now = (*standing[: len(pages)], *added)
        if now != standing:
            await self._journal.note_pages(channel, now)

    async def posted(self, sent: Sent) -> Posted:
        """What was sent, as the port tells it."""
        thread = telegram_place(sent.channel, sent.thread)
        return Posted(
            place=thread if sent.inside else replace(thread, thread=""),
            message=str(sent.messages[0]),
            thread=thread,
            url=await self._link(sent),
        )

    async def upload(self, place: Place, file: File, *, key: str, again: bool) -> Posted:
        """Hand over a file; with `again` one that came through is returned instead, as far as it can be found."""
        known = await self._journal.sent(key)
        if again and known is not None:
            return await self.posted(known)
        message = await self._posting.file(place, file, key=key, unsure=again)
        begun = Sent(channel=place.channel, thread=place.thread, inside=bool(place.thread))
        sent = replace(_with(begun, message), whole=True)
        await self._journal.note(key, sent)
        return await self.posted(sent)

    async def _hand(self, thread: Place, file: File) -> None:
        """Send what the card leaves out behind it. The card stands, and says itself that it is not all there is."""
        try:
            await self._posting.file(thread, file)
        except ChatError as error:
            _LOG.warning("the rest of a card was not sent: %s", error)

    async def _called(self, card: Card) -> dict[PersonId, str]:
        return {each: await self._names.of(user_of(each)) for each in card.mentions}

    async def _begun(self, place: Place, card: Card, key: str) -> Sent:
        thread = await self._journal.topic(key)
        if not thread and (topic := await self._topics.opened(place, card)) is not None:
            thread = str(topic)
            await self._journal.begun(key, thread)
        thread = thread or place.thread
        return Sent(channel=place.channel, thread=thread, inside=bool(thread))

    async def _rewrite(self, place: Place, message: int, page: Page, *, is_first: bool) -> None:
        page = replace(page, keyboard=self._questions.asked(place.channel, message, page.keyboard))
        try:
            await self._sending.rewrite(place, message, page)
        except RejectedError as error:
            if error.code != NOT_MODIFIED:
                raise
        except MessageGoneError:
            if is_first:
                raise

    async def _rewritten_richly(self, place: Place, message: int, card: Card, names: Mapping[PersonId, str]) -> bool:
        """Whether `card` stands in the place of a rich message now, as one."""
        made = drawn_richly(card, names=names)
        if made is None:
            return False
        try:
            await self._rewrite(place, message, made.pages[0], is_first=True)
        except RejectedError as error:
            _LOG.warning("a rich message is changed into an ordinary one: %s", error)
            return False
        return True

    async def _link(self, sent: Sent) -> str:
        """Where people of a supergroup open the message; other chats have no such links."""
        chat = await self._chats.chat(sent.channel)
        if not is_supergroup(chat):
            return ""
        thread = sent.thread.removeprefix("t") + "/" if sent.thread.startswith("t") else ""
        return f"https://t.me/c/{str(chat).removeprefix('-100')}/{thread}{sent.messages[0]}"


def _with(sent: Sent, message: int) -> Sent:
    """`sent` and one message more; the first one of a chat begins a thread."""
    thread = sent.thread or str(ThreadId(root=message))
    return replace(sent, messages=(*sent.messages, message), thread=thread)
