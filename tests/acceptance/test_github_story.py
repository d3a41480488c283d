"""The story: an issue becomes a pull request, which is fixed when its checks fail, reviewed, mended and merged."""

import pytest

from core.domain.task import TaskState
from tests.support.github_team import Shipping

pytestmark = [
    pytest.mark.github,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]

LOG = "collected 3 items\n##[error]AssertionError: 7 != 8"


async def test_from_an_issue_to_a_merged_pull_request(shipping: Shipping) -> None:
    team, there, maria = shipping.team, shipping.there, shipping.maria
    async with shipping.serving():
        await team.alice.types("/orchestrate fix issue #123", team.shop)
        first = await team.shows("T1:ended:1", "Done")
        pull = await shipping.offered()
        opened_at = there.head_of(pull)

        await maria.turn_red(pull.number, log=LOG)
        red = await shipping.told("1 check of", "7 != 8", label="Fix it")
        await team.alice.clicks("Fix it", red)
        await team.shows("T1:ended:2", "Done")
        fixed_at = there.head_of(pull)
        await shipping.told("1 check of", "alice asked for it")

        await maria.turn_green(pull.number)
        await shipping.told("are green")
        await maria.review(
            pull.number, "Nearly.", state="CHANGES_REQUESTED", remarks=[("build-1.md", 1, "Say who wrote it.")]
        )
        review = await shipping.told("maria asks for changes", "Say who wrote it.", label="Address review")
        await team.bob.clicks("Address review", review)
        await team.shows("T1:ended:3", "Done")
        addressed_at = there.head_of(pull)

        await maria.merge(pull.number)
        await shipping.told("was merged by maria", "cleaned up")
        card = await team.shows("T1:card", "merged")
        await team.settled()

    task = (await team.studio.view()).task
    assert len({opened_at, fixed_at, addressed_at}) == 3, "something was not pushed"
    assert [each.number for each in there.pulls()] == [pull.number], "there is more than one pull request"
    assert pull.body.rstrip().endswith("Fixes #123")
    [begun] = shipping.said_below(123)
    assert "/archives/" in begun, "there is no way back to the thread"
    assert {first.thread_ts, red.thread_ts, review.thread_ts} == {card.ts}
    assert (task.state, task.pull_request_state) == (TaskState.COMPLETED, "merged")
    assert task.branch not in team.studio.git("branch", "--format=%(refname:short)").split()
    asked = [scene.asked.prompt for scene in team.cast.scenes]
    assert any("7 != 8" in each for each in asked), "the agents were not told of the log"
    assert any("Say who wrote it." in each for each in asked), "the agents were not told of the review"
