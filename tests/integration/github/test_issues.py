"""Issues of GitHub: however they are named, bounded, and only those that the project's people may read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.errors import ConfigurationError, NotFoundError
from core.forge import ForgeDeniedError
from tests.support.forge_stage import git

pytestmark = pytest.mark.github


@pytest.mark.parametrize("reference", ["7", "#7", "acme/shop#7", "ACME/shop#7", "{web}/acme/shop/issues/7"])
async def test_an_issue_is_found_however_it_is_written(forge, stage, github, reference):
    issue = await forge.issue(stage.project, reference.format(web=github.web_url))

    assert (issue.title, issue.labels, issue.comments) == ("No discount", ("bug",), ("jonas: Yes.",))
    assert issue.url == f"{github.web_url}/acme/shop/issues/7"


async def test_a_project_may_be_an_address_too(stage, github):
    project = replace(stage.project, repository=f"{github.web_url}/acme/shop.git")

    assert (await stage.new_forge().issue(project, "7")).title == "No discount"


async def test_a_repository_that_is_elsewhere_is_said_to_be_elsewhere(forge, stage):
    git(stage.folder / "shop", "remote", "set-url", "origin", "https://someone:pass@gitlab.com/acme/shop.git")

    with pytest.raises(ConfigurationError, match=r"gitlab\.com") as wrong:
        await forge.issue(stage.project, "7")
    assert "pass" not in str(wrong.value).replace("***", "")


async def test_the_settings_may_name_the_repository(stage):
    git(stage.folder / "shop", "remote", "remove", "origin")
    forge = stage.new_forge(stage.settings(repositories={"shop": "acme/shop"}))

    assert (await forge.issue(stage.project, "7")).title == "No discount"


async def test_a_missing_issue_is_answered_with_those_that_are_open(forge, stage):
    stage.repository.tickets[7].deleted = False
    with pytest.raises(NotFoundError) as missing:
        await forge.issue(stage.project, "99")
    assert missing.value.hint == "Open issues of acme/shop: #7."


async def test_a_pull_request_is_no_issue(forge, stage, draft):
    opened = await forge.publish(stage.project, draft)

    with pytest.raises(NotFoundError, match="no issue") as wrong:
        await forge.issue(stage.project, opened.reference)
    assert "is a pull request" in wrong.value.hint


async def test_a_deleted_issue_is_missing(forge, stage):
    stage.repository.tickets[7].deleted = True

    with pytest.raises(NotFoundError):
        await forge.issue(stage.project, "7")


async def test_issues_of_other_private_repositories_are_not_for_everybody(stage, github):
    github.world.add_issue(github.world.repositories["acme/other"], number=3, title="Secret plans")

    with pytest.raises(ForgeDeniedError, match="not for this project") as denied:
        await stage.new_forge().issue(stage.project, "acme/other#3")
    assert "issues_from" in denied.value.hint
    allowed = stage.new_forge(stage.settings(issues_from=("acme/*",)))
    assert (await allowed.issue(stage.project, "acme/other#3")).reference == "acme/other#3"


async def test_issues_of_public_repositories_are(forge, stage, github):
    github.world.repositories["acme/other"].private = False
    github.world.add_issue(github.world.repositories["acme/other"], number=3, title="Well known")

    assert (await forge.issue(stage.project, "acme/other#3")).title == "Well known"


async def test_of_very_many_comments_the_first_and_the_newest_are_read(forge, stage, github, clock):
    issue = stage.repository.tickets[7]
    issue.comments.clear()
    for number in range(450):
        clock.now += timedelta(minutes=1)
        github.world.comment(issue, f"Comment {number}.")

    comments = (await forge.issue(stage.project, "7")).comments

    assert len(comments) == 101
    assert (comments[0], comments[24], comments[-1]) == (
        "jonas: Comment 0.",
        "jonas: Comment 24.",
        "jonas: Comment 449.",
    )
    assert comments[25] == "… 350 comments in between are left out …"
    assert len(github.calls("GET", "/comments")) == 3


async def test_a_renamed_repository_is_followed(forge, stage, github):
    github.world.rename("acme/shop", "acme/store")

    assert (await forge.issue(stage.project, "7")).title == "No discount"
