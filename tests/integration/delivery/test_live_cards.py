"""Cards that stand somewhere are kept true: the newest state, one edit at a time, at the platform's pace."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from adapters.chat.errors import RateLimitedError
from adapters.chat.memory import MemoryChat
from adapters.chat.memory_values import ANYTHING
from adapters.chat.port import Pace, Posted
from bot.delivery.drawing import WAITING, WORKING
from core.domain.event import AgentActed, TaskReopened
from core.domain.identity import approval_id, task_id
from core.domain.notification import Happening, NotificationRules
from core.domain.task import TaskState
from tests.integration.delivery.conftest import OpenOffice
from tests.integration.delivery.office import ALICE, C1, Office
from tests.support.clock import FakeClock
from tests.support.values import BUILD, FIRST_RUN

pytestmark = pytest.mark.slack
ACTED = AgentActed(agent_run=FIRST_RUN, step=BUILD, activity="Reads sum.py")
SLOW = Pace(post_interval_s=0.0, edit_interval_s=5.0, edits_per_minute=12)


async def test_many_changes_become_one_edit_that_shows_the_newest(office: Office) -> None:
    await office.deliver()
    for _ in range(20):
        await office.tell(ACTED)
    await office.move(TaskState.PLANNING)
    await office.move(TaskState.RUNNING)
    await office.deliver()
    assert (office.calls("edit"), office.status("T1:card")) == (1, "Working")


async def test_never_two_edits_of_one_card_are_under_way(office: Office) -> None:
    await office.deliver()
    office.chat.faults.hang(call="edit")
    await office.move(TaskState.PLANNING)
    await office.delivery.follower.catch_up()
    await office.delivery.coalescer.begin_due()
    await office.chat.faults.until_hanging()
    await office.move(TaskState.RUNNING)
    await office.delivery.follower.catch_up()
    office.clock.advance(minutes=10)
    await office.delivery.coalescer.begin_due()
    assert office.calls("edit") == 1
    await office.crash()
    await office.deliver()
    assert office.status("T1:card") == "Working"


async def test_a_change_while_the_card_is_being_posted_is_shown_afterwards(office: Office) -> None:
    office.chat.faults.hang(call="post", done=True)
    await office.delivery.follower.catch_up()
    await office.delivery.sender.begin_due()
    await office.chat.faults.until_hanging()
    await office.move(TaskState.RUNNING)
    await office.delivery.follower.catch_up()
    await office.crash()
    await office.deliver()
    assert office.status("T1:card") == "Working"


async def test_edits_keep_the_platforms_pace_and_the_end_arrives(open_office: OpenOffice) -> None:
    office = open_office(pace=SLOW)
    await office.open()
    await office.deliver()
    for second in range(60):
        if second % 2:
            await office.tell(ACTED)
        await office.step()
        office.clock.advance(seconds=1)
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.COMPLETED)
    await office.deliver()
    edits = [call.at.timestamp() for call in office.chat.calls if call.name == "edit"]
    assert all(later - earlier >= 5 for earlier, later in pairwise(edits))
    assert office.status("T1:card") == "Done"


async def test_what_people_wait_for_goes_before_progress(open_office: OpenOffice) -> None:
    office = open_office(pace=SLOW)
    await office.open()
    for number in range(2, 6):
        await office.submit(number)
    await office.deliver()
    office.clock.advance(minutes=5)
    for number in range(1, 5):
        await office.tell(ACTED, task=task_id(number))
    await office.move(TaskState.RUNNING, task=task_id(5))
    await office.move(TaskState.FAILED, task=task_id(5))
    await office.step()
    assert office.status("T5:card") == "Failed"
    first = next(call for call in office.chat.calls if call.name == "edit")
    assert first.message == office.message("T5:card").id


async def test_every_card_gets_its_turn(open_office: OpenOffice) -> None:
    office = open_office(pace=SLOW)
    await office.open()
    for number in range(2, 7):
        await office.submit(number)
    await office.deliver()
    for _ in range(90):
        for number in range(1, 7):
            await office.tell(ACTED, task=task_id(number))
        await office.step()
        office.clock.advance(seconds=1)
    edits = [office.message(f"T{number}:card").edits for number in range(1, 7)]
    assert min(edits) > 0
    assert max(edits) - min(edits) <= 1


async def test_a_decision_redraws_the_question_wherever_it_stands(open_office: OpenOffice) -> None:
    office = open_office(notify=NotificationRules(direct=frozenset({Happening.APPROVAL})))
    await office.open()
    await office.ask()
    await office.deliver()
    await office.decide()
    await office.deliver()
    keys = ("A1:card", f"A1:direct:{ALICE}")
    assert [office.status(key) for key in keys] == ["Approved by bob"] * 2
    for key in keys:
        card = office.message(key).card
        assert card is not None
        assert card.actions == ()


async def test_a_card_on_a_message_that_is_gone_is_left_alone(office: Office) -> None:
    await office.deliver()
    office.chat.board.delete(office.message("T1:card").id)
    await office.move(TaskState.RUNNING)
    await office.deliver()
    async with office.store.reading() as uow:
        (card,) = await uow.cards.of("T1")
    assert card.gone
    before = office.calls("edit")
    await office.tell(ACTED)
    await office.deliver()
    assert office.calls("edit") == before


async def test_being_told_to_wait_is_obeyed(office: Office) -> None:
    await office.deliver()
    office.chat.faults.fail(RateLimitedError("Slowly.", retry_after_s=30.0), call="edit")
    await office.move(TaskState.RUNNING)
    for _ in range(30):
        await office.step()
        office.clock.advance(seconds=1)
    assert office.calls("edit") == 1
    await office.step()
    assert office.status("T1:card") == "Working"


async def test_the_clock_of_a_running_task_moves_once_a_minute(office: Office) -> None:
    await office.move(TaskState.RUNNING)
    await office.deliver()
    before = office.calls("edit")
    for _ in range(180):
        await office.step()
        office.clock.advance(seconds=1)
    assert 2 <= office.calls("edit") - before <= 3


async def test_the_clock_of_a_task_that_waits_or_ended_stands_still(office: Office) -> None:
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.COMPLETED)
    await office.deliver()
    before = office.calls("edit")
    for _ in range(180):
        await office.step()
        office.clock.advance(seconds=1)
    assert office.calls("edit") == before


async def test_the_thread_itself_says_whether_work_goes_on(office: Office) -> None:
    await office.deliver()
    thread = office.message("T1:card").thread
    await office.move(TaskState.RUNNING)
    await office.deliver()
    assert office.chat.board.statuses[thread] == WORKING
    await office.ask()
    await office.move(TaskState.AWAITING_APPROVAL)
    await office.deliver()
    assert office.chat.board.statuses[thread] == WAITING
    await office.move(TaskState.CANCELLED)
    await office.decide()
    await office.deliver()
    assert office.chat.board.statuses[thread] == ""


async def test_a_thread_that_still_says_working_is_put_right_after_a_crash(office: Office) -> None:
    await office.move(TaskState.RUNNING)
    await office.deliver()
    await office.tell(ACTED)
    await office.deliver()
    thread = office.message("T1:card").thread
    assert office.chat.board.statuses[thread] == WORKING
    await office.move(TaskState.COMPLETED)
    await office.crash()
    await office.deliver()
    assert office.chat.board.statuses[thread] == ""


async def test_a_platform_without_a_status_or_edits_is_not_asked_for_them(open_office: OpenOffice) -> None:
    office = open_office(capabilities=replace(ANYTHING, status=False, edits=False))
    await office.open()
    await office.ask()
    await office.step()
    await office.move(TaskState.RUNNING)
    for _ in range(3):
        await office.step()
    assert office.posted() == ["T1:card", "A1:card"]
    assert (office.calls("edit"), office.calls("set_status")) == (0, 0)


async def test_the_buttons_of_a_card_stay_the_same_over_its_edits(office: Office) -> None:
    await office.move(TaskState.RUNNING)
    await office.deliver()
    tokens = await _tokens(office)
    await office.tell(ACTED)
    await office.deliver()
    assert await _tokens(office) == tokens


async def test_a_former_end_changes_when_the_task_is_begun_again(office: Office) -> None:
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.FAILED, reason="The tests fail.", failure="The tests fail.")
    await office.deliver()
    assert office.status("T1:ended:1") == "Failed"
    await office.tell(TaskReopened(life=2, step=BUILD, how="retry"))
    await office.move(TaskState.QUEUED, life=2, failure="", finished_at=None)
    await office.deliver()
    former = office.message("T1:ended:1").card
    assert former is not None
    assert (former.status, former.actions) == ("Failed", ())
    assert "begun again" in str(former.sections)
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.COMPLETED)
    await office.deliver()
    assert office.status("T1:ended:2") == "Done"


async def test_two_processes_die_and_live_while_a_hundred_changes_come(office: Office) -> None:
    await office.ask()
    for number in range(100):
        await office.tell(ACTED)
        if number % 7 == 0:
            await office.step()
        if number % 20 == 0:
            await office.crash()
    await office.decide(approval_id(1))
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.COMPLETED)
    await asyncio.sleep(0)
    await office.deliver()
    assert [office.status(key) for key in office.posted()] == ["Done", "Approved by bob", "Done"]
    assert office.message("T1:card").place == C1


async def _tokens(office: Office) -> list[str]:
    card = office.message("T1:card").card
    assert card is not None
    return [action.token for action in card.actions]


class SlowToAnswer(MemoryChat):
    """Posts at once, and says so only when the test lets it."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.may_answer = asyncio.Event()

    async def post(self, *given: object, **options: object) -> Posted:
        posted = await super().post(*given, **options)
        await self.may_answer.wait()
        return posted


async def test_news_told_between_the_post_and_its_record_is_shown(open_office: OpenOffice, clock: FakeClock) -> None:
    chat = SlowToAnswer(clock=clock)
    office = open_office(chat=chat)
    await office.open()
    await office.delivery.follower.catch_up()
    await office.delivery.sender.begin_due()
    await chat.until(lambda: office.messages("T1:card"))
    await office.move(TaskState.RUNNING)
    await office.delivery.follower.catch_up()
    chat.may_answer.set()
    await office.delivery.sender.settle()
    await office.deliver()
    assert office.status("T1:card") == "Working"
