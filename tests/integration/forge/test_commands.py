"""More work on pull requests, and reviews, from a chat: who may, in which project, and once."""

from typing import Any

import pytest

from core.domain.forge_news import ChecksEnded, FailedCheck, ForgeReport, ReviewGiven
from core.domain.identity import Place
from core.domain.task import TaskState
from tests.integration.forge.conftest import SHOP
from tests.support.conversations import Room, texts
from tests.support.values import a_step, a_task

pytestmark = [pytest.mark.github, pytest.mark.slow]
SHOP_CHANNEL = Place(platform="slack", space="T1", channel="CSHOP")


async def offered(room: Room, **changes: Any) -> None:
    """T1 is done, and its pull request 45 is open."""
    facts: dict[str, Any] = {
        "state": TaskState.COMPLETED,
        "place": SHOP_CHANNEL,
        "branch": "task/T1",
        "base_branch": "main",
        "commit": "c1",
        "pull_request": "45",
        "pull_request_state": "open",
        "pull_request_commit": "c1",
        "workflow": room.program.data.workflows(SHOP)["build_only"],
    }
    task = a_task(**facts | changes)
    async with room.program.store.transaction() as uow:
        await uow.tasks.add(task)
        await uow.steps.add_all([a_step(task.id)])


async def red(room: Room, *, commit: str = "c1") -> None:
    """Its checks failed."""
    news = ChecksEnded(pull_request="45", commit=commit, failed=(FailedCheck(name="lint", log="too long"),))
    await room.program.orchestrator.hear(ForgeReport(key=f"red:{commit}", project=SHOP, news=news))


async def test_the_failed_checks_are_seen_to_once_however_often_it_comes(room: Room) -> None:
    await offered(room)
    await red(room)
    for _ in range(3):
        await room.types("alice", "address T1 checks", event="same")
    answer = await room.answer("alice")

    view = await room.task("T1", TaskState.QUEUED)
    assert "T1 goes on: the failed checks are seen to." in texts(answer)
    assert (view.task.life, view.task.follow_up and view.task.follow_up.why) == (2, "checks")
    assert [(row.act, row.detail) for row in await room.audit()][:1] == [("address", "checks")]


async def test_a_review_is_taken_up_with_what_was_said_besides(room: Room) -> None:
    await offered(room)
    news = ReviewGiven(pull_request="45", review="9", by="maria", verdict="changes_requested", text="Rename it.")
    await room.program.orchestrator.hear(ForgeReport(key="review:9", project=SHOP, news=news))
    await room.types("bob", "address T1 review but keep the old name too")

    task = (await room.task("T1", TaskState.QUEUED)).task
    assert task.follow_up is not None
    assert (task.follow_up.why, task.follow_up.text) == ("review", "but keep the old name too")
    assert task.follow_up.news == ("review:9",)


async def test_where_there_is_nothing_to_see_to_it_is_said(room: Room) -> None:
    await offered(room)
    await room.types("alice", "address T1 checks")
    await room.types("alice", "address T1 review")
    first, second = texts(await room.answer("alice")), texts(await room.answer("alice", 2))

    assert "No check of it failed" in first
    assert "No review of it asks for anything" in second
    assert (await room.task("T1")).task.state is TaskState.COMPLETED


async def test_who_may_only_look_begins_neither(room: Room) -> None:
    await offered(room)
    await red(room)
    await room.types("vera", "address T1 checks")
    await room.types("vera", "review PR #45")
    await room.answer("vera", 2)

    assert [view.task.id for view in await room.tasks()] == ["T1"]
    assert (await room.task("T1")).task.life == 1
    assert [(row.act, row.allowed) for row in await room.audit()] == [("address", False), ("review", False)]


async def test_a_review_begins_in_the_channels_project_and_changes_nothing(room: Room) -> None:
    await room.types("alice", "review PR #45 -- look at the locking")

    task = (await room.task("T1")).task
    assert task.reviews is not None
    assert (task.project, task.reviews.reference, task.workflow.name) == ("shop", "45", "code_review")
    assert "look at the locking" in task.request
    assert (await room.thread("T1")).channel == "CSHOP"


async def test_where_several_projects_could_be_meant_one_press_decides(room: Room) -> None:
    everywhere = room.place("COPEN")
    await room.types("alice", "can you review PR #45?", at=everywhere)
    card = await room.answer("alice")
    await room.presses("alice", "docs", card, at=everywhere)
    await room.presses("alice", "shop", card, at=everywhere)
    await room.settled()

    [view] = await room.tasks()
    assert (view.task.project, view.task.reviews and view.task.reviews.reference) == ("docs", "45")
