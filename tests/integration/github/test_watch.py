"""News of GitHub: the same by asking and by being told, once each, also of what happened meanwhile."""

import pytest

from core.domain.forge_news import (
    BranchPushed,
    ChecksEnded,
    Commented,
    IssueLabelled,
    PullRequestEnded,
    PullRequestReopened,
    Remark,
    ReviewGiven,
)
from tests.integration.github.watching import Watching
from tests.platforms.github.person import GitHubPerson

pytestmark = [pytest.mark.github, pytest.mark.slow]


@pytest.fixture
def watching(stage) -> Watching:
    return Watching(stage)


@pytest.fixture
def maria(github, stage) -> GitHubPerson:
    return GitHubPerson(github)


@pytest.fixture
async def opened(forge, stage, draft, watching):
    """A pull request of ours that is watched."""
    made = await forge.publish(stage.project, draft)
    watching.watch(made)
    return made


@pytest.fixture(params=["asked", "told"])
async def told(request, watching, opened):
    """How it comes to be known: after this is awaited, whatever happened is."""
    async with watching.running(webhooks=request.param == "told"):

        async def known() -> None:
            if request.param == "asked":
                await watching.round()

        yield known


async def test_red_checks_are_told_with_their_logs(watching, maria, opened, told):
    log = (
        "2026-03-01T12:00:00.0000000Z collected 1 item\n2026-03-01T12:00:01.0000000Z ##[error]assert 3 == 4\nPost job\n"
    )
    run = await maria.turn_red(int(opened.reference), log=log)
    await told()

    (news,) = watching.news(ChecksEnded)
    assert (news.pull_request, news.commit) == (opened.reference, opened.commit)
    (failed,) = news.failed
    assert (failed.name, failed.log) == ("test", "collected 1 item\n##[error]assert 3 == 4")
    assert failed.url.endswith(f"/job/{run.id}")


async def test_nothing_is_told_while_a_check_still_runs(watching, maria, opened, told):
    await maria.begin_check(int(opened.reference), "slow")
    await maria.turn_red(int(opened.reference), "fast")
    await told()

    assert watching.news(ChecksEnded) == []


async def test_green_is_when_all_are_good(watching, maria, opened, told):
    number = int(opened.reference)
    slow = await maria.begin_check(number, "slow")
    await maria.end_check(await maria.begin_check(number, "docs"), "skipped")
    await maria.set_status(number, "success")
    await maria.end_check(slow, "neutral")
    await told()

    (news,) = watching.news(ChecksEnded)
    assert news.failed == ()


async def test_a_failed_status_is_a_failed_check(watching, maria, opened, told):
    await maria.set_status(int(opened.reference), "failure", context="ci/old", description="2 of 9 failed")
    await told()

    (news,) = watching.news(ChecksEnded)
    assert [(each.name, each.log) for each in news.failed] == [("ci/old", "2 of 9 failed")]


async def test_what_an_app_wrote_stands_for_a_log(watching, maria, opened, told):
    run = await maria.begin_check(int(opened.reference), "lint", app="linter")
    run.summary, run.annotations = "One problem", ["line too long"]
    await maria.end_check(run, "failure")
    await told()

    (news,) = watching.news(ChecksEnded)
    assert news.failed[0].log == "One problem\nx.py:1: line too long"


async def test_checks_that_run_again_are_news_again(watching, maria, opened, told):
    await maria.turn_red(int(opened.reference))
    await told()
    await maria.turn_green(int(opened.reference))
    await told()

    assert [bool(each.failed) for each in watching.news(ChecksEnded)] == [True, False]


async def test_a_review_is_told_with_its_remarks(watching, maria, opened, told):
    remarks = [("discount.txt", 1, "Say why."), ("discount.txt", 0, "Well named.")]
    given = await maria.review(int(opened.reference), "Nearly.", state="CHANGES_REQUESTED", remarks=remarks)
    await told()

    (news,) = watching.news(ReviewGiven)
    assert (news.review, news.by, news.verdict, news.text) == (str(given.id), "maria", "changes_requested", "Nearly.")
    assert news.remarks == (
        Remark(text="Say why.", path="discount.txt", line=1, by="maria"),
        Remark(text="Well named.", path="discount.txt", by="maria"),
    )


async def test_a_merge_is_told(watching, maria, opened, told):
    await maria.merge(int(opened.reference))
    await told()

    assert watching.news(PullRequestEnded) == [PullRequestEnded(pull_request=opened.reference, merged=True, by="maria")]


async def test_closing_and_opening_again_are_told_in_order(watching, maria, opened, told):
    number = int(opened.reference)
    await maria.close(number)
    await maria.reopen(number)
    await maria.close(number)
    await told()

    fates = [each for each in watching.news() if isinstance(each, PullRequestEnded | PullRequestReopened)]
    assert [type(each).__name__ for each in fates] == ["PullRequestEnded", "PullRequestReopened", "PullRequestEnded"]
    assert not any(each.merged for each in watching.news(PullRequestEnded))


async def test_pushes_of_others_are_told_and_ours_are_not(watching, maria, opened, told):
    await told()
    assert watching.news(BranchPushed) == []

    theirs = await maria.push(opened.branch)
    base = await maria.push("main", file="other.txt")
    await told()

    assert {(each.branch, each.commit) for each in watching.news(BranchPushed)} == {
        (opened.branch, theirs),
        ("main", base),
    }


async def test_comments_of_people_are_told_and_ours_are_not(watching, maria, stage, forge, opened, told):
    await forge.remark(stage.project, opened.reference, "The bill.", key="k")
    await maria.comment(int(opened.reference), "Looks good.")
    await told()

    (news,) = watching.news(Commented)
    assert (news.number, news.by, news.text) == (opened.reference, "maria", "Looks good.")


@pytest.mark.parametrize(("level", "trusted"), [("admin", True), ("write", True), ("read", False), ("none", False)])
async def test_a_label_starts_work_for_those_who_may_write(watching, maria, stage, told, level, trusted):
    stage.repository.levels["maria"] = level
    await maria.label(7)
    await told()

    assert watching.news(IssueLabelled) == [
        IssueLabelled(issue="7", label="orchestrate", by="maria", trusted=trusted, title="No discount")
    ]


async def test_other_labels_are_nothing_to_us(watching, maria, told):
    await maria.label(7, "urgent")
    await told()

    assert watching.heard == []


async def test_asked_or_told_it_has_the_same_key(watching, maria, stage, github, opened):
    number = int(opened.reference)
    async with watching.running(webhooks=True):
        await maria.turn_red(number)
        await maria.review(number, "Nearly.")
        await maria.comment(number, "And this?")
        await maria.label(7)
        await maria.push("main", file="other.txt")
        await maria.close(number)
        by_webhook = [each.key for each in watching.heard]
    assert set(github.hooks.answers) == {204}
    watching.heard.clear()
    # only of open ones are checks and pushes looked at
    await GitHubPerson(github, login="jonas").reopen(number)

    async with watching.running():
        by_asking = [each.key for each in watching.heard]

    assert len(by_webhook) == len(set(by_webhook)) == 6
    assert set(by_webhook) < set(by_asking)
    assert len(by_asking) == 7
