"""Where a task is talked about."""

from dataclasses import replace

import pytest

from core.domain.conversation import Binding
from core.domain.identity import PersonId, Place, ProjectName
from core.domain.notification import Happening, NotificationRules
from core.domain.task import TaskState
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import ALICE, C1, Office

pytestmark = pytest.mark.slack
ANN = PersonId("console:ann")
KEYBOARD = Place(platform="console")


@pytest.mark.parametrize("place", [None, KEYBOARD])
async def test_a_task_from_the_command_line_is_told_in_its_projects_first_channel(
    open_office: OpenOffice, place: Place | None
) -> None:
    office = open_office(channels=("slack:T1/C9", "memory:S1/C7", "memory:S1/C8"))
    await office.delivery.begin()
    await office.submit(1, place=place, requested_by=ANN)
    await office.ask()
    await office.deliver()
    assert office.message("T1:card").place == replace(C1, channel="C7")
    assert office.message("A1:card").place == office.message("T1:card").thread


async def test_a_channel_that_was_bound_in_the_chat_counts_too(open_office: OpenOffice) -> None:
    office = open_office()
    await office.delivery.begin()
    async with office.store.transaction() as uow:
        await uow.bindings.set(Binding(place=C1, project=ProjectName("shop"), by=ALICE, at=uow.now))
    await office.submit(1, place=None, requested_by=ANN)
    await office.deliver()
    assert office.message("T1:card").place == C1


async def test_a_task_from_the_command_line_without_a_channel_is_told_nowhere(open_office: OpenOffice) -> None:
    office = open_office()
    await office.delivery.begin()
    await office.submit(1, place=None, requested_by=ANN)
    await office.ask()
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.FAILED)
    await office.deliver()
    assert office.posted() == []


async def test_a_task_of_another_platform_is_told_there_alone(open_office: OpenOffice) -> None:
    office = open_office(channels=("memory:S1/C7",))
    await office.delivery.begin()
    await office.submit(1, place=Place(platform="telegram", channel="7"))
    await office.deliver()
    assert office.posted() == []


async def test_a_task_asked_for_in_a_thread_stays_in_it(open_office: OpenOffice) -> None:
    office = open_office()
    await office.delivery.begin()
    thread = replace(C1, thread="000077")
    await office.submit(1, place=thread)
    await office.ask()
    await office.deliver()
    assert [office.message(key).place for key in office.posted()] == [thread, thread]


async def test_a_new_platform_begins_now_and_old_tasks_get_their_card_when_something_happens(
    open_office: OpenOffice,
) -> None:
    office = open_office()
    await office.submit(1)
    await office.submit(2)
    await office.delivery.begin()
    await office.deliver()
    assert office.posted() == []
    await office.ask()
    await office.deliver()
    assert office.posted() == ["T1:card", "A1:card"]


async def test_the_channel_is_told_what_the_project_wishes_with_a_way_to_the_thread(open_office: OpenOffice) -> None:
    office = open_office(notify=NotificationRules(channel=frozenset(Happening)))
    await office.open()
    await office.move(TaskState.PLANNING)
    await office.ask()
    await office.deliver()
    await office.move(TaskState.FAILED, reason="The tests fail.")
    await office.deliver()
    news = ["T1:channel:1:started", "A1:channel", "T1:channel:1:failed"]
    assert [key for key in office.posted() if "channel" in key] == news
    for key in news:
        message = office.message(key)
        assert message.place == C1
        assert message.card is not None
    assert message.card.url == office.message("T1:card").url


async def test_what_happens_directly_is_told_directly(open_office: OpenOffice) -> None:
    office = open_office(notify=NotificationRules(direct=frozenset(Happening)))
    await office.open()
    await office.move(TaskState.PLANNING)
    await office.ask()
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.COMPLETED)
    await office.deliver()
    alone = [each.key for each in office.chat.board.messages.values() if each.to == ALICE]
    assert alone == [f"T1:started:1:{ALICE}", f"A1:direct:{ALICE}", f"T1:direct:1:{ALICE}"]


async def test_a_conversation_with_one_person_is_not_told_twice(open_office: OpenOffice) -> None:
    office: Office = open_office(notify=NotificationRules(direct=frozenset(Happening)))
    await office.delivery.begin()
    alone = office.chat.board.direct_place(ALICE)
    await office.submit(1, place=alone)
    await office.ask()
    await office.deliver()
    assert office.posted() == ["T1:card", "A1:card"]
