"""What every forge promises besides: comments and reviews once, labels, and pull requests as they are now."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.errors import NotFoundError
from core.domain.forge_news import Remark
from core.domain.identity import task_id
from core.domain.project import Project
from core.forge import ForgeDesk, PullRequest, PullRequestDraft, Review
from tests.platforms.github.simulator import GitHubSimulator
from tests.support.clock import FakeClock
from tests.support.forge_stage import ForgeStage, GitHubStage, LocalStage, git


@pytest.fixture(params=["localforge", pytest.param("github", marks=pytest.mark.github)])
async def stage(request, tmp_path: Path, clock: FakeClock) -> AsyncIterator[ForgeStage]:
    """Each forge, with issue 7 in it."""
    if request.param == "localforge":
        yield LocalStage(tmp_path, clock)
        return
    async with GitHubSimulator(folder=tmp_path / "github", now=clock) as simulator:
        yield GitHubStage(tmp_path, simulator, clock)


@pytest.fixture
def forge(stage: ForgeStage) -> ForgeDesk:
    return stage.new_forge()


@pytest.fixture
def project(stage: ForgeStage) -> Project:
    return stage.project


@pytest.fixture
async def opened(stage: ForgeStage, forge: ForgeDesk) -> PullRequest:
    """A pull request that adds a file of one line, discount.txt."""
    draft = PullRequestDraft(
        task=task_id(142),
        title="Apply the discount",
        body="What was done.",
        branch="orchestrate/T142-discount",
        base_branch="main",
        commit=stage.commit(stage.project, "discount"),
    )
    return await forge.publish(stage.project, draft)


async def test_a_comment_stands_below_its_issue(forge, project):
    assert await forge.remark(project, "7", "Work has begun.", key="T1:started")

    assert "Work has begun." in (await forge.issue(project, "7")).comments[-1]


async def test_the_same_comment_is_made_once(stage, forge, project):
    first = await forge.remark(project, "7", "Work has begun.", key="T1:started")

    assert await stage.new_forge().remark(project, "7", "Work has begun, again.", key="T1:started") == first
    assert len((await forge.issue(project, "7")).comments) == 2


async def test_another_comment_is_another_one(forge, project):
    await forge.remark(project, "7", "Work has begun.", key="T1:started")
    await forge.remark(project, "7", "Work has begun.", key="T2:started")

    assert len((await forge.issue(project, "7")).comments) == 3


async def test_pull_requests_are_commented_on_too(forge, project, opened):
    await forge.remark(project, opened.reference, "The bill.", key="T1:bill")

    assert len((await forge.issue(project, "7")).comments) == 1, "it was said under an issue"


async def test_labels_are_put_on_and_taken_off(forge, project):
    await forge.label(project, "7", add=["in progress"], remove=["bug"])
    assert (await forge.issue(project, "7")).labels == ("in progress",)

    await forge.label(project, "7", add=["done", "bug"], remove=["in progress", "never there"])
    assert sorted((await forge.issue(project, "7")).labels) == ["bug", "done"]


async def test_labels_that_are_there_already_are_no_error(forge, project):
    await forge.label(project, "7", add=["bug"], remove=[])
    await forge.label(project, "7", add=["bug"], remove=[])

    assert (await forge.issue(project, "7")).labels == ("bug",)


@pytest.mark.parametrize("reference", ["8", "x", "../7", ""])
async def test_what_does_not_exist_takes_no_comment(forge, project, reference):
    with pytest.raises(NotFoundError):
        await forge.remark(project, reference, "Hello.", key="k")


async def test_a_pull_request_is_told_with_the_change_it_makes(stage, forge, project, opened):
    offered = await forge.offered(project, opened.reference)

    assert (offered.reference, offered.title, offered.body) == (opened.reference, opened.title, "What was done.")
    assert (offered.branch, offered.base_branch, offered.commit) == (opened.branch, "main", opened.commit)
    assert offered.base_commit == stage.base(project)
    assert (offered.state, offered.foreign, offered.url) == ("open", False, opened.url)


@pytest.mark.parametrize("reference", ["99", "7", "x", ""])
async def test_what_is_no_pull_request_is_not_found(forge, project, opened, reference):
    with pytest.raises(NotFoundError) as missing:
        await forge.offered(project, reference)
    assert missing.value.kind == "pull request"


async def test_its_commits_can_be_had_elsewhere(forge, project, opened, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    git(tmp_path, "init", "-q", "--template=", str(elsewhere))
    offered = await forge.offered(project, opened.reference)

    await forge.fetch(project, offered, into=elsewhere)
    await forge.fetch(project, offered, into=elsewhere)

    assert git(elsewhere, "diff", "--name-only", offered.base_commit, offered.commit) == "discount.txt"


async def test_a_review_is_posted_once_with_all_it_says(stage, forge, project, opened):
    review = Review(
        commit=opened.commit,
        text="Nearly there.",
        remarks=(
            Remark(text="Say why.", path="discount.txt", line=1),
            Remark(text="No such line.", path="discount.txt", line=99),
            Remark(text="Not part of this.", path="elsewhere.txt", line=1),
            Remark(text="The file as a whole.", path="discount.txt"),
        ),
    )

    first = await forge.review(project, opened.reference, review, key="T9:review")
    assert await stage.new_forge().review(project, opened.reference, review, key="T9:review") == first

    (said,) = stage.reviews(project, opened.reference)
    assert all(each in said for each in ("Nearly there.", *(remark.text for remark in review.remarks)))


async def test_what_is_said_at_once_is_all_kept(stage, project):
    forge = stage.new_forge()

    await asyncio.gather(*(forge.remark(project, "7", f"Part {number}", key=f"k{number}") for number in range(4)))

    comments = (await forge.issue(project, "7")).comments
    assert all(any(f"Part {number}" in each for each in comments) for number in range(4))
