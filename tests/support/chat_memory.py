"""The stage of the chat that is in memory."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.chat.card import Card
from adapters.chat.errors import ChatUnavailableError, OutcomeUnknownError, RateLimitedError
from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    HomeOpened,
    Inbound,
    MessageReceived,
)
from adapters.chat.memory import MemoryChat
from adapters.chat.memory_values import ANYTHING, MemoryMessage
from adapters.chat.port import Capabilities, Posted
from core.domain.identity import Person, PersonId, Place
from tests.support.chat_stage import Running
from tests.support.clock import FakeClock

PLAIN = replace(ANYTHING, forms=False, whispers=False, streams=False, home=False, status=False)
"""What a simpler platform can do."""


class MemoryStage:
    """MemoryChat: its platform is its board, which outlives `run`."""

    def __init__(self, capabilities: Capabilities = ANYTHING) -> None:
        self._clock = FakeClock()
        self.adapter = MemoryChat(clock=self._clock, capabilities=capabilities)
        self.running = Running()
        self.alice = Person(id=PersonId("memory:S1/alice"), name="alice")
        self.bob = Person(id=PersonId("memory:S1/bob"), name="bob")
        self.channel = self.adapter.board.place("api")
        self._number = 0
        self._last: Inbound | None = None
        self._away: list[Inbound] | None = None

    async def start(self) -> None:
        self.adapter.board.names = {self.alice.id: "alice", self.bob.id: "bob"}
        await self.running.start(self.adapter)
        missed, self._away = self._away or [], None
        for inbound in missed:
            await self._happens(inbound)

    async def leave(self) -> None:
        await self.running.stop()

    async def writes(self, person: Person, place: Place, text: str) -> None:
        called = "@app" in text
        said = text.replace("@app", "").strip()
        number = self._next()
        await self._happens(
            MessageReceived(
                event_id=f"E{number}", person=person, place=place, text=said, message=f"M{number}", mentions_us=called
            )
        )

    async def writes_directly(self, person: Person, text: str) -> None:
        number, place = self._next(), self.adapter.board.direct_place(person.id)
        await self._happens(
            MessageReceived(
                event_id=f"E{number}", person=person, place=place, text=text, message=f"M{number}", direct=True
            )
        )

    async def commands(self, person: Person, place: Place, text: str) -> None:
        number = self._next()
        await self._happens(
            CommandReceived(event_id=f"E{number}", person=person, place=place, text=text, trigger=f"trigger-{number}")
        )

    async def presses(self, person: Person, posted: Posted, label: str) -> None:
        card = self.adapter.board.messages[posted.message].card
        assert card is not None
        token = next(action.token for action in card.actions if action.label == label)
        number = self._next()
        await self._happens(
            ButtonPressed(
                event_id=f"E{number}",
                person=person,
                place=posted.place,
                token=token,
                message=posted.message,
                trigger=f"trigger-{number}",
            )
        )

    async def submits(self, person: Person, values: Mapping[str, str]) -> None:
        form = self.adapter.board.forms.pop().form
        kept = {field.name: values.get(field.name, field.value) for field in form.fields}
        place = Place(platform="memory", space="S1")
        await self._happens(
            FormSubmitted(event_id=f"E{self._next()}", person=person, place=place, token=form.token, values=kept)
        )

    async def opens_home(self, person: Person) -> None:
        place = self.adapter.board.direct_place(person.id)
        await self._happens(HomeOpened(event_id=f"E{self._next()}", person=person, place=place))

    async def deletes(self, posted: Posted) -> None:
        self.adapter.board.delete(posted.message)

    async def repeats(self) -> None:
        assert self._last is not None
        await self._happens(self._last)

    def passes(self, seconds: float) -> None:
        self._clock.advance(seconds=seconds)

    async def loses_connection(self) -> None:
        await self.running.stop()
        self._away = []

    async def comes_back(self) -> None:
        await self.start()

    def slows_down(self, *, retry_after_s: int) -> None:
        self.adapter.faults.fail(RateLimitedError("Too much.", retry_after_s=retry_after_s))

    def breaks(self) -> None:
        self.adapter.faults.fail(ChatUnavailableError("Out of order."))

    def loses_answer(self, *, done: bool) -> None:
        self.adapter.faults.fail(OutcomeUnknownError("No answer."), done=done)

    def shuts_out(self, person: Person) -> None:
        self.adapter.board.closed.add(person.id)

    def stands(self, place: Place) -> list[str]:
        if place.thread:
            return [_read(each) for each in self.adapter.board.in_thread(place)]
        return [_read(each) for each in self._standing() if replace(each.place, thread="") == place]

    def read_directly(self, person: Person) -> list[str]:
        return self.stands(self.adapter.board.direct_place(person.id))

    def whispered(self, person: Person) -> list[str]:
        return [repr(each.card) for each in self.adapter.board.whispers if each.person == person.id]

    def home(self, person: Person) -> str:
        return repr(self.adapter.board.homes.get(person.id, ""))

    def form(self, person: Person) -> str:
        mine = [each.form.title for each in self.adapter.board.forms if each.person == person.id]
        return mine[-1] if mine else ""

    def _standing(self) -> list[MemoryMessage]:
        return [each for each in self.adapter.board.messages.values() if not each.deleted]

    async def _happens(self, inbound: Inbound) -> None:
        self._last = inbound
        if self._away is not None:
            self._away.append(inbound)
        else:
            await self.adapter.hear(inbound)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _read(message: MemoryMessage) -> str:
    if message.file is not None:
        return f"{message.file.name} {message.file.data.decode(errors='replace')} {message.file.alt}".rstrip()
    return _words(message.card) if message.card else message.text


def _words(card: Card) -> str:
    # line breaks as they are, not as repr shows them
    return repr(card).replace("\\n", "\n")
