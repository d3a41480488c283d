"""A process that dies at any point loses nothing and says nothing twice."""

import asyncio

import pytest

from adapters.chat.errors import OutcomeUnknownError
from bot.delivery.follower import Follower
from bot.delivery.look import Look
from core.domain.identity import ProjectName, task_id
from core.domain.project import Project
from core.domain.task import TaskState
from tests.integration.delivery.office import Office

pytestmark = pytest.mark.slack
KEYS = ["T1:card", "A1:card"]


async def _dies_in_the_next_call(office: Office, call: str, *, done: bool) -> None:
    """The next call hangs, before or after it was carried out, and then the process dies."""
    office.chat.faults.hang(call=call, done=done)
    await office.delivery.follower.catch_up()
    await office.delivery.sender.begin_due()
    await office.delivery.coalescer.begin_due()
    async with asyncio.timeout(90):
        await office.chat.faults.until_hanging()
    await office.crash()


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
async def test_dying_around_the_post_of_the_card_posts_it_once(office: Office, *, done: bool) -> None:
    await _dies_in_the_next_call(office, "post", done=done)
    assert len(office.messages("T1:card")) == done
    await office.ask()
    await office.deliver()
    assert office.posted() == KEYS
    async with office.store.reading() as uow:
        assert await uow.threads.of(task_id(1)) is not None


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
async def test_dying_around_the_post_of_a_question_asks_it_once(office: Office, *, done: bool) -> None:
    await office.deliver()
    await office.ask()
    await _dies_in_the_next_call(office, "post", done=done)
    await office.deliver()
    assert office.posted() == KEYS
    await office.decide()
    await office.deliver()
    assert office.status("A1:card") == "Approved by bob"


async def test_a_defect_of_an_adapter_leaves_a_doubt_that_is_cleared(office: Office) -> None:
    office.chat.faults.fail(RuntimeError("a defect"), call="post", done=True)
    await office.step()
    assert (await office.row("T1:card")).unsure
    await office.deliver()
    assert office.posted() == ["T1:card"]


async def test_dying_after_it_was_written_down_says_nothing_again(office: Office) -> None:
    await office.ask()
    await office.deliver()
    await office.crash()
    await office.deliver()
    assert office.posted() == KEYS
    assert office.calls("post") == 2


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
async def test_dying_around_the_last_edit_shows_the_end_all_the_same(office: Office, *, done: bool) -> None:
    await office.move(TaskState.RUNNING)
    await office.deliver()
    await office.move(TaskState.FAILED, failure="The tests fail.")
    await _dies_in_the_next_call(office, "edit", done=done)
    await office.deliver()
    assert office.status("T1:card") == "Failed"


async def test_an_answer_that_got_lost_is_looked_for_and_not_said_again(office: Office) -> None:
    office.chat.faults.fail(OutcomeUnknownError("No answer."), call="post", done=True, times=1)
    await office.deliver()
    assert office.posted() == ["T1:card"]
    assert office.calls("post") == 2


async def test_what_happened_while_nobody_was_there_is_told_at_the_next_start(office: Office) -> None:
    await office.deliver()
    await office.close()
    await office.ask()
    await office.decide()
    await office.move(TaskState.RUNNING)
    await office.move(TaskState.COMPLETED)
    office.clock.advance(hours=3)
    await office.crash()
    await office.deliver()
    assert office.posted() == ["T1:card", "A1:card", "T1:ended:1"]
    assert [office.status(key) for key in office.posted()] == ["Done", "Approved by bob", "Done"]


async def test_a_follower_that_dies_before_its_commit_tells_everything_again_once(office: Office) -> None:
    def dies(_: ProjectName) -> Project:
        # what ends a process is no defect of an entry
        raise asyncio.CancelledError("the process dies here")

    look = Look(platform="memory", capabilities=office.chat.capabilities, project=dies)
    with pytest.raises(asyncio.CancelledError):
        await Follower(office.store, look, moved=lambda _: None).catch_up()
    assert await office.waiting() == []
    await office.deliver()
    assert office.posted() == ["T1:card"]
