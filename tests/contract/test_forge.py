"""What every forge promises: issues are found or said to be missing, a branch has one open pull request."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.localforge import LocalForge
from core.domain.errors import NotFoundError
from core.domain.identity import ProjectName, task_id
from core.domain.project import Project
from core.forge import Forge, PullRequestDraft
from tests.support.clock import FakeClock

DRAFT = PullRequestDraft(
    task=task_id(142),
    title="Apply the discount from the threshold on",
    body="Closes #7.",
    branch="orchestrate/T142-discount",
    base_branch="main",
    commit="1" * 40,
    closes="7",
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "repo").mkdir()
    return Project(name=ProjectName("shop"), repository=str(tmp_path / "repo"))


@pytest.fixture(params=["localforge"])
def new_forge(tmp_path: Path, clock: FakeClock, project: Project) -> Callable[[], Forge]:
    """Makes a client of one and the same forge, which holds issue 7."""
    issues = tmp_path / "repo" / ".orchestrator" / "issues"
    issues.mkdir(parents=True)
    (issues / "7.md").write_text(
        "---\ntitle: No discount\nlabels: [bug]\nauthor: maria\n---\nIt costs too much.\n\n## Comment by jonas\nYes.\n"
    )
    return lambda: LocalForge(folder=tmp_path / "home" / "forge", clock=clock)


@pytest.fixture
def forge(new_forge: Callable[[], Forge]) -> Forge:
    return new_forge()


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


async def test_a_pull_request_says_what_was_drafted(forge, project, clock):
    opened = await forge.publish(project, DRAFT)

    assert (opened.title, opened.branch, opened.base_branch, opened.commit) == (
        *(DRAFT.title, DRAFT.branch, DRAFT.base_branch, DRAFT.commit),
    )
    assert opened.reference
    assert opened.url
    assert opened.opened_at == clock.now


async def test_publishing_a_branch_again_updates_its_pull_request(forge, project, clock):
    opened = await forge.publish(project, DRAFT)
    clock.advance(hours=1)

    updated = await forge.publish(project, replace(DRAFT, title="Better", commit="2" * 40))

    assert updated == replace(opened, title="Better", commit="2" * 40)


async def test_another_client_finds_the_same_pull_request(new_forge, project):
    assert await new_forge().publish(project, DRAFT) == await new_forge().publish(project, DRAFT)


async def test_branches_published_at_once_get_a_pull_request_each(new_forge, project):
    forge = new_forge()
    drafts = [replace(DRAFT, branch=f"orchestrate/T{number}-x") for number in range(20)]

    opened = await asyncio.gather(*(forge.publish(project, draft) for draft in [*drafts, *drafts]))

    assert len({each.reference for each in opened}) == 20
    assert opened[:20] == opened[20:]


async def test_projects_do_not_see_each_others_pull_requests(forge, project):
    other = replace(project, name=ProjectName("other"))
    assert (await forge.publish(project, DRAFT)).url != (await forge.publish(other, DRAFT)).url
