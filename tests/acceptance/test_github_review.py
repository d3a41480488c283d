"""Somebody else's pull request is reviewed: agents read it, a person sees every word, and one review is posted."""

import pytest

from core.domain.task import TaskState
from tests.platforms.github.world import Reviewed
from tests.support.github_team import Shipping

pytestmark = [
    pytest.mark.github,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]

FOUND: dict[str, object] = {
    "summary": "It should say who wrote it.",
    "details": "It should say who wrote it. The rest is good.",
    "comments": [{"file": "theirs.txt", "line": 1, "text": "Who wrote this?"}],
}


async def offer(shipping: Shipping) -> int:
    """Maria offers a branch of hers."""
    there = shipping.there
    there.run("update-ref", "refs/heads/marias", there.tip("main"))
    await shipping.maria.push("marias", text="hers\n")
    return shipping.github.world.add_pull(there, head="marias").number


async def test_a_review_is_posted_once_after_somebody_has_read_and_approved_it(shipping: Shipping) -> None:
    team, there = shipping.team, shipping.there
    number = await offer(shipping)
    team.cast.plays("reporter", result=FOUND)
    before = there.branches()
    async with shipping.serving():
        await team.alice.types(f"/orchestrate review PR #{number}", team.shop)
        asked = await team.shows("A1:card", "Publish the work?", label="Publish it")
        before_yes = list(_reviews(shipping, number))
        await team.bob.clicks("Publish it", asked)
        await team.shows("T1:ended:1", "Done")
        await shipping.told("The review stands under")
        await team.settled()

    assert "Who wrote this?" in asked.words
    assert before_yes == []
    [review] = _reviews(shipping, number)
    assert "It should say who wrote it." in review.body
    assert [(each.path, each.line, "Who wrote this?" in each.body) for each in review.comments] == [
        ("theirs.txt", 1, True)
    ]
    assert there.branches() == before, "a review has pushed something"
    assert (await team.studio.view()).task.state is TaskState.COMPLETED


async def test_a_review_that_nobody_wants_is_not_posted(shipping: Shipping) -> None:
    team = shipping.team
    number = await offer(shipping)
    async with shipping.serving():
        await team.alice.types(f"/orchestrate review pull request {number} please", team.shop)
        await team.shows("A1:card", label="Deny…")
        await team.bob.types("/orchestrate deny A1 not now", team.shop)
        await team.shows("A1:card", "Denied")
        await team.shows("T1:ended:1")
        await team.settled()

    assert _reviews(shipping, number) == []


def _reviews(shipping: Shipping, number: int) -> list[Reviewed]:
    pull = shipping.there.tickets[number].pull
    assert pull
    return pull.reviews
