"""Discord as a chat: what happens there comes in by its gateway, cards go out by its HTTP API."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from adapters.chat.answer import Answer, AnswerPace
from adapters.chat.card import Card
from adapters.chat.errors import ChatError, NotReachableError, RejectedError
from adapters.chat.file import File
from adapters.chat.form import Form
from adapters.chat.inbound import GivenFile
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.open_threads import OpenThreads, no_open_threads
from adapters.chat.pens import EditedPen
from adapters.chat.port import Capabilities, Heard, Pace, Posted, Stream
from adapters.chat.suggestion import Suggest, no_suggestions
from adapters.discord.calls import Calls
from adapters.discord.channels import Channels
from adapters.discord.command_tree import FREE
from adapters.discord.connection import Connection
from adapters.discord.downloads import downloaded
from adapters.discord.gateway import Gateway, NewEars
from adapters.discord.hearing import Hearing
from adapters.discord.identity import Us
from adapters.discord.ids import PLATFORM, is_direct, room_of, user_of
from adapters.discord.left_out import left_out
from adapters.discord.messages import Messages
from adapters.discord.missed import Missed
from adapters.discord.names import Names
from adapters.discord.responses import Responses
from adapters.discord.roles import Roles
from adapters.discord.settings import DiscordSettings
from adapters.discord.threads import Threads
from adapters.discord.uploads import Uploads
from adapters.discord.wire import HttpWire, Line
from core.domain.identity import PersonId, Place

_TAKEN = "%F0%9F%91%80"
"""The reaction that says: seen, no answer needed. A pair of eyes, as an address takes it."""
# five posts in five seconds in a channel, and as many edits over all its messages (as the answers to them say)
_PACE = Pace(post_interval_s=1.0, edit_interval_s=1.5, edits_per_minute=50)
_ANSWER_PACE = AnswerPace(every_s=1.5, page=3_000)


def _now() -> datetime:
    return datetime.now(UTC)


class DiscordAdapter:
    """A ChatAdapter for one Discord application.

    `kept` is what outlives the process. `suggest` says what somebody who types may mean, `threads` where work goes on
    that is talked about. `now` tells the time (aware), `clock` counts seconds and never goes back. `wire` and `ears`
    are what goes out and comes in by; tests inside one process have their own.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        kept: KeyValueStore,
        *,
        suggest: Suggest = no_suggestions,
        threads: OpenThreads = no_open_threads,
        now: Callable[[], datetime] = _now,
        clock: Callable[[], float] = time.monotonic,
        wire: Line | None = None,
        ears: NewEars = Gateway,
    ) -> None:
        self._clock = clock
        self._download_s = settings.call_timeout_s
        wire = wire or HttpWire(settings)
        self._calls = Calls(wire, clock=clock)
        self._channels = Channels(self._calls, kept)
        self._messages = Messages(self._calls, self._channels, Threads(self._calls, self._channels, kept), kept)
        self._uploads = Uploads(self._messages)
        self._names = Names(self._calls, clock=clock)
        self._responses = Responses(self._calls, clock=clock, defer_after_s=settings.defer_after_s)
        self._roles = Roles(self._calls, kept, clock=clock, guilds=settings.guilds)
        hearing = Hearing(
            settings,
            messages=self._messages,
            channels=self._channels,
            names=self._names,
            roles=self._roles,
            responses=self._responses,
            missed=Missed(self._calls, kept, threads=threads, now=now),
            suggest=suggest,
            clock=clock,
        )
        self._connection = Connection(settings, wire=wire, calls=self._calls, ears=ears, hearing=hearing, kept=kept)

    @property
    def us(self) -> Us | None:
        """Who we are, once Discord has said so."""
        return self._connection.us

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            edits=True,
            buttons=True,
            forms=True,
            threads=True,
            direct=True,
            whispers=True,
            files=True,
            form_files=True,
            streams=True,
            typed_after=FREE,
        )

    @property
    def pace(self) -> Pace:
        return _PACE

    async def run(self, heard: Heard, *, ready: Callable[[], None]) -> None:
        """Stay connected and hand over what comes in, until cancelled. ConfigurationError when Discord says no for
        good: a wrong token, or an intent that is not switched on.
        """

        def known(us: Us) -> None:
            self._messages.us, self._responses.application = us.user, us.application

        try:
            await self._connection.run(heard, known=known, ready=ready)
        finally:
            await self._responses.close()

    async def post(self, place: Place, card: Card, *, key: str, again: bool = False) -> Posted:
        """Post `card` in `place`."""
        posted = await self._post(place, card, key=key, again=again)
        self._responses.seen(place, key=key)
        return posted

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of what was posted."""
        await self._messages.edit(posted, card)
        self._responses.changed(posted.message, posted.place)

    async def direct(self, person: PersonId, card: Card, *, key: str, again: bool = False) -> Posted:
        """Send `card` to one person alone."""
        if await self._roles.is_outside(user_of(person)):
            raise NotReachableError("This person is in none of the servers any more.", code="not_a_member")
        place = await self._messages.direct_place(person)
        try:
            posted = await self._post(place, card, key=key, again=again)
        except NotReachableError:
            self._messages.forget(person)
            raise
        self._responses.seen(posted.place, key=key)
        return posted

    async def whisper(self, place: Place, person: PersonId, card: Card) -> None:
        """Show `card` to one person only: in answer to what they did just now, else in their direct messages."""
        if not is_direct(place) and await self._responses.whisper(place, person, card):
            return
        if is_direct(place):
            # nobody else is there, and what is only shown would be gone at the next look
            await self.post(place, card, key="")
        else:
            await self.direct(person, card, key="")

    async def upload(self, place: Place, file: File, *, key: str, again: bool = False) -> Posted:
        """Hand over a file."""
        posted = await self._uploads.upload(place, file, key=key, again=again)
        self._responses.seen(place, key=key)
        return posted

    async def fetch(self, file: GivenFile, *, most_bytes: int) -> bytes:
        """What is in a file that was filled into a form."""
        return await downloaded(file.source, most_bytes=most_bytes, timeout_s=self._download_s)

    async def ask(self, trigger: str, form: Form) -> None:
        """Open `form` for whoever made `trigger`, before the time for it is over."""
        await self._responses.ask(trigger, form)

    async def show_home(self, person: PersonId, cards: Sequence[Card]) -> None:
        """RejectedError: nobody has a page of ours in Discord."""
        raise RejectedError("Discord has no home page.", code="not_supported")

    async def set_status(self, place: Place, text: str) -> None:
        """RejectedError: threads in Discord say nothing by themselves."""
        raise RejectedError("Discord has no status of threads.", code="not_supported")

    async def acknowledge(self, place: Place, message: str) -> None:
        """Put a pair of eyes under the message."""
        await self._calls.call(
            "PUT", f"/channels/{room_of(place)}/messages/{message}/reactions/{_TAKEN}/@me", repeatable=True
        )

    @asynccontextmanager
    async def stream(self, place: Place, person: PersonId, *, key: str) -> AsyncGenerator[Stream]:
        """Write an answer piece by piece, by editing it."""
        answer = Answer(
            streamed=None,
            edited=lambda key: EditedPen(messages=self._messages, place=place, key=key),
            key=key,
            pace=_ANSWER_PACE,
            clock=self._clock,
        )
        try:
            yield answer
        except Exception:  # whatever it is: what was written so far does not stay open
            with suppress(ChatError):
                await answer.end()
            raise
        await answer.end()

    async def groups_of(self, person: PersonId) -> tuple[str, ...] | None:
        """The person's roles, and the servers they are in."""
        user = user_of(person)
        return await self._roles.of(user) if user else None

    async def name_of(self, person: PersonId) -> str:
        """How the person is called in Discord."""
        user = user_of(person)
        return (await self._names.person(user) if user else "") or user or person

    async def channel_name(self, place: Place) -> str:
        """`#api`; the bare id of a conversation without a name."""
        try:
            name = (await self._channels.channel(room_of(place) if is_direct(place) else place.channel)).name
        except ChatError:
            name = ""
        return f"#{name}" if name else place.channel

    async def _post(self, place: Place, card: Card, *, key: str, again: bool) -> Posted:
        """Post `card`, and behind it as a file what it has no room for: Discord folds files, and cards it does not."""
        posted = await self._messages.post(place, card, key=key, again=again)
        if (file := left_out(card)) is not None:
            # the card says that there is more, so it is no harm when the file does not come
            with suppress(ChatError):
                await self._uploads.upload(posted.place, file, key=f"{key}:rest" if key else "", again=again)
        return posted
