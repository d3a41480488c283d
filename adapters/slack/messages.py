"""Messages of ours in Slack: posted, found again by their key, changed, shown to one person."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from adapters.chat.card import Card
from adapters.chat.errors import MessageGoneError, NotReachableError
from adapters.chat.payload import Payload, map_at, maps_at, text_at
from adapters.chat.port import Posted
from adapters.slack.calls import Calls
from adapters.slack.fashion import Fashion
from adapters.slack.ids import place as slack_place
from adapters.slack.ids import team_and_user
from adapters.slack.render import Rendered
from core.domain.identity import PersonId, Place

EVENT_TYPE = "orchestrator_message"
"""What our messages are marked with; the payload holds the message's key."""
_PAGE = 200
"""Messages asked for at once."""
_PAGES = 10
"""How far back a message is looked for: an attempt that may have come through is minutes old."""
_MOST_CONVERSATIONS = 5000
_MOST_WHISPERED = 500
_NOT_THERE = frozenset({"user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived"})
"""Why something cannot be shown to one person in a channel, but can be sent to them."""


class Messages:
    """Our messages in one workspace; `url` is the workspace's, '' while it is not known. `clock` counts seconds."""

    def __init__(self, calls: Calls, *, clock: Callable[[], float]) -> None:
        self.url = ""
        self._calls = calls
        self._fashion = Fashion(clock=clock)
        self._conversations: OrderedDict[str, str] = OrderedDict()
        self._whispered: OrderedDict[tuple[str, str], str] = OrderedDict()
        """Channel and id of what one person alone sees → the address at which it can be changed."""

    async def post(self, place: Place, card: Card, *, key: str, again: bool) -> Posted:
        """Post `card`, marked with `key`; with `again` an earlier one that came through is returned instead."""
        if again and (found := await self.found(place, key)) is not None:
            return found

        async def send(made: Rendered) -> Payload:
            return await self._calls.call(
                "chat.postMessage",
                channel=place.channel,
                thread_ts=place.thread or None,
                text=made.text,
                blocks=list(made.blocks),
                metadata=marked(key),
                # what agents link to is not fetched, and does not take the place of what they say
                unfurl_links=False,
                unfurl_media=False,
            )

        answer = await self._fashion.sent(card, space=place.space, send=send)
        # a reply to a thread that is gone Slack may put into the channel instead
        shown = map_at(answer, "message")
        loose = bool(shown) and not text_at(shown, "thread_ts")
        return self.posted(replace(place, thread="") if loose else place, text_at(answer, "ts"))

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of a message; its mark stays.

        What one person alone sees can be changed for half an hour after they pressed something on it.
        """
        url = self._whispered.get((posted.place.channel, posted.message), "")

        async def send(made: Rendered) -> Payload:
            if url:
                return await self._calls.answer_at(url, replace_original=True, text=made.text, blocks=list(made.blocks))
            return await self._calls.call(
                "chat.update",
                repeatable=True,
                channel=posted.place.channel,
                ts=posted.message,
                text=made.text,
                blocks=list(made.blocks),
            )

        await self._fashion.sent(card, space=posted.place.space, send=send)

    async def whisper(self, place: Place, person: PersonId, card: Card) -> None:
        """Show `card` to `person` in `place`, or send it where nothing can be shown to one alone."""
        if place.channel:
            try:
                await self._show(place, person, card)
            except NotReachableError as error:
                if error.code not in _NOT_THERE:
                    raise
            else:
                return
        await self.post(await self.direct_place(person, place.space), card, key="", again=False)

    async def _show(self, place: Place, person: PersonId, card: Card) -> None:
        if place.channel.startswith("D"):
            # nobody else is there, and what is only shown would be gone at the next look
            await self.post(place, card, key="", again=False)
            return

        async def send(made: Rendered) -> Payload:
            return await self._calls.call(
                "chat.postEphemeral",
                channel=place.channel,
                thread_ts=place.thread or None,
                user=team_and_user(person)[1],
                text=made.text,
                blocks=list(made.blocks),
            )

        await self._fashion.sent(card, space=place.space, send=send)

    def note_press(self, payload: Payload) -> None:
        """Keep the address at which something whispered can be changed: Slack tells it with each press on it."""
        container = map_at(payload, "container")
        url = text_at(payload, "response_url")
        if container.get("is_ephemeral") is not True or not url:
            return
        self._whispered[text_at(container, "channel_id"), text_at(container, "message_ts")] = url
        while len(self._whispered) > _MOST_WHISPERED:
            self._whispered.popitem(last=False)

    async def direct_place(self, person: PersonId, space: str) -> Place:
        """The conversation with `person` alone; NotReachableError when Slack does not let us have one."""
        _, user = team_and_user(person)
        if not user:
            raise NotReachableError(f"{person} is not in Slack.")
        channel = self._conversations.get(user, "")
        if not channel:
            answer = await self._calls.call("conversations.open", repeatable=True, users=user)
            channel = text_at(answer, "channel", "id")
            self._conversations[user] = channel
            while len(self._conversations) > _MOST_CONVERSATIONS:
                self._conversations.popitem(last=False)
        return slack_place(space, channel)

    def forget(self, person: PersonId) -> None:
        """Open the conversation with `person` anew the next time: the one we knew is not there any more."""
        self._conversations.pop(team_and_user(person)[1], None)

    async def found(self, place: Place, key: str) -> Posted | None:
        """Our message with this key in `place`, None when there is none."""
        if not key:
            return None
        try:
            message = await self.first(place, lambda message: _key(message) == key)
        except MessageGoneError:
            if not place.thread:
                raise
            # the thread is gone: see above
            return await self.found(replace(place, thread=""), key)
        return self.posted(place, message) if message else None

    async def first(self, place: Place, matches: Callable[[Payload], bool]) -> str:
        """The id of a message in `place` that `matches`, '' when there is none as far back as we look."""
        cursor = ""
        for _ in range(_PAGES):
            answer = await self._page(place, cursor)
            found = next(filter(matches, maps_at(answer, "messages")), None)
            if found is not None:
                return text_at(found, "ts")
            cursor = text_at(answer, "response_metadata", "next_cursor")
            if not cursor:
                break
        return ""

    async def _page(self, place: Place, cursor: str) -> Payload:
        """Messages of a thread, or of a channel newest first."""
        method = "conversations.replies" if place.thread else "conversations.history"
        return await self._calls.call(
            method,
            repeatable=True,
            channel=place.channel,
            ts=place.thread or None,
            cursor=cursor or None,
            limit=_PAGE,
            include_all_metadata=True,
        )

    def posted(self, place: Place, message: str) -> Posted:
        """What is known of a message that stands in `place`."""
        thread = place.thread or message
        return Posted(
            place=place,
            message=message,
            thread=slack_place(place.space, place.channel, thread),
            url=self._link(place, message),
        )

    def _link(self, place: Place, message: str) -> str:
        """The message's permanent link, made as Slack makes it, without asking for each."""
        if not self.url:
            return ""
        link = f"{self.url.rstrip('/')}/archives/{place.channel}/p{message.replace('.', '')}"
        return f"{link}?thread_ts={place.thread}&cid={place.channel}" if place.thread else link


def _key(message: Payload) -> str:
    mark = map_at(message, "metadata")
    return text_at(mark, "event_payload", "key") if text_at(mark, "event_type") == EVENT_TYPE else ""


def marked(key: str) -> dict[str, object] | None:
    """The mark a message with this key carries; people do not see it."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}} if key else None
