"""Whatever comes in, in whatever order: the loop lives, nothing is done twice, no event gets two answers."""

import asyncio
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.chat.errors import (
    ChatError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    HomeOpened,
    Inbound,
    MessagePicked,
    MessageReceived,
    StopPressed,
)
from bot.tokens import pressable
from core.domain.errors import NotFoundError
from core.domain.identity import Person, Place
from tests.support.conversations import PATIENCE_S, Room, person, texts

pytestmark = [pytest.mark.slack, pytest.mark.slow]

EVENTS = count(1)
PLACES = [
    Place(platform="slack", space=space, channel=channel, thread=thread)
    for space, channel, thread in (
        *(("T1", "CSHOP", ""), ("T1", "CSHOP", "000001"), ("T1", "COPEN", ""), ("T1", "COTHER", "x")),
        *(("T1", "D-UALICE", ""), ("T1", "", ""), ("T2", "CSHOP", "")),
    )
]
WORDS = st.sampled_from(
    [
        *("", " ", "fix the sum", "status", "help", "cancel T1", "pause T1", "resume T1", "retry T1", "approve A1"),
        *("deny A1 no", "answer A1 x", "tasks", "costs week", "whoami", "steer T1 hello", "fork T1 --at build"),
        *("project list", "project use shop", "template list", "diff T1", "logs T1", "compare T1 T2", "new", "quit"),
        *("why?", "how is T1?", "keep T1", "priority T1 high", "rewind T1 build", "notify off", "estimate fix it"),
        *("task T99", "agent T1.9", "--project docs fix it", "fix it --template nope", "budget", "schedule", "agents"),
    ]
) | st.text(max_size=40)
PEOPLE = st.sampled_from(["alice", "bob", "vera", "mallory", "ada", "root"]).map(person)
FAULTS = st.none() | st.sampled_from(
    [
        NotReachableError("closed"),
        RateLimitedError("slow down", retry_after_s=0.0),
        OutcomeUnknownError("no answer"),
        MessageGoneError("gone"),
        RejectedError("malformed"),
        ChatError("something else"),
    ]
)
KINDS = (CommandReceived, MessageReceived, MessagePicked, ButtonPressed, FormSubmitted, HomeOpened, StopPressed)


@dataclass(frozen=True, kw_only=True)
class Doing:
    """What somebody does; which button is meant is known when it happens."""

    kind: type[Inbound]
    who: Person
    place: Place
    text: str
    verb: str
    number: int
    flag: bool

    def made(self, event: str, tokens: list[str]) -> Inbound:
        common: dict[str, Any] = {"event_id": event, "person": self.who, "place": self.place}
        token = tokens[self.number % len(tokens)] if tokens else "unknown"
        trigger = event if self.flag else ""
        values = dict.fromkeys(("request", "reason", "answer1"), self.text)
        own: dict[type[Inbound], dict[str, Any]] = {
            CommandReceived: {"text": self.text, "verb": self.verb, "trigger": trigger},
            MessageReceived: {
                **{"text": self.text, "message": "m", "mentions_us": self.flag},
                "direct": self.place.channel.startswith("D"),
            },
            MessagePicked: {"text": self.text, "message": "m", "trigger": trigger},
            ButtonPressed: {"token": token, "message": "m" if self.flag else "", "trigger": trigger},
            FormSubmitted: {"token": token, "values": values},
        }
        return self.kind(**common, **own.get(self.kind, {}))


DOINGS = st.builds(
    Doing,
    kind=st.sampled_from(KINDS),
    who=PEOPLE,
    place=st.sampled_from(PLACES),
    text=WORDS,
    verb=st.sampled_from(["", "", "", "approve", "status", "nonsense"]),
    number=st.integers(0, 50),
    flag=st.booleans(),
)


def tokens_of(room: Room) -> list[str]:
    """Everything that anybody could press or send by now."""
    board = room.chat.board
    cards = [each.card for each in board.whispers] + [each.card for each in room.messages() if each.card is not None]
    cards += [card for page in board.homes.values() for card in page]
    return [each.token for card in cards for each in pressable(card)] + [each.form.token for each in board.forms]


async def answers_to(room: Room, event: str) -> int:
    """How many answers stand in the outbox for this event."""
    async with room.program.store.reading() as uow:
        try:
            await uow.deliveries.get(f"event:slack:{event}")
        except NotFoundError:
            return 0
    return 1


def shown(room: Room) -> int:
    """How many things were shown to people beside the outbox."""
    board = room.chat.board
    return len(board.whispers) + len(board.forms) + sum(each.file is not None for each in room.messages())


@given(steps=st.lists(st.tuples(DOINGS, FAULTS, st.integers(1, 3)), min_size=3, max_size=12))
@settings(
    # shrinking repeats what has changed the room already
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_loop_lives_and_every_event_gets_one_answer_at_most(room: Room, steps: list[Any]) -> None:
    # one room for all examples: what earlier ones left is part of the test
    for doing, fault, times in steps:
        event = f"e{next(EVENTS)}"
        said = doing.made(event, tokens_of(room))
        before = shown(room)
        if fault is not None:
            room.chat.faults.fail(fault, call="whisper", done=isinstance(fault, OutcomeUnknownError))
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(room.chat.hear(said) for _ in range(times)))
        await room.settled()
        room.chat.faults.clear()

        assert shown(room) - before + await answers_to(room, event) <= 1, said
    everything = [each.card for each in room.chat.board.whispers] + [each.card for each in room.messages()]
    assert not [card for card in everything if card is not None and "went wrong" in card.title]

    def told() -> int:
        return sum("You are ada" in texts(card) for card in room.answers("ada"))

    before = told()
    await room.types("ada", "whoami", event=f"e{next(EVENTS)}")
    await room.until(lambda: told() > before)
