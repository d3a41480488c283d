"""Messages of ours in Discord: posted, found again by their key, changed."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from adapters.chat.card import Card
from adapters.chat.errors import ChatError, MessageGoneError, NotReachableError
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.payload import Payload, map_at, maps_at, text_at
from adapters.chat.port import Posted
from adapters.discord.calls import Calls
from adapters.discord.channels import Channels
from adapters.discord.errors import ARCHIVED, NOT_A_TEXT_CHANNEL, UNKNOWN_CHANNEL
from adapters.discord.ids import is_direct, mark, nonce, place, room_of, room_of_message, user_of
from adapters.discord.render import rendered
from adapters.discord.threads import Threads, thread_name
from adapters.discord.wire import Attached
from core.domain.identity import PersonId, Place

_PAGE = 100
"""Messages asked for at once (page: Channel, get messages)."""
_PAGES = 3
"""How far back a message is looked for: an attempt that may have come through is minutes old."""
_MOST = 5_000
_KEEP_S = 90 * 86_400.0
_LINK = "https://discord.com/channels"

Body = dict[str, object]


class Messages:
    """Our messages. Which thread among two a message belongs to outlives the process."""

    def __init__(self, calls: Calls, channels: Channels, threads: Threads, kept: KeyValueStore) -> None:
        self._calls = calls
        self._channels = channels
        self._threads = threads
        self._kept = kept
        self._conversations: OrderedDict[str, str] = OrderedDict()
        self.us = ""
        """The id of our user, '' while it is not known."""

    async def post(self, place: Place, card: Card, *, key: str, again: bool) -> Posted:
        """Post `card`, marked with `key`; with `again` an earlier one that came through is returned instead."""
        if again and (found := await self.found(place, lambda message: _mark(message) == mark(key))) is not None:
            # whoever posted it may not have come to that
            await self._threads.remember(found, card)
            return found
        body: Body = {**rendered(card, mark=mark(key) if key else 0).body, **_once(key)}
        posted = await self.send(place, body, name=thread_name(card))
        await self._threads.remember(posted, card)
        return posted

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of a message."""
        path = f"/channels/{room_of_message(posted)}/messages/{posted.message}"
        body = rendered(card).body
        try:
            await self._calls.call("PATCH", path, json=body, repeatable=True)
        except NotReachableError as error:
            if error.code == UNKNOWN_CHANNEL:
                raise MessageGoneError(error.message, code=error.code) from error
            if error.code != ARCHIVED:
                raise
            await self._threads.unarchive(room_of_message(posted))
            await self._calls.call("PATCH", path, json=body, repeatable=True)
        await self._threads.show_state(posted, card)

    async def send(self, place: Place, body: Body, *, name: str = "", files: tuple[Attached, ...] = ()) -> Posted:
        """Post `body`; a thread that is not there yet is opened, `name` is what a post of a forum is called."""
        path = f"/channels/{room_of(place)}/messages"
        if is_direct(place) and place.thread:
            # among two there are no threads: an answer names what it answers
            body = body | {"message_reference": {"message_id": place.thread, "fail_if_not_exists": False}}
        try:
            answer = await self._calls.call("POST", path, json=body, files=files)
        except NotReachableError as error:
            if error.code == NOT_A_TEXT_CHANNEL and not place.thread:
                return await self._forum_post(place, body, name=name, files=files)
            if error.code == UNKNOWN_CHANNEL and place.thread:
                await self._grow(place)
                answer = await self._calls.call("POST", path, json=body, files=files)
            elif error.code == ARCHIVED and place.thread:
                await self._threads.unarchive(place.thread)
                answer = await self._calls.call("POST", path, json=body, files=files)
            else:
                raise
        posted = self.posted(place, text_at(answer, "id"))
        if is_direct(place):
            await self._kept.set(f"thread/{posted.message}", posted.thread.thread, for_s=_KEEP_S)
        return posted

    async def thread_of(self, message: str) -> str:
        """The thread that is meant by answering this message of ours; '' when none is."""
        return await self._kept.get(f"thread/{message}") or ""

    async def direct_place(self, person: PersonId) -> Place:
        """The conversation with `person` alone; NotReachableError when Discord does not let us have one."""
        user = user_of(person)
        if not user:
            raise NotReachableError(f"{person} is not in Discord.")
        channel = self._conversations.get(user, "")
        if not channel:
            answer = await self._calls.call("POST", "/users/@me/channels", json={"recipient_id": user}, repeatable=True)
            channel = text_at(answer, "id")
            self._conversations[user] = channel
            while len(self._conversations) > _MOST:
                self._conversations.popitem(last=False)
        return place("", channel)

    def forget(self, person: PersonId) -> None:
        """Open the conversation with `person` anew the next time: the one we knew is not there any more."""
        self._conversations.pop(user_of(person), None)

    async def found(self, place: Place, matches: Callable[[Payload], bool]) -> Posted | None:
        """Our message in `place` that `matches`, None when there is none as far back as we look."""
        before = ""
        for _ in range(_PAGES):
            query = {"limit": str(_PAGE)} | ({"before": before} if before else {})
            try:
                page = await self._calls.listing(f"/channels/{room_of(place)}/messages", query=query)
            except NotReachableError as error:
                if error.code == UNKNOWN_CHANNEL and place.thread:
                    return None  # the thread was never opened
                raise
            for message in page:
                if text_at(message, "author", "id") == self.us and matches(message):
                    return self.posted(place, text_at(message, "id"))
            if len(page) < _PAGE:
                return None
            before = text_at(page[-1], "id")
        return None

    def posted(self, where: Place, message: str) -> Posted:
        """What is known of a message that stands in `where`."""
        link = f"{_LINK}/{where.space or '@me'}/{room_of(where)}/{message}"
        return Posted(place=where, message=message, thread=replace(where, thread=where.thread or message), url=link)

    async def _grow(self, place: Place) -> None:
        """Open the thread `place`; MessageGoneError when what it would grow from is not there any more."""
        try:
            await self._threads.open(place)
        except NotReachableError as error:
            if error.code == UNKNOWN_CHANNEL:
                raise MessageGoneError(error.message, code=error.code) from error
            raise

    async def _forum_post(self, place: Place, body: Body, *, name: str, files: tuple[Attached, ...]) -> Posted:
        """In a forum each message of a channel begins a post, which is a thread with the id of its first message."""
        with suppress(ChatError):
            await self._channels.channel(place.channel)  # for its tags
        message = {key: value for key, value in body.items() if key not in {"nonce", "enforce_nonce"}}
        answer = await self._calls.call(
            "POST", f"/channels/{place.channel}/threads", json={"name": name or "Task", "message": message}, files=files
        )
        thread = text_at(answer, "id")
        return self.posted(replace(place, thread=thread), text_at(answer, "message", "id") or thread)


def _once(key: str) -> Mapping[str, object]:
    """What makes Discord post a message once, however often it is asked to within some minutes."""
    return {"nonce": nonce(key), "enforce_nonce": True} if key else {}


def _mark(message: Payload) -> object:
    """The id of the outermost component; of any other message nothing."""
    outermost = next(iter(maps_at(message, "components")), None)
    return map_at({"it": outermost}, "it").get("id")
