"""A chat platform in memory, for tests and for trying out: all that a platform does, and every way it can fail."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from adapters.chat.card import Card
from adapters.chat.file import File
from adapters.chat.form import Form
from adapters.chat.inbound import ButtonPressed, CommandReceived, GivenFile, Inbound, MessagePicked
from adapters.chat.memory_board import Board
from adapters.chat.memory_faults import Faults
from adapters.chat.memory_values import ANYTHING, UNHURRIED, MemoryCall, MemoryMessage, Whisper
from adapters.chat.port import Capabilities, Heard, Pace, Posted, Stream
from core.domain.identity import PersonId, Place

T = TypeVar("T")


@dataclass(slots=True, kw_only=True, eq=False)
class _Incoming:
    inbound: Inbound
    taken: asyncio.Future[None]


class MemoryChat:
    """A ChatAdapter whose platform is its `board`, where a test reads what people would see.

    The board outlives `run`, as platforms do: a test that starts the program again goes on with the same MemoryChat.
    Every call gives other tasks a turn first, so that what can happen in between does happen.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        platform: str = "memory",
        space: str = "S1",
        capabilities: Capabilities = ANYTHING,
        pace: Pace = UNHURRIED,
    ) -> None:
        self.board = Board(clock=clock, platform=platform, space=space, capabilities=capabilities)
        self.faults = Faults()
        """What the next calls are to suffer."""
        self.calls: list[MemoryCall] = []
        """Every call, in the order in which they were made."""
        self._pace = pace
        self._clock = clock
        self._incoming: list[_Incoming] = []
        self._arrived = asyncio.Event()
        self._changed = asyncio.Event()

    @property
    def platform(self) -> str:
        return self.board.platform

    @property
    def capabilities(self) -> Capabilities:
        return self.board.capabilities

    @property
    def pace(self) -> Pace:
        return self._pace

    # what a test does

    async def hear(self, inbound: Inbound) -> None:
        """Let `inbound` come in; returns once the program has taken it. While nobody runs it waits, as platforms do."""
        match inbound:
            case CommandReceived() | MessagePicked() | ButtonPressed():
                self.board.trigger(inbound.trigger, inbound.person.id)
            case _:
                pass
        incoming = _Incoming(inbound=inbound, taken=asyncio.get_running_loop().create_future())
        self._incoming.append(incoming)
        self._arrived.set()
        await incoming.taken

    async def until(self, condition: Callable[[], T]) -> T:
        """What `condition` says as soon as that is true, asked again after every change; bound it with a timeout."""
        while not (found := condition()):
            self._changed.clear()
            await self._changed.wait()
        return found

    # the port

    async def run(self, heard: Heard, *, ready: Callable[[], None]) -> None:
        """Hand over what comes in, each in a task of its own, until cancelled; what was not taken comes again."""
        ready()
        under_way: set[_Incoming] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                self._arrived.clear()
                for incoming in [each for each in self._incoming if each not in under_way]:
                    under_way.add(incoming)
                    group.create_task(self._hand_over(incoming, heard), name="memory-hear")
                await self._arrived.wait()

    async def _hand_over(self, incoming: _Incoming, heard: Heard) -> None:
        await heard(incoming.inbound)
        self._incoming.remove(incoming)
        if not incoming.taken.done():
            incoming.taken.set_result(None)

    async def post(self, place: Place, card: Card, *, key: str, again: bool = False) -> Posted:
        """Post `card`; MessageGoneError when the thread's first message was deleted."""
        message = MemoryMessage(place=place, thread=place, card=card, key=key)
        return await self._call("post", lambda: self.board.post(message, again=again), place=place)

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of what was posted."""
        await self._call(
            "edit", lambda: self.board.edit(posted.message, card), place=posted.place, message=posted.message
        )

    async def direct(self, person: PersonId, card: Card, *, key: str, again: bool = False) -> Posted:
        """Send `card` to one person alone."""
        place = self.board.direct_place(person)
        message = MemoryMessage(place=place, thread=place, card=card, key=key)
        return await self._call("direct", lambda: self.board.direct(person, message, again=again), person=person)

    async def whisper(self, place: Place, person: PersonId, card: Card) -> None:
        """Show `card` to one person; without whispers it is written to them alone."""
        if self.capabilities.whispers:
            whisper = Whisper(place=place, person=person, card=card)
            await self._call("whisper", lambda: self.board.whisper(whisper), place=place, person=person)
        else:
            await self.direct(person, card, key="")

    async def upload(self, place: Place, file: File, *, key: str, again: bool = False) -> Posted:
        """Hand over a file."""
        self.board.needs(can=self.capabilities.files, what="take files")
        message = MemoryMessage(place=place, thread=place, file=file, key=key)
        return await self._call("upload", lambda: self.board.post(message, again=again), place=place)

    async def fetch(self, file: GivenFile, *, most_bytes: int) -> bytes:
        """A file a test has put on the board; MessageGoneError when it is not there."""
        self.board.needs(can=self.capabilities.form_files, what="ask for files")
        return await self._call("fetch", lambda: self.board.file(file.source, most_bytes=most_bytes))

    async def ask(self, trigger: str, form: Form) -> None:
        """Open `form`; FormExpiredError for a trigger that is used, unknown or older than three seconds."""
        self.board.needs(can=self.capabilities.forms, what="show forms")
        await self._call("ask", lambda: self.board.ask(trigger, form))

    async def show_home(self, person: PersonId, cards: Sequence[Card]) -> None:
        """Put `cards` on the person's page of ours."""
        self.board.needs(can=self.capabilities.home, what="show a page")
        await self._call("show_home", lambda: self.board.homes.update({person: tuple(cards)}), person=person)

    async def set_status(self, place: Place, text: str) -> None:
        """Say at the thread itself what goes on there."""
        self.board.needs(can=self.capabilities.status, what="show a status")
        await self._call("set_status", lambda: self.board.statuses.update({place: text}), place=place)

    async def acknowledge(self, place: Place, message: str) -> None:
        """Show that a message was taken."""
        await self._call("acknowledge", lambda: self.board.acknowledged.append((place, message)), place=place)

    @asynccontextmanager
    async def stream(self, place: Place, person: PersonId, *, key: str) -> AsyncGenerator[Stream]:
        """Write an answer piece by piece; it stands there from the first piece on where the platform streams."""
        stream = _MemoryStream(self, place, key)
        yield stream
        await stream.show()

    async def groups_of(self, person: PersonId) -> tuple[str, ...] | None:
        """The groups a test has put the person in, None when it said nothing of them."""
        return self.board.groups.get(person)

    async def name_of(self, person: PersonId) -> str:
        """The person's name, as the test has told it."""
        return await self._call("name_of", lambda: self.board.names.get(person, person.rpartition("/")[2]))

    async def channel_name(self, place: Place) -> str:
        """The channel's name, as the test has told it."""
        return await self._call(
            "channel_name", lambda: self.board.channel_names.get(place.channel, place.channel), place=place
        )

    async def shown(self, place: Place, text: str, *, key: str, message: str) -> str:
        """Let a streamed answer stand with `text`: in `message`, or in a new one for ''; the id of it."""
        if message:
            await self._call("stream", lambda: self.board.write(message, text), place=place, message=message)
            return message
        begun = MemoryMessage(place=place, thread=place, text=text, key=key)
        posted = await self._call("stream", lambda: self.board.post(begun, again=False), place=place)
        return posted.message

    async def _call(
        self,
        name: str,
        act: Callable[[], T],
        *,
        place: Place | None = None,
        person: PersonId | None = None,
        message: str = "",
    ) -> T:
        """Make one call: note it, do it, suffer what it is to suffer, and wake who waits for a change."""
        await asyncio.sleep(0)
        self.calls.append(MemoryCall(name=name, at=self._clock(), place=place, person=person, message=message))
        fault = self.faults.next(name)
        if fault is not None and not fault.done:
            await self.faults.suffer(fault)
        result = act()
        self._changed.set()
        if fault is not None:
            await self.faults.suffer(fault)
        return result


class _MemoryStream:
    def __init__(self, chat: MemoryChat, place: Place, key: str) -> None:
        self._chat, self._place, self._key = chat, place, key
        self._text = self._shown = self._message = ""

    async def write(self, markdown: str) -> None:
        self._text += markdown
        if self._chat.capabilities.streams:
            await self.show()

    async def show(self) -> None:
        if self._text != self._shown:
            self._message = await self._chat.shown(self._place, self._text, key=self._key, message=self._message)
            self._shown = self._text
