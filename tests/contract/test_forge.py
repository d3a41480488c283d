"""What every forge promises: issues are found or said to be missing, a branch has one open pull request."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import NotFoundError
from core.domain.identity import task_id
from core.domain.project import Project
from core.forge import Forge, PullRequestDraft
from tests.platforms.github.simulator import GitHubSimulator
from tests.support.clock import FakeClock
from tests.support.forge_stage import ForgeStage, GitHubStage, LocalStage


@pytest.fixture(params=["localforge", pytest.param("github", marks=pytest.mark.github)])
async def stage(request, tmp_path: Path, clock: FakeClock) -> AsyncIterator[ForgeStage]:
    """Each forge, with issue 7 in it."""
    if request.param == "localforge":
        yield LocalStage(tmp_path, clock)
        return
    async with GitHubSimulator(folder=tmp_path / "github", now=clock) as simulator:
        yield GitHubStage(tmp_path, simulator, clock)


@pytest.fixture
def forge(stage: ForgeStage) -> Forge:
    return stage.new_forge()


@pytest.fixture
def project(stage: ForgeStage) -> Project:
    return stage.project


@pytest.fixture
def draft(stage: ForgeStage) -> PullRequestDraft:
    return PullRequestDraft(
        task=task_id(142),
        title="Apply the discount from the threshold on",
        body="Closes #7.",
        branch="orchestrate/T142-discount",
        base_branch="main",
        commit=stage.commit(stage.project, "discount"),
        closes="7",
    )


async def test_an_issue_is_told_as_it_was_written(forge, project):
    issue = await forge.issue(project, "7")

    assert (issue.reference, issue.title, issue.body) == ("7", "No discount", "It costs too much.")
    assert (issue.author, issue.labels) == ("maria", ("bug",))
    assert len(issue.comments) == 1
    assert "Yes." in issue.comments[0]


@pytest.mark.parametrize("reference", ["8", "", "07", "x", "../7", "7/../7", "７", "7\n", "7\x00", "9" * 500, "\ud800"])
async def test_an_issue_that_does_not_exist_is_not_found(forge, project, reference):
    with pytest.raises(NotFoundError) as missing:
        await forge.issue(project, reference)
    assert missing.value.kind == "issue"
    assert "7" in missing.value.hint


async def test_a_pull_request_says_what_was_drafted(forge, project, draft, clock):
    opened = await forge.publish(project, draft)

    assert (opened.title, opened.branch, opened.base_branch, opened.commit) == (
        *(draft.title, draft.branch, draft.base_branch, draft.commit),
    )
    assert opened.reference
    assert opened.url
    assert opened.opened_at == clock.now


async def test_publishing_a_branch_again_updates_its_pull_request(forge, project, stage, draft, clock):
    opened = await forge.publish(project, draft)
    clock.advance(hours=1)
    commit = stage.commit(project, "better")

    updated = await forge.publish(project, replace(draft, title="Better", commit=commit))

    assert updated == replace(opened, title="Better", commit=commit)


async def test_another_client_finds_the_same_pull_request(stage, project, draft):
    assert await stage.new_forge().publish(project, draft) == await stage.new_forge().publish(project, draft)


async def test_branches_published_at_once_get_a_pull_request_each(stage, project, draft):
    forge = stage.new_forge()
    drafts = [replace(draft, branch=f"orchestrate/T{number}-x") for number in range(4)]

    opened = await asyncio.gather(*(forge.publish(project, draft) for draft in [*drafts, *drafts]))

    assert len({each.reference for each in opened}) == 4
    assert opened[:4] == opened[4:]


async def test_projects_do_not_see_each_others_pull_requests(forge, stage, project, draft):
    theirs = replace(draft, commit=stage.commit(stage.other, "theirs"))

    assert (await forge.publish(project, draft)).url != (await forge.publish(stage.other, theirs)).url


async def test_work_that_is_not_finished_can_be_offered_too(forge, project, draft):
    assert (await forge.publish(project, replace(draft, unfinished=True))).reference
