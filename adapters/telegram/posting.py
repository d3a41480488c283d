"""Posting one message: once, also when the answer to an earlier attempt was lost, and remembered where it stands."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from adapters.chat.errors import ChatError, ChatUnavailableError, RateLimitedError
from adapters.chat.file import File
from adapters.chat.measure import fitted
from adapters.telegram.chats import Chats
from adapters.telegram.ids import thread_id
from adapters.telegram.limits import TEXT
from adapters.telegram.lost import Lost, Search
from adapters.telegram.page import Page
from adapters.telegram.sending import Sending
from adapters.telegram.threads import Threads
from core.domain.identity import Place

PERHAPS = "\n\nThis may stand here twice: Telegram did not say whether it had arrived."


class Posting:
    """Posts pages and files. `key` names what is posted, `unsure` says that an earlier attempt may have come through.

    Then that message is looked for, and changed into what it should be. Where too much was written since to look at all
    of it, what is posted says that it may stand there twice.
    """

    def __init__(self, *, sending: Sending, chats: Chats, threads: Threads, lost: Lost) -> None:
        self._sending = sending
        self._chats = chats
        self._threads = threads
        self._lost = lost

    async def page(self, place: Place, page: Page, *, key: str = "", unsure: bool = False) -> int:
        """Post `page` to `place`; the id of the message."""
        message, sure = await self._posted(
            place,
            key=key,
            unsure=unsure,
            post=lambda: self._sending.page(place, page),
            attempt=lambda number: self._sending.rewrite(place, number, page),
        )
        if not sure:
            with suppress(ChatError):  # it stands all the same
                await self._sending.rewrite(place, message, _doubtful(page))
        return message

    async def file(self, place: Place, file: File, *, key: str = "", unsure: bool = False) -> int:
        """Hand `file` over in `place`; the id of the message."""
        message, _ = await self._posted(
            place,
            key=key,
            unsure=unsure,
            post=lambda: self._sending.file(place, file),
            attempt=lambda number: self._sending.recaption(place, number, file),
        )
        return message

    async def _posted(
        self,
        place: Place,
        *,
        key: str,
        unsure: bool,
        post: Callable[[], Awaitable[int]],
        attempt: Callable[[int], Awaitable[None]],
    ) -> tuple[int, bool]:
        """The id of the message, and whether it surely stands there once."""
        chat = await self._chats.chat(place.channel)
        search = await self._lost.search(key, chat, attempt) if unsure else Search()
        if not unsure:  # else the first attempt goes on to count: what it posted may still be found
            await self._lost.attempted(key, chat)
        message = search.found or await self._refused_or_done(post, key)
        if search.found:
            await self._lost.ours(chat, message)
        await self._threads.note(await self._chats.chat(place.channel), message, thread_id(place.thread))
        return message, not unsure or bool(search.found) or message <= search.looked_to + 1

    async def _refused_or_done(self, post: Callable[[], Awaitable[int]], key: str) -> int:
        """What `post` returns. While a chat takes no more, the same search is not made before every attempt."""
        try:
            return await post()
        except (RateLimitedError, ChatUnavailableError):
            await self._lost.looked_through(key)
            raise


def _doubtful(page: Page) -> Page:
    """`page` that says it may stand there twice."""
    if page.rich is not None:
        return replace(page, rich={**page.rich, "html": f"{page.rich['html']}<p>{PERHAPS.strip()}</p>"})
    return replace(page, text=fitted(page.text, limit=TEXT - len(PERHAPS)) + PERHAPS)
