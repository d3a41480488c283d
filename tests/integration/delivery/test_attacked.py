"""What is broken or closed for good must not stand in the way of everything else."""

from dataclasses import replace

import pytest

from adapters.chat.errors import NotReachableError
from bot.delivery.verdict import MOST_ATTEMPTS
from core.domain.conversation import Delivery, DeliveryState
from core.domain.identity import task_id
from core.domain.task import TaskState
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import C1, Office

pytestmark = pytest.mark.slack


async def put(office: Office, notice: dict[str, object], *, key: str) -> None:
    async with office.store.transaction() as uow:
        await uow.deliveries.add(
            Delivery(key=key, platform="memory", place=C1, notice=notice, task=task_id(1), made_at=uow.now)
        )


@pytest.mark.parametrize(
    "notice",
    [
        pytest.param({"type": "written_by_a_newer_version"}, id="unknown"),
        pytest.param({"type": "approval", "approval": "A99"}, id="about nothing"),
    ],
)
async def test_what_can_never_be_drawn_is_given_up_and_frees_its_lane(
    office: Office, notice: dict[str, object]
) -> None:
    await office.deliver()
    await put(office, notice, key="broken")
    await office.move(TaskState.FAILED, reason="no luck")
    await office.step()
    row = await office.row("broken")
    assert (row.state, row.attempts) == (DeliveryState.PENDING, 1)

    async with office.store.transaction() as uow:
        await uow.deliveries.save(replace(row, attempts=MOST_ATTEMPTS - 1))
    await office.deliver(most_steps=500)

    assert await office.is_dead("broken")
    assert "cannot be drawn" in (await office.row("broken")).error
    assert office.message("T1:ended:1").card is not None


async def test_a_card_in_a_channel_that_stays_closed_to_us_is_left_until_there_is_news(
    open_office: OpenOffice,
) -> None:
    office = open_office(limits={"most_closed": 3})
    await office.open()
    await office.deliver()
    office.chat.faults.fail(NotReachableError("is_archived"), call="edit", times=3)
    await office.move(TaskState.RUNNING)
    await office.deliver()
    assert office.calls("edit") == 3
    async with office.store.reading() as uow:
        assert await uow.cards.stale("memory", 10) == []

    await office.move(TaskState.COMPLETED)
    await office.deliver()
    assert office.status("T1:card") == "Done"


async def test_cards_that_cannot_be_drawn_do_not_take_the_room_of_those_that_can(
    open_office: OpenOffice,
) -> None:
    office = open_office(limits={"page": 1})
    await office.open()
    await office.submit(2, place=replace(C1, channel="C2"))
    await office.deliver()
    office.chat.faults.fail(NotReachableError("is_archived"), call="edit", times=3)
    await office.move(TaskState.RUNNING)
    for _ in range(3):
        await office.step()
        office.clock.advance(seconds=2)
    await office.move(TaskState.RUNNING, task=task_id(2))
    await office.step()
    await office.step()

    assert office.status("T2:card") == "Working"
