"""Slack as a chat: what happens there comes in, cards go out, in Socket Mode or by HTTP."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from adapters.chat.answer import Answer
from adapters.chat.card import Card
from adapters.chat.errors import ChatError, NotReachableError, RejectedError
from adapters.chat.file import File
from adapters.chat.form import Form
from adapters.chat.inbound import GivenFile
from adapters.chat.payload import Payload
from adapters.chat.pens import EditedPen
from adapters.chat.port import Capabilities, Heard, Pace, Posted, Stream
from adapters.chat.turns import Turns
from adapters.slack.calls import Calls
from adapters.slack.elsewhere import brought_home
from adapters.slack.identity import check, recognised_at_last
from adapters.slack.ids import PLATFORM, team_and_user
from adapters.slack.messages import Messages
from adapters.slack.names import Names
from adapters.slack.parse import Us, names_needed, parse
from adapters.slack.pens import PACE as ANSWER_PACE
from adapters.slack.pens import StreamedPen
from adapters.slack.reception import Reception
from adapters.slack.server import serve
from adapters.slack.settings import SlackSettings
from adapters.slack.socket_mode import SocketMode
from adapters.slack.status import Status
from adapters.slack.uploads import Uploads
from adapters.slack.views import home, modal
from core.domain.identity import PersonId, Place

_TAKEN = "eyes"
"""The reaction that says: seen, no answer needed."""
# about one message a second in a channel (page: rate-limits); chat.update is tier 3, fifty a minute and workspace
_PACE = Pace(post_interval_s=1.0, edit_interval_s=1.5, edits_per_minute=50)


class SlackAdapter:
    """A ChatAdapter for one installed Slack app. `clock` counts seconds and never goes back."""

    def __init__(self, settings: SlackSettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._calls = Calls(settings)
        self._messages = Messages(self._calls, clock=clock)
        self._uploads = Uploads(self._calls, self._messages)
        self._status = Status(self._calls, clock=clock)
        self._names = Names(self._calls, clock=clock)
        self._turns = Turns()
        self.us: Us | None = None
        """Who we are, once Slack has said so."""
        self.port: int | None = None
        """Where HTTP mode listens, once it does."""

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            edits=True, buttons=True, forms=True, threads=True, direct=True, whispers=True, files=True, streams=True,
            home=True, status=self._status.possible,
        )  # fmt: skip

    @property
    def pace(self) -> Pace:
        return _PACE

    async def run(self, heard: Heard, *, ready: Callable[[], None]) -> None:
        """Stay connected and hand over what comes in, until cancelled. ConfigurationError when Slack says no for good,
        AddressUnavailableError when HTTP mode cannot listen.
        """
        check(self._settings)
        told = False

        def stands() -> None:
            nonlocal told
            if not told:
                told = True
                ready()

        async with self._calls.connected() as session:
            us = await recognised_at_last(self._calls)
            self.us, self._messages.url = us, us.url
            reception = Reception(self._settings, us=us, take=lambda payload: self._take(payload, us, heard))
            try:
                if self._settings.mode == "http":
                    await serve(
                        reception,
                        host=self._settings.host,
                        port=self._settings.port,
                        ready=lambda port: self._listens(port, stands),
                    )
                else:
                    socket = SocketMode(self._calls, session, reception, ping_every_s=self._settings.ping_every_s)
                    await socket.run(ready=stands)
            finally:
                await reception.close()

    async def post(self, place: Place, card: Card, *, key: str, again: bool = False) -> Posted:
        """Post `card` in `place`."""
        return await self._messages.post(place, card, key=key, again=again)

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of what was posted."""
        await self._messages.edit(posted, card)

    async def direct(self, person: PersonId, card: Card, *, key: str, again: bool = False) -> Posted:
        """Send `card` to one person alone."""
        place = await self._messages.direct_place(person, self._space(person))
        try:
            return await self._messages.post(place, card, key=key, again=again)
        except NotReachableError as error:
            if error.code == "channel_not_found":
                self._messages.forget(person)
            raise

    async def whisper(self, place: Place, person: PersonId, card: Card) -> None:
        """Show `card` to one person only."""
        await self._messages.whisper(place, person, card)

    async def upload(self, place: Place, file: File, *, key: str, again: bool = False) -> Posted:
        """Hand over a file; `key` cannot be noted on it, so with `again` the same file in the same place counts."""
        return await self._uploads.upload(place, file, again=again)

    async def fetch(self, file: GivenFile, *, most_bytes: int) -> bytes:
        """RejectedError: forms in Slack ask for no files."""
        raise RejectedError("Forms in Slack ask for no files.", code="not_supported")

    async def ask(self, trigger: str, form: Form) -> None:
        """Open `form` for whoever made `trigger`, within three seconds of it."""
        await self._calls.call("views.open", trigger_id=trigger, view=modal(form))

    async def show_home(self, person: PersonId, cards: Sequence[Card]) -> None:
        """Put `cards` on the person's page of ours."""
        _, user = team_and_user(person)
        await self._calls.call("views.publish", repeatable=True, user_id=user, view=home(cards))

    async def set_status(self, place: Place, text: str) -> None:
        """Say at the thread itself what goes on there, where the workspace has that."""
        await self._status.show(place, text)

    async def acknowledge(self, place: Place, message: str) -> None:
        """Put a pair of eyes under the message."""
        try:
            await self._calls.call(
                "reactions.add", repeatable=True, channel=place.channel, timestamp=message, name=_TAKEN
            )
        except RejectedError as error:
            if error.code != "already_reacted":
                raise

    @asynccontextmanager
    async def stream(self, place: Place, person: PersonId, *, key: str) -> AsyncGenerator[Stream]:
        """Write an answer piece by piece."""
        calls, messages, recipient = self._calls, self._messages, team_and_user(person)
        answer = Answer(
            # Slack streams answers only: in a thread, to somebody
            streamed=(
                lambda key: StreamedPen(calls=calls, messages=messages, place=place, recipient=recipient, key=key)
            )
            if place.thread and recipient[1]
            else None,
            edited=lambda key: EditedPen(messages=messages, place=place, key=key),
            key=key,
            pace=ANSWER_PACE,
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
        """None: settings name no groups of Slack."""
        return None

    async def name_of(self, person: PersonId) -> str:
        """How the person is called in Slack."""
        _, user = team_and_user(person)
        return (await self._names.person(user) if user else "") or user or person

    async def channel_name(self, place: Place) -> str:
        """`#api`; the bare id of a conversation without a name."""
        name = await self._names.channel(place.channel)
        return f"#{name}" if name else place.channel

    def _space(self, person: PersonId) -> str:
        team, _ = team_and_user(person)
        return self.us.space(team) if self.us is not None else team

    def _listens(self, port: int, stands: Callable[[], None]) -> None:
        self.port = port
        stands()

    async def _take(self, payload: Payload, us: Us, heard: Heard) -> None:
        """Hand over what a payload says; names that do not come in time are ids."""
        nameless = parse(payload, us, name_of=self._names.known)
        if nameless is None:
            return
        self._messages.note_press(payload)
        async with self._turns.turn((nameless.person.id, nameless.place)):
            people, channels = names_needed(payload)
            await self._names.learn(people - {us.user}, channels, within_s=self._settings.name_timeout_s)
            inbound = parse(payload, us, name_of=self._names.known)
            if inbound is not None:
                within_s = self._settings.name_timeout_s
                await heard(await brought_home(inbound, self._messages, within_s=within_s))
