"""What happens to a task's pull request stands in its thread once, and its buttons only while they make sense."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.event import Event, TaskReopened
from core.domain.forge_event import ChecksReported, PullRequestClosed, ReviewReported, WorkspaceCleaned
from core.domain.forge_news import ChecksEnded, FailedCheck, HeardNews
from core.domain.task import TaskState
from tests.integration.delivery.office import ALICE, BOB, Office
from tests.support.values import BUILD, T1, a_task

pytestmark = pytest.mark.github
OFFERED: dict[str, Any] = {"pull_request": "45", "pull_request_state": "open", "branch": "task/T1", "commit": "c1"}


def red(news: str = "") -> ChecksReported:
    return ChecksReported(pull_request="45", commit="c1", failed=("lint",), news=news)


async def news_cards(office: Office) -> list[tuple[str, list[str]]]:
    """Status and buttons of every card about the pull request, oldest first."""
    keys = [key for key in office.posted() if ":forge:" in key]
    cards = [office.message(key).card for key in keys]
    return [(card.status, [action.command for action in card.actions]) for card in cards if card is not None]


async def heard(office: Office, *events: Event) -> None:
    """It happens, and is delivered."""
    for event in events:
        await office.tell(event)
    await office.deliver()


@pytest.fixture
async def offered(office: Office) -> Office:
    """T1 is done, and its pull request is open."""
    await office.move(TaskState.COMPLETED, **OFFERED)
    await office.deliver()
    return office


async def test_failed_checks_are_told_in_the_thread_with_their_log_and_call_who_asked(offered: Office) -> None:
    news = ChecksEnded(pull_request="45", commit="c1", failed=(FailedCheck(name="lint", log="E501 too long"),))
    async with offered.store.transaction() as uow:
        await uow.forge_news.keep(HeardNews(key="n1", project=a_task().project, task=T1, news=news, at=uow.now))
    await heard(offered, red("n1"))

    (key,) = [key for key in offered.posted() if ":forge:" in key]
    message = offered.message(key)
    assert message.card is not None
    assert message.card.mentions == (ALICE,)
    assert "E501 too long" in str(message.card.sections)
    assert message.place == offered.message("T1:ended:1").place


async def test_a_newer_failure_takes_the_button_over(offered: Office) -> None:
    await heard(offered, red())
    await heard(offered, red())

    assert await news_cards(offered) == [("Checks failed", []), ("Checks failed", ["address T1 checks"])]


async def test_once_somebody_asked_for_it_the_button_is_gone_and_the_card_says_who(offered: Office) -> None:
    await heard(offered, red(), ReviewReported(pull_request="45", by="maria", verdict="changes_requested", remarks=1))
    await offered.move(TaskState.RUNNING)
    await heard(offered, TaskReopened(life=2, step=BUILD, how="follow_up", by=BOB))

    assert await news_cards(offered) == [("Checks failed", []), ("Changes asked for", [])]
    assert "bob asked for it" in str([message.card for message in offered.chat.board.messages.values()])


async def test_what_comes_while_work_goes_on_gets_its_button_when_that_has_ended(offered: Office) -> None:
    await offered.move(TaskState.RUNNING)
    await heard(offered, TaskReopened(life=2, step=BUILD, how="follow_up", by=BOB))
    await heard(offered, ReviewReported(pull_request="45", by="maria", verdict="changes_requested", remarks=1))
    before = await news_cards(offered)
    await offered.move(TaskState.COMPLETED)
    await offered.deliver()

    assert before == [("Changes asked for", [])]
    assert await news_cards(offered) == [("Changes asked for", ["address T1 review"])]


async def test_the_merge_ends_all_buttons_and_says_when_it_was_cleaned_up(offered: Office) -> None:
    await heard(offered, red())
    async with offered.store.transaction() as uow:
        known = await uow.tasks.get(T1)
        await uow.tasks.save(replace(known, pull_request_state="merged"))
    await heard(offered, PullRequestClosed(pull_request="45", merged=True, by="maria"))
    await heard(offered, WorkspaceCleaned(branch="task/T1"))

    assert await news_cards(offered) == [("Checks failed", []), ("Merged", [])]
    assert "cleaned up" in str(offered.message(offered.posted()[-1]).card)


async def test_a_crash_between_hearing_and_telling_tells_it_once(offered: Office) -> None:
    offered.chat.faults.hang(call="post", done=True)
    await offered.tell(red())
    await offered.delivery.follower.catch_up()
    await offered.delivery.sender.begin_due()
    await offered.chat.faults.until_hanging()
    await offered.crash()
    await offered.deliver()

    assert await news_cards(offered) == [("Checks failed", ["address T1 checks"])]
