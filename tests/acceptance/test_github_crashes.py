"""Killed while it talks to GitHub, or away while things happen there: one branch, and one of everything."""

import signal

import pytest

from core.domain.task import TaskState
from tests.support.command_line import Running
from tests.support.github_team import Shipping
from tests.support.slack_team import SEEN_WITHIN_S
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.github,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]

OPENING = "POST /repos/acme/shop/pulls"


@pytest.mark.parametrize("done", [False, True], ids=["between push and opening", "between opening and recording"])
async def test_killed_while_the_pull_request_is_opened_there_is_one_in_the_end(shipping: Shipping, done: bool) -> None:
    team, there = shipping.team, shipping.there
    async with shipping.serving() as program:
        shipping.github.faults.hold(OPENING, after=done)
        await team.alice.types("/orchestrate fix issue #123", team.shop)
        await eventually(lambda: bool(_calls(shipping)), within_s=SEEN_WITHIN_S, what="the call that opens it")
        await eventually(lambda: len(there.pulls()) == done, within_s=SEEN_WITHIN_S, what="the effect of the call")
        pushed = there.branches()
        await _killed(shipping, program)
    async with shipping.serving():
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    task = (await team.studio.view()).task
    [pull] = there.pulls()
    assert len(_calls(shipping)) == (1 if done else 2)
    assert there.branches() == pushed
    assert set(pushed) == {"main", task.branch}
    assert (task.state, task.pull_request, task.pull_request_state) == (
        TaskState.COMPLETED,
        str(pull.number),
        "open",
    )


async def test_what_happened_at_github_while_it_was_away_is_told_once_it_is_back(shipping: Shipping) -> None:
    team, maria = shipping.team, shipping.maria
    async with shipping.serving() as program:
        await team.alice.types("/orchestrate fix issue #123", team.shop)
        await team.shows("T1:ended:1", "Done")
        await team.settled()
        await _killed(shipping, program)
    pull = await shipping.offered()
    await maria.turn_red(pull.number, log="It breaks.")
    await maria.review(pull.number, "Please rename it.", state="CHANGES_REQUESTED")
    await maria.merge(pull.number)
    async with shipping.serving():
        merged = await shipping.told("was merged by maria")
        review = await shipping.told("maria asks for changes")
        await team.shows("T1:card", "merged")
        await team.settled()

    assert merged.labels == review.labels == [], "what is over can still be pressed"


async def test_an_issue_that_is_labelled_while_it_is_away_becomes_one_task_of_the_channel(shipping: Shipping) -> None:
    team = shipping.team
    async with shipping.serving() as program:
        await shipping.maria.label(123)
        card = await team.shows("T1:card", "maria")
        await _killed(shipping, program)
    async with shipping.serving():
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    task = (await team.studio.view()).task
    assert card.channel == team.shop.id
    assert (await team.tasks(), task.requested_by, task.issue) == (["T1"], "github:maria", "123")
    assert [each.act for each in await team.audit() if each.actor == "github:maria"] == ["submit"]


def _calls(shipping: Shipping) -> list[str]:
    """The calls that open a pull request, without those about its reviewers."""
    return [each for each in shipping.github.calls() if each == OPENING]


async def _killed(shipping: Shipping, program: Running) -> None:
    program.send(signal.SIGKILL)
    await program.ended()
    await shipping.team.slack.disconnected()
    shipping.github.faults.clear()
