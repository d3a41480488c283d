"""Telegram as a chat: what happens there comes in, cards go out, by long polling or by a webhook."""

import time
import zlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import count

from adapters.chat.answer import Answer
from adapters.chat.card import Card
from adapters.chat.errors import ChatError, NotReachableError, RejectedError
from adapters.chat.file import File
from adapters.chat.form import Form
from adapters.chat.inbound import GivenFile
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.owned import OwnedTasks
from adapters.chat.payload import Payload
from adapters.chat.pens import EditedPen
from adapters.chat.port import Capabilities, Heard, Pace, Posted, Stream
from adapters.telegram.calls import Calls
from adapters.telegram.chats import Chats
from adapters.telegram.drafts import ALONE, IN_GROUPS, DraftPen
from adapters.telegram.forms import Forms
from adapters.telegram.hearing import Hearing
from adapters.telegram.identity import check, recognised_at_last
from adapters.telegram.ids import PLATFORM, channel_of, chat_of, user_of
from adapters.telegram.ids import place as telegram_place
from adapters.telegram.journal import Journal
from adapters.telegram.lost import Lost
from adapters.telegram.menu import SHORT, MenuEntry, offer
from adapters.telegram.messages import Messages
from adapters.telegram.names import Names
from adapters.telegram.polling import Polling
from adapters.telegram.posting import Posting
from adapters.telegram.presses import Presses
from adapters.telegram.pressing import Pressing
from adapters.telegram.questions import Questions
from adapters.telegram.rich_messages import RichMessages
from adapters.telegram.sending import Sending
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.threads import Threads
from adapters.telegram.topics import Topics
from adapters.telegram.triggers import Triggers
from adapters.telegram.us import Us
from adapters.telegram.webhook import serve
from adapters.telegram.where import Where
from adapters.telegram.whispers import Whispers
from adapters.telegram.writing import Writing
from core.domain.identity import PersonId, Place

_TAKEN = "👀"
"""The reaction that says: seen, no answer needed. One of those that bots may give (ReactionTypeEmoji)."""
# about one message a second in a chat, 20 a minute in a group, edits too (core.telegram.org/bots/faq); a little of it
# is left for what the adapter says by itself: questions of forms, buttons that ask back
PACE = Pace(post_interval_s=1.0, edit_interval_s=2.0, per_minute_in_group=18)


