"""Webhooks: signed ones are taken, once whatever comes twice, and what got lost is found all the same."""

import json

import httpx
import pytest

from adapters.github.watch.webhooks import PATH
from core.domain.errors import AddressUnavailableError, ConfigurationError
from core.domain.forge_news import ChecksEnded, Commented, PullRequestEnded
from tests.integration.github.watching import SECRET, Watching
from tests.platforms.github.hooks import post, signed
from tests.platforms.github.person import GitHubPerson
from tests.support.waiting import eventually

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


async def test_what_nobody_of_ours_signed_is_not_taken(watching, github, opened):
    body = json.dumps({"repository": {"id": 1}}).encode()
    async with watching.running(webhooks=True) as watch:
        address = f"http://127.0.0.1:{watch.port}{PATH}"
        before = len(github.calls())
        assert await post(address, "push", body, signature=signed(body, secret="guessed")) == 401
        assert await post(address, "push", body, signature="") == 401
        assert await post(address, "push", body + b" ", signature=signed(body, secret=SECRET)) == 401
        assert len(github.calls()) == before
        assert await post(address, "push", body, signature=signed(body, secret=SECRET)) == 204


async def test_what_is_no_json_is_refused_with_what_to_do(watching, opened):
    body = b"payload=%7B%7D"
    async with watching.running(webhooks=True) as watch, httpx.AsyncClient(timeout=60.0) as client:
        headers = {"X-Hub-Signature-256": signed(body, secret=SECRET), "X-GitHub-Event": "push"}
        answer = await client.post(f"http://127.0.0.1:{watch.port}{PATH}", content=body, headers=headers)

    assert (answer.status_code, "application/json" in answer.text) == (400, True)


async def test_what_is_far_too_large_is_not_read(watching, opened):
    body = b"x" * (6 << 20)
    async with watching.running(webhooks=True) as watch:
        address = f"http://127.0.0.1:{watch.port}{PATH}"
        async with httpx.AsyncClient(timeout=60.0) as client:
            headers = {"X-Hub-Signature-256": signed(body, secret=SECRET), "X-GitHub-Event": "push"}
            answer = await client.post(address, content=body, headers=headers)

    assert answer.status_code == 413


async def test_a_delivery_that_comes_twice_is_heard_once(watching, maria, github, opened):
    async with watching.running(webhooks=True):
        await maria.merge(int(opened.reference))
        body = {"action": "closed", "pull_request": {"number": int(opened.reference)}}
        await github.hooks.deliver("pull_request", body | {"repository": {"id": maria.repository.id}}, times=3)

    assert len(watching.news(PullRequestEnded)) == 1
    assert set(github.hooks.answers) == {204}


async def test_it_is_heard_before_it_is_answered(watching, maria, github, opened):
    async with watching.running(webhooks=True):
        watching.deaf = 1
        await maria.comment(int(opened.reference), "Hello.")
        assert github.hooks.answers == [503]
        assert watching.news(Commented) == []
        await watching.round()

        await eventually(lambda: len(watching.news(Commented)) == 1, what="the comment is heard")


async def test_what_is_lost_on_the_way_is_found_by_the_next_round(watching, maria, github, opened):
    async with watching.running(webhooks=True):
        github.hooks.lost = True
        await maria.turn_red(int(opened.reference))
        assert watching.news(ChecksEnded) == []
        await watching.round()

    assert len(watching.news(ChecksEnded)) == 1


async def test_comments_below_issues_are_heard_too(watching, maria, github, opened):
    async with watching.running(webhooks=True):
        await maria.comment(7, "Still broken.")

    (news,) = watching.news(Commented)
    assert (news.number, news.by, news.text) == ("7", "maria", "Still broken.")


async def test_the_same_when_the_repository_was_renamed(watching, maria, github, opened):
    async with watching.running(webhooks=True):
        github.world.rename("acme/shop", "acme/store")
        await maria.merge(int(opened.reference))

    assert len(watching.news(PullRequestEnded)) == 1


async def test_without_a_secret_nothing_is_listened_to(watching):
    with pytest.raises(ConfigurationError, match="no secret"):
        async with watching.running(host_address="127.0.0.1"):
            pass


async def test_an_address_that_is_taken_is_said(watching, github):
    port = int(github.web_url.rpartition(":")[2])
    with pytest.raises(AddressUnavailableError, match="Cannot listen for GitHub"):
        async with watching.running(webhooks=True, port=port):
            pass
