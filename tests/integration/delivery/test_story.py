"""A task's story as it is delivered: the card, its thread, questions, the end."""

import pytest

from adapters.chat.card import Card
from core.domain.identity import task_id
from core.domain.task import TaskState
from tests.integration.delivery.office import ALICE, C1, Office

pytestmark = pytest.mark.slack


async def test_the_live_card_opens_the_tasks_thread(office: Office) -> None:
    await office.deliver()
    card = office.message("T1:card")
    assert card.place == C1
    async with office.store.reading() as uow:
        thread = await uow.threads.of(task_id(1))
        (posted,) = await uow.cards.of("T1")
    assert thread is not None
    assert (thread.place, thread.message, thread.url) == (card.thread, card.id, card.url)
    assert (posted.place, posted.message) == (C1, card.id)


async def test_a_question_stands_in_the_thread_and_loses_its_buttons_with_the_answer(office: Office) -> None:
    await office.ask()
    await office.deliver()
    asked = office.message("A1:card")
    assert asked.place == office.message("T1:card").thread
    assert asked.card is not None
    assert all(action.token for action in asked.card.actions)
    assert asked.card.mentions == (ALICE,)
    await office.decide()
    await office.deliver()
    assert office.status("A1:card") == "Approved by bob"
    assert _card(office, "A1:card").actions == ()


async def test_the_end_is_told_in_the_thread_and_on_the_card(office: Office) -> None:
    await office.move(TaskState.RUNNING)
    await office.deliver()
    await office.move(TaskState.COMPLETED)
    await office.deliver()
    assert office.posted() == ["T1:card", "T1:ended:1"]
    assert office.status("T1:card") == "Done"
    assert _card(office, "T1:ended:1").mentions == (ALICE,)


def _card(office: Office, key: str) -> Card:
    card = office.message(key).card
    assert card is not None
    return card