class TelegramAdapter:
    """A ChatAdapter for one bot. `values` outlives the process, and `mask` hides secrets in what people put into it;
    `clock` counts seconds and never goes back.
    """

    def __init__(
        self,
        settings: TelegramSettings,
        *,
        values: KeyValueStore,
        menu: Sequence[MenuEntry] = SHORT,
        mask: Callable[[str], str] = str,
        pace: Pace = PACE,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._menu = menu
        self._pace = pace
        self._clock = clock
        self._calls = calls = Calls(settings)
        self._chats = chats = Chats(values)
        lost = Lost(values)
        self._sending = sending = Sending(calls, chats, lost)
        self._names = names = Names(calls, clock=clock)
        self._triggers = triggers = Triggers(clock=clock)
        self._presses = presses = Presses(calls, within_s=settings.answer_press_s)
        self._topics = topics = Topics(sending, clock=clock)
        threads, journal, questions = Threads(values), Journal(values), Questions(clock=clock)
        posting = Posting(sending=sending, chats=chats, threads=threads, lost=lost)
        self._messages = messages = Messages(
            sending=sending, chats=chats, topics=topics, journal=journal, questions=questions, names=names,
            posting=posting, rich=RichMessages(posting=posting, journal=journal, clock=clock),
        )  # fmt: skip
        self._whispers = whispers = Whispers(
            presses=presses, messages=messages, sending=sending, names=names, values=values
        )
        self._forms = forms = Forms(
            sending=sending, chats=chats, threads=threads, triggers=triggers, values=values,
            mask=mask, now_s=lambda: now().timestamp(),
        )  # fmt: skip
        where = Where(chats=chats, threads=threads, topics=topics, names=names)
        pressing = Pressing(
            where=where, sending=sending, presses=presses, questions=questions, journal=journal, triggers=triggers,
            forms=forms, names=names,
        )  # fmt: skip
        writing = Writing(
            where=where, sending=sending, chats=chats, threads=threads, triggers=triggers, forms=forms,
            whispers=whispers, names=names, lost=lost, values=values,
        )  # fmt: skip
        self._hearing = Hearing(presses=presses, pressing=pressing, writing=writing)
        self.us: Us | None = None
        """Who we are, once Telegram has said so."""
        self.port: int | None = None
        """Where webhook mode listens, once it does."""

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            edits=True, buttons=True, forms=True, threads=True, direct=True, whispers=False, files=True, streams=True
        )

    @property
    def pace(self) -> Pace:
        return self._pace

    async def run(self, heard: Heard, *, ready: Callable[[], None]) -> None:
        """Stay connected and hand over what comes in, until cancelled. ConfigurationError when Telegram says no for
        good, AddressUnavailableError when webhook mode cannot listen.
        """
        check(self._settings)
        told = False

        def stands(port: int | None = None) -> None:
            nonlocal told
            self.port = port
            if not told:
                told = True
                ready()

        async with self._calls.connected():
            self.us = us = await recognised_at_last(self._calls)
            self._topics.in_private = us.has_topics
            tasks = OwnedTasks()
            tasks.start(offer(self._calls, self._menu), name="telegram-menu")

            async def take(update: Payload) -> None:
                await self._hearing.take(update, us, heard)

            try:
                if self._settings.mode == "webhook":
                    await serve(self._calls, self._settings, take=take, ready=stands)
                else:
                    await Polling(self._calls, take=take, settings=self._settings).run(ready=stands)
            finally:
                await tasks.close(within_s=0)
                await self._presses.close()

    async def post(self, place: Place, card: Card, *, key: str, again: bool = False) -> Posted:
        """Post `card` in `place`; a task's card gets a topic of its own where we may make one."""
        return await self._messages.post(place, card, key=key, again=again)

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of what was posted."""
        await self._messages.edit(posted, card)

    async def direct(self, person: PersonId, card: Card, *, key: str, again: bool = False) -> Posted:
        """Send `card` to one person alone, who must have pressed Start once."""
        user = user_of(person)
        if not user:
            raise NotReachableError(f"{person} is not in Telegram.")
        try:
            return await self._messages.post(telegram_place(channel_of(user)), card, key=key, again=again)
        except NotReachableError as error:
            raise NotReachableError(
                error.message, code=error.code, hint=f"Open {self._start_link() or 'the bot'} and press Start."
            ) from error

    async def whisper(self, place: Place, person: PersonId, card: Card) -> None:
        """Show `card` to one person only: as the answer to what they pressed just now, else alone."""
        await self._whispers.show(place, person, card, start=self._start_link())

    async def upload(self, place: Place, file: File, *, key: str, again: bool = False) -> Posted:
        """Hand over a file."""
        return await self._messages.upload(place, file, key=key, again=again)

    async def fetch(self, file: GivenFile, *, most_bytes: int) -> bytes:
        """RejectedError: forms in Telegram ask for no files."""
        raise RejectedError("Forms in Telegram ask for no files.", code="not_supported")

    async def ask(self, trigger: str, form: Form) -> None:
        """Ask the fields of `form` one by one of whoever made `trigger`."""
        await self._forms.ask(trigger, form)

    async def show_home(self, person: PersonId, cards: Sequence[Card]) -> None:
        """Telegram has no such page."""
        raise RejectedError("Telegram has no page of ours.", code="not_supported")

    async def set_status(self, place: Place, text: str) -> None:
        """Telegram's threads say nothing by themselves."""
        raise RejectedError("Telegram shows no status.", code="not_supported")

    async def acknowledge(self, place: Place, message: str) -> None:
        """Put a pair of eyes under the message."""
        reaction = [{"type": "emoji", "emoji": _TAKEN}]
        await self._sending.to(place, "setMessageReaction", repeatable=True, message_id=int(message), reaction=reaction)

    @asynccontextmanager
    async def stream(self, place: Place, person: PersonId, *, key: str) -> AsyncGenerator[Stream]:
        """Write an answer piece by piece."""
        answer = self._answer(place, key)
        try:
            yield answer
        except Exception:  # whatever it is: what was written so far does not stay open
            with suppress(ChatError):
                await answer.end()
            raise
        await answer.end()

    async def groups_of(self, person: PersonId) -> tuple[str, ...] | None:
        """None: settings name no groups of Telegram."""
        return None

    async def name_of(self, person: PersonId) -> str:
        """How the person is called in Telegram."""
        user = user_of(person)
        return (await self._names.of(user) if user else "") or (str(user) if user else person)

    async def channel_name(self, place: Place) -> str:
        """The group's title; the bare id of a chat without one."""
        chat = await self._chats.chat(place.channel)
        return (await self._names.of(chat) if chat_of(place.channel) < 0 else "") or place.channel

    def _answer(self, place: Place, key: str) -> Answer:
        alone = chat_of(place.channel) > 0
        numbers = count(zlib.crc32(key.encode()) or 1)
        sending, messages = self._sending, self._messages
        return Answer(
            streamed=(
                lambda key: DraftPen(sending=sending, messages=messages, place=place, key=key, number=next(numbers))
            )
            if alone
            else None,
            edited=lambda key: EditedPen(messages=messages, place=place, key=key),
            key=key,
            pace=ALONE if alone else IN_GROUPS,
            clock=self._clock,
        )

    def _start_link(self) -> str:
        """Where people press Start; '' while nobody knows."""
        return f"https://t.me/{self.us.username}?start=alerts" if self.us and self.us.username else ""
