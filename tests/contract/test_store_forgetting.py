"""What is old about conversations goes, and nothing that is still about open work, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from core.domain.approval import ApprovalState
from core.domain.conversation import Delivery, DeliveryState, Hearing, PostedCard
from core.domain.identity import PersonId, Place, task_id
from core.domain.task import TaskState
from core.engine.forgetting import HEARD_FOR, SAID_FOR, Forgotten, forget
from core.store import Store
from tests.support.clock import FakeClock
from tests.support.values import a_task, an_approval

pytestmark = pytest.mark.slack
ALICE = PersonId("slack:T0123/U1")
OPEN, ENDED = task_id(1), task_id(2)


@pytest.fixture
def make() -> Callable[[], str]:
    """Tokens t1, t2, …"""
    numbers = count(1)
    return lambda: f"t{next(numbers)}"


@pytest.fixture
async def house(store: Store) -> Store:
    """T1 is open and asks A1, T2 has ended and asked A2."""
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(1, state=TaskState.RUNNING))
        await uow.tasks.add(a_task(2, state=TaskState.COMPLETED))
        await uow.approvals.add(an_approval(1, OPEN, agent_run=None))
        await uow.approvals.add(an_approval(2, ENDED, agent_run=None))
    return store


async def send(store: Store, *keys: str, **changes: Any) -> None:
    async with store.transaction() as uow:
        for key in keys:
            made: dict[str, Any] = {"platform": "slack", "notice": {}, "settled_at": uow.now}
            made["state"] = DeliveryState.SENT
            await uow.deliveries.add(Delivery(key=key, made_at=uow.now, **made | changes))


async def sent(store: Store, *keys: str) -> list[str]:
    """Those of `keys` that are known still: a known one is not added again."""
    async with store.transaction() as uow:
        return [
            key
            for key in keys
            if not await uow.deliveries.add(Delivery(key=key, platform="x", notice={}, made_at=uow.now))
        ]


async def test_messages_about_ended_tasks_go_and_those_about_open_ones_stay(house: Store, clock: FakeClock) -> None:
    keys = (
        "T1:channel:1:started",
        "A1:card",
        "A1:direct:x",
        "T2:card",
        "T2:ended:1",
        "T2:direct:1:x",
        "A2:card",
        "event:1",
    )
    await send(house, *keys)
    await send(house, "gone", state=DeliveryState.DEAD)
    await send(house, "waits", state=DeliveryState.PENDING, settled_at=None)
    await send(house, "event:of T1", task=OPEN)
    clock.advance(seconds=(SAID_FOR + timedelta(hours=1)).total_seconds())
    await send(house, "A2:reminder:1")

    assert (await forget(house)).messages == 4
    stay = ["T1:channel:1:started", "A1:card", "A1:direct:x", "T2:card", "T2:ended:1", "waits", "event:of T1"]
    assert await sent(house, *stay, "A2:reminder:1") == [*stay, "A2:reminder:1"]
    assert await sent(house, "T2:direct:1:x", "A2:card", "event:1", "gone") == []


async def test_used_buttons_go_and_those_that_may_still_be_pressed_stay(
    house: Store, clock: FakeClock, make: Callable[[], str]
) -> None:
    tokens: dict[tuple[str, bool], str] = {}
    async with house.transaction() as uow:
        for subject in ("T1", "T1:ended:1", "A1", "T2", "T2:ended:1", "A2", "note", "form:x e1", "choose:e2"):
            for is_used in (True, False):
                made = await uow.action_tokens.for_command(subject, f"{is_used}", make=make)
                tokens[subject, is_used] = made.token
                if is_used:
                    await uow.action_tokens.use(made.token, ALICE)
    assert await forget(house) == Forgotten(hearings=0, buttons=0, messages=0, cards=0, values=0)
    clock.advance(seconds=(SAID_FOR + timedelta(hours=1)).total_seconds())
    await forget(house)

    async with house.reading() as uow:
        left = {name for name, token in tokens.items() if await uow.action_tokens.find(token) is not None}
    assert {subject for subject, is_used in left if is_used} == {"T1", "T1:ended:1", "A1"}
    assert {subject for subject, is_used in left if not is_used} == {
        *("T1", "T1:ended:1", "A1", "T2", "T2:ended:1", "A2", "note")
    }


async def test_how_long_what_was_said_is_known_can_be_chosen(house: Store, clock: FakeClock) -> None:
    await send(house, "event:1")
    clock.advance(hours=25)
    assert (await forget(house, said_for=timedelta(days=2))).messages == 0
    assert (await forget(house, said_for=timedelta(days=1))).messages == 1


async def test_buttons_and_cards_of_decided_questions_go_once_their_task_has_ended(
    house: Store, clock: FakeClock, make: Callable[[], str]
) -> None:
    keys = ("T1", "A1", "A3", "T2", "T2:ended:1", "A2", "A4")
    async with house.transaction() as uow:
        for number, task in ((3, OPEN), (4, ENDED)):
            await uow.approvals.add(an_approval(number, task, agent_run=None, state=ApprovalState.APPROVED))
        made = {key: await uow.action_tokens.for_command(key, "approve", make=make) for key in keys}
        for key in keys:
            await uow.cards.add(a_card(key, at=uow.now))
        await uow.cards.add(a_card("T2", at=uow.now, channel="C9", gone=True))
    clock.advance(seconds=(SAID_FOR + timedelta(hours=1)).total_seconds())

    done = await forget(house)
    assert (done.buttons, done.cards) == (1, 2)
    async with house.reading() as uow:
        assert [key for key in keys if await uow.action_tokens.find(made[key].token) is None] == ["A4"]
        assert [key for key in keys if not await uow.cards.of(key)] == ["A4"]
        assert [card.gone for card in await uow.cards.of("T2")] == [False]


def a_card(key: str, *, at: datetime, channel: str = "C1", gone: bool = False) -> PostedCard:
    place = Place(platform="slack", space="T0123", channel=channel)
    return PostedCard(key=key, place=place, message=f"{key}@{channel}", thread=place, posted_at=at, gone=gone)


async def test_what_was_heard_and_handled_goes_after_a_week(house: Store, clock: FakeClock) -> None:
    async with house.transaction() as uow:
        for event in ("done", "waits"):
            await uow.hearings.keep(Hearing(platform="slack", event_id=event, said={}, heard_at=uow.now))
        await uow.hearings.handled("slack", "done")
    clock.advance(seconds=(HEARD_FOR + timedelta(hours=1)).total_seconds())

    assert (await forget(house)).hearings == 1
    async with house.reading() as uow:
        assert [each.event_id for each in await uow.hearings.waiting("slack", 10)] == ["waits"]


async def test_tasks_of_which_one_name_begins_the_other_are_kept_apart(store: Store, clock: FakeClock) -> None:
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(1, state=TaskState.RUNNING))
        await uow.tasks.add(a_task(12, state=TaskState.FAILED))
    await send(store, "T12:direct:1:x")
    clock.advance(seconds=(SAID_FOR + timedelta(hours=1)).total_seconds())

    assert (await forget(store)).messages == 1
