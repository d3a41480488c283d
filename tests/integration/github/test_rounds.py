"""Asking GitHub again and again: cheap while nothing happens, as often as GitHub wants, and through what goes wrong."""

import pytest

from adapters.github.watch.rhythm import GROWTH
from core.domain.forge_news import ChecksEnded, Commented, IssueLabelled, PullRequestEnded, ReviewGiven
from core.forge import ForgeDeniedError
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
    made = await forge.publish(stage.project, draft)
    watching.watch(made)
    return made


async def test_what_has_not_changed_costs_nothing(watching, maria, github, opened):
    await maria.turn_red(int(opened.reference))
    async with watching.running():
        asked, unchanged = len(github.calls()), github.api.unchanged
        await watching.round()

        assert len(github.calls()) > asked
        assert github.api.unchanged - unchanged == len(github.calls()) - asked


async def test_pauses_grow_until_something_happens(watching, maria, opened):
    async with watching.running(poll_s=30.0):
        await watching.round()
        await watching.round()
        await maria.comment(int(opened.reference), "Hello.")
        await watching.round()

        first, second, third, after_news = watching.rests
        assert (first, second, third) == pytest.approx((30 * GROWTH, 30 * GROWTH**2, 30 * GROWTH**3))
        assert after_news == 30.0


async def test_github_says_how_often_it_may_be_asked(watching, github, opened):
    github.api.always["X-Poll-Interval"] = "240"
    async with watching.running(poll_s=30.0):
        assert watching.rests == [240.0]


async def test_what_happened_while_nobody_listened_is_found(watching, maria, opened):
    number = int(opened.reference)
    await maria.turn_red(number)
    await maria.review(number, "Nearly.")
    await maria.label(7)
    await maria.merge(number)

    async with watching.running():
        pass

    assert len(watching.news(PullRequestEnded)) == len(watching.news(ReviewGiven)) == 1
    assert len(watching.news(IssueLabelled)) == 1


async def test_what_could_not_be_kept_is_told_in_the_next_round(watching, maria, opened):
    await maria.comment(int(opened.reference), "Hello.")
    watching.deaf = 1
    async with watching.running(poll_s=30.0):
        assert watching.news(Commented) == []
        assert watching.rests == [30.0]
        await watching.round()

    assert len(watching.news(Commented)) == 1


async def test_a_limit_is_waited_for_and_then_all_is_well(watching, maria, github, opened):
    await maria.comment(int(opened.reference), "Hello.")
    github.faults.secondary_limit("/pulls/", retry_after_s=900)
    async with watching.running(poll_s=30.0):
        assert watching.rests == [900.0]
        await watching.round()

    assert len(watching.news(Commented)) == 1


async def test_a_github_that_fails_is_asked_again(watching, maria, github, opened):
    await maria.comment(int(opened.reference), "Hello.")
    async with watching.running(poll_s=30.0):
        assert len(watching.news(Commented)) == 1
        github.faults.error("/repos/acme/shop", 502, times=3)
        await watching.round()
        await maria.close(int(opened.reference))
        await watching.round()

    assert len(watching.news(PullRequestEnded)) == 1


async def test_a_key_that_is_not_accepted_ends_it(watching, opened):
    with pytest.raises(ForgeDeniedError, match="does not accept our token"):
        async with watching.running(token="old"):
            pass


async def test_a_missing_permission_hides_nothing_else(watching, maria, github, opened, capsys):
    number = int(opened.reference)
    for name in ("checks", "statuses", "actions"):
        github.access.permissions[name] = ""
    await maria.turn_red(number)
    await maria.review(number, "Nearly.")

    async with watching.running():
        await watching.round()

    assert (len(watching.news(ChecksEnded)), len(watching.news(ReviewGiven))) == (0, 1)
    said = capsys.readouterr().out
    assert said.count("github_not_watched") == 1
    assert "Actions: read" in said


async def test_a_token_without_checks_reads_the_jobs_of_actions(watching, maria, github, opened):
    async with watching.running():
        pass
    github.access.permissions["checks"] = ""
    await maria.turn_red(int(opened.reference), log="##[error]Broken")

    async with watching.running():
        by_jobs = {each.key: each.news for each in watching.heard}
    github.access.permissions["checks"] = "read"
    async with watching.running():
        by_checks = {each.key: each.news for each in watching.heard}

    assert by_jobs == by_checks
    (news,) = by_jobs.values()
    assert news.failed[0].log == "##[error]Broken"


async def test_a_log_that_cannot_be_read_keeps_no_news_back(watching, maria, github, opened):
    github.access.permissions["actions"] = ""
    await maria.turn_red(int(opened.reference))

    async with watching.running():
        pass

    (news,) = watching.news(ChecksEnded)
    assert (news.failed[0].name, news.failed[0].log) == ("test", "")


async def test_an_archived_repository_is_still_looked_at(watching, maria, github, opened):
    await maria.close(int(opened.reference))
    maria.repository.archived = True

    async with watching.running():
        pass

    assert len(watching.news(PullRequestEnded)) == 1


async def test_a_project_that_is_not_there_hides_no_other(watching, maria, stage, github, opened, capsys):
    github.world.repositories.pop("acme/other")
    await maria.close(int(opened.reference))
    stage.project, stage.other = stage.other, stage.project  # what the watch is told of first is gone

    watching.also = [stage.other]
    async with watching.running():
        pass

    assert len(watching.news(PullRequestEnded)) == 1
    assert "github_not_watched" in capsys.readouterr().out
