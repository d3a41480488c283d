"""What GitHub answers instead of yes: waited for when it is short, and else told with what a person can do."""

import time

import pytest

from core.domain.errors import NotFoundError
from core.forge import ForgeBusyError, ForgeDeniedError, ForgeUnavailableError

pytestmark = pytest.mark.github


async def test_a_token_that_is_not_accepted_is_said_to_be_so(stage):
    with pytest.raises(ForgeDeniedError, match="does not accept our token") as denied:
        await stage.new_forge(stage.settings(token="old")).issue(stage.project, "7")
    assert "make a new one" in denied.value.hint


async def test_a_missing_permission_is_named(forge, stage, github, draft):
    github.access.permissions["pull_requests"] = "read"

    with pytest.raises(ForgeDeniedError) as denied:
        await forge.publish(stage.project, draft)
    assert denied.value.hint == "Give the token or App the permission Pull requests: write."


async def test_so_is_the_one_for_pushing(forge, stage, github, draft):
    github.access.permissions["contents"] = "read"

    with pytest.raises(ForgeDeniedError) as denied:
        await forge.publish(stage.project, draft)
    assert "Contents: write" in denied.value.hint


async def test_a_missing_scope_of_a_classic_token_is_named(forge, stage, github):
    github.access.permissions, github.access.scopes = {"metadata": "read"}, "gist"

    with pytest.raises(ForgeDeniedError) as denied:
        await forge.issue(stage.project, "7")
    assert denied.value.hint == "Give the token the scope repo."


async def test_a_repository_that_the_token_does_not_see_is_missing(forge, stage, github, draft):
    github.access.repositories = frozenset({"acme/other"})

    with pytest.raises(NotFoundError, match="acme/shop on GitHub that our token can see"):
        await forge.publish(stage.project, draft)


async def test_a_short_limit_is_waited_for(forge, stage, github):
    github.faults.secondary_limit("/issues/7", retry_after_s=30)

    assert (await forge.issue(stage.project, "7")).title == "No discount"
    assert stage.pauses == [30.0]


async def test_a_long_one_is_told_with_its_length(forge, stage, github, draft):
    github.faults.secondary_limit("POST /repos/acme/shop/pulls", retry_after_s=900)

    with pytest.raises(ForgeBusyError) as busy:
        await forge.publish(stage.project, draft)
    assert busy.value.retry_after_s == 900.0
    assert stage.repository.pulls() == []


async def test_the_hours_calls_come_back_when_github_says(forge, stage, github):
    github.faults.primary_limit(reset_at=time.time() + 1800, times=1)

    with pytest.raises(ForgeBusyError) as busy:
        await forge.issue(stage.project, "7")
    assert 1700 < busy.value.retry_after_s <= 1801


async def test_reading_is_tried_again_when_the_connection_breaks(forge, stage, github):
    github.faults.reset("/issues/7", times=2)

    assert (await forge.issue(stage.project, "7")).title == "No discount"
    assert stage.pauses == [0.5, 2.0]


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_failing_github_is_unavailable(forge, stage, github, status):
    github.faults.error("/issues/7", status, times=9)

    with pytest.raises(ForgeUnavailableError, match=f"HTTP {status}"):
        await forge.issue(stage.project, "7")


async def test_a_page_of_something_in_between_is_no_answer(forge, stage, github):
    github.faults.page("/issues/7", times=9)

    with pytest.raises(ForgeUnavailableError, match="no answer of GitHub"):
        await forge.issue(stage.project, "7")


async def test_an_address_where_nobody_listens_is_unavailable(stage):
    settings = stage.settings(api_url="http://127.0.0.1:9/api/v3", repositories={"shop": "acme/shop"})

    with pytest.raises(ForgeUnavailableError, match="connection failed"):
        await stage.new_forge(settings).issue(stage.project, "7")


async def test_an_answer_that_does_not_come_is_given_up(stage, github):
    github.faults.hold("/issues/7", times=9)

    with pytest.raises(ForgeUnavailableError, match="in time"):
        await stage.new_forge(stage.settings(timeout_s=0.3)).issue(stage.project, "7")
