"""The chat platform in memory keeps to the rules of a platform, and fails the way it is told to."""

import asyncio
from dataclasses import replace

import pytest

from adapters.chat.card import Card
from adapters.chat.errors import (
    FormExpiredError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from adapters.chat.file import File
from adapters.chat.form import Form, TextField
from adapters.chat.inbound import ButtonPressed, Inbound
from adapters.chat.memory import MemoryChat
from adapters.chat.memory_values import ANYTHING
from core.domain.identity import Person, PersonId
from tests.support.clock import FakeClock

pytestmark = pytest.mark.slack

ALICE = Person(id=PersonId("memory:S1/alice"), name="Alice")
CARD = Card(key="T1", title="T1 · fix it")
FORM = Form(token="f" * 22, title="Why not?", fields=(TextField(name="reason", label="Reason"),))


@pytest.fixture
def chat(clock: FakeClock) -> MemoryChat:
    return MemoryChat(clock=clock)


def pressed(chat: MemoryChat, event: str = "e1") -> ButtonPressed:
    place = chat.board.place("C1")
    return ButtonPressed(event_id=event, person=ALICE, place=place, token="t" * 22, trigger=f"trigger-{event}")


async def test_a_thread_grows_from_a_message_of_the_channel(chat: MemoryChat) -> None:
    first = await chat.post(chat.board.place("C1"), CARD, key="T1:card")
    answer = await chat.post(first.thread, CARD, key="A1:card")

    assert answer.thread == first.thread
    assert [each.key for each in chat.board.in_thread(first.thread)] == ["T1:card", "A1:card"]


async def test_a_second_attempt_finds_what_was_posted_though_the_answer_got_lost(chat: MemoryChat) -> None:
    chat.faults.fail(OutcomeUnknownError("no answer"), call="post", done=True)
    with pytest.raises(OutcomeUnknownError):
        await chat.post(chat.board.place("C1"), CARD, key="T1:card")

    found = await chat.post(chat.board.place("C1"), CARD, key="T1:card", again=True)

    assert [each.posted for each in chat.board.keyed("T1:card")] == [found]


async def test_a_fault_before_the_call_leaves_nothing_and_passes_after_its_times(chat: MemoryChat) -> None:
    chat.faults.fail(RateLimitedError("slow down", retry_after_s=3.0), call="post", times=2)
    for _ in range(2):
        with pytest.raises(RateLimitedError):
            await chat.post(chat.board.place("C1"), CARD, key="k")
    assert not chat.board.messages

    await chat.post(chat.board.place("C1"), CARD, key="k")

    assert len(chat.board.messages) == 1
    assert [call.name for call in chat.calls] == ["post"] * 3


async def test_a_hanging_call_ends_only_by_being_cancelled(chat: MemoryChat) -> None:
    chat.faults.hang(call="post", done=True)
    posting = asyncio.create_task(chat.post(chat.board.place("C1"), CARD, key="k"))
    await chat.faults.until_hanging()

    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting

    assert len(chat.board.keyed("k")) == 1


async def test_what_is_deleted_can_neither_be_changed_nor_answered(chat: MemoryChat) -> None:
    posted = await chat.post(chat.board.place("C1"), CARD, key="k")
    await chat.edit(posted, replace(CARD, title="new"))
    chat.board.delete(posted.message)

    with pytest.raises(MessageGoneError):
        await chat.edit(posted, CARD)
    with pytest.raises(MessageGoneError):
        await chat.post(posted.thread, CARD, key="answer")


async def test_closed_places_and_people_are_not_reachable(chat: MemoryChat) -> None:
    chat.board.closed |= {chat.board.place("C1"), ALICE.id}

    with pytest.raises(NotReachableError):
        await chat.post(chat.board.place("C1", "000001"), CARD, key="k")
    with pytest.raises(NotReachableError):
        await chat.direct(ALICE.id, CARD, key="k")


async def test_a_form_opens_once_and_soon_after_the_click(chat: MemoryChat, clock: FakeClock) -> None:
    async def heard(_: Inbound) -> None: ...

    running = asyncio.create_task(chat.run(heard, ready=lambda: None))
    await chat.hear(pressed(chat, "e1"))
    await chat.hear(pressed(chat, "e2"))
    await chat.ask("trigger-e1", FORM)
    clock.advance(seconds=4)

    for trigger in ("trigger-e1", "trigger-e2", "never seen", ""):
        with pytest.raises(FormExpiredError):
            await chat.ask(trigger, FORM)

    assert [(each.person, each.form) for each in chat.board.forms] == [(ALICE.id, FORM)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_comes_in_while_nobody_listens_is_handed_over_later_and_once(chat: MemoryChat) -> None:
    taken: list[str] = []

    async def heard(inbound: Inbound) -> None:
        taken.append(inbound.event_id)

    coming = asyncio.create_task(chat.hear(pressed(chat, "e1")))
    for _ in range(2):
        running = asyncio.create_task(chat.run(heard, ready=lambda: None))
        await coming
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert taken == ["e1"]


async def test_a_platform_without_something_refuses_it_and_whispers_alone(clock: FakeClock) -> None:
    chat = MemoryChat(clock=clock, capabilities=replace(ANYTHING, whispers=False, files=False, home=False))

    with pytest.raises(RejectedError):
        await chat.upload(chat.board.place("C1"), File(name="a.diff", data=b""), key="k")
    with pytest.raises(RejectedError):
        await chat.show_home(ALICE.id, [CARD])
    await chat.whisper(chat.board.place("C1"), ALICE.id, CARD)

    assert [each.to for each in chat.board.messages.values()] == [ALICE.id]


async def test_an_answer_grows_where_the_platform_streams_and_else_stands_at_the_end(clock: FakeClock) -> None:
    seen: dict[bool, list[str]] = {}
    for streams in (True, False):
        chat = MemoryChat(clock=clock, capabilities=replace(ANYTHING, streams=streams))
        texts = seen[streams] = []
        async with chat.stream(chat.board.place("C1"), ALICE.id, key="k") as stream:
            for piece in ("It ", "works."):
                await stream.write(piece)
                texts.append("".join(each.text for each in chat.board.messages.values()))
        texts.append("".join(each.text for each in chat.board.messages.values()))

    assert seen == {True: ["It ", "It works.", "It works."], False: ["", "", "It works."]}


async def test_a_test_can_wait_for_what_appears(chat: MemoryChat) -> None:
    waiting = asyncio.create_task(chat.until(lambda: chat.board.keyed("k")))
    await chat.post(chat.board.place("C1"), CARD, key="k")

    async with asyncio.timeout(90):
        assert [each.card for each in await waiting] == [CARD]
