"""The simulated GitHub: what it is asked and answers is as GitHub describes it, and pushes need a token."""

import asyncio
import os
import subprocess

import httpx
import pytest

from tests.platforms.github import described
from tests.platforms.github.operations import OPERATIONS
from tests.platforms.github.simulator import GitHubSimulator
from tests.support.forge_stage import git

pytestmark = pytest.mark.github


async def ask(github: GitHubSimulator, method: str, path: str, *, token: str = "", **more: object) -> httpx.Response:
    headers = {"Authorization": f"token {token or github.token}", "Accept": "application/vnd.github+json"}
    async with httpx.AsyncClient(headers=headers, follow_redirects=True, timeout=60.0) as client:
        return await client.request(method, f"{github.api_url}{path}", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
def test_every_operation_is_one_of_githubs(operation):
    known = described.operation(operation.method, operation.path)
    assert known is not None
    assert known["called"] == (operation.method, operation.path)


@pytest.mark.parametrize(
    ("method", "path", "more", "complaint"),
    [
        ("GET", "/repos/acme/shop/pulls", {"params": {"branch": "x"}}, "unknown parameter branch"),
        ("GET", "/repos/acme/shop/pulls", {"params": {"state": "new"}}, "state: "),
        ("POST", "/repos/acme/shop/pulls", {"json": {"title": "T", "head": 7, "base": "main"}}, "head: "),
        ("POST", "/repos/acme/shop/pulls", {"json": {"title": "T", "head": "x"}}, "'base' is a required property"),
        ("PATCH", "/repos/acme/shop/pulls/1", {"json": {"titel": "T"}}, "unknown field titel"),
    ],
)
async def test_a_request_that_is_not_as_described_is_held_against_us(
    github, stage, draft, method, path, more, complaint
):
    try:
        await ask(github, method, path, **more)
    finally:
        said, github.api.violations[:] = "\n".join(github.api.violations), []
    assert complaint in said


async def test_calls_that_do_not_exist_are_held_against_us_too(github):
    assert (await ask(github, "GET", "/repos/acme/shop/pullrequests")).status_code == 404
    said, github.api.violations[:] = list(github.api.violations), []
    assert said == ["no such operation: GET /repos/acme/shop/pullrequests"]


async def test_answers_hold_everything_that_github_always_sends(github):
    answer = (await ask(github, "GET", "/repos/acme/shop/issues/7")).json()

    assert {"id", "node_id", "labels_url", "locked", "events_url", "updated_at"} <= set(answer)
    assert answer["title"] == "No discount"


async def test_a_renamed_repository_sends_askers_on(github):
    github.world.rename("acme/shop", "acme/store")

    answer = await ask(github, "GET", "/repos/acme/shop")

    assert [each.status_code for each in answer.history] == [301]
    assert answer.json()["full_name"] == "acme/store"


def push(stage, *, token: str) -> subprocess.CompletedProcess[str]:
    address = stage.simulator.web_url.replace("http://", f"http://x:{token}@")
    return subprocess.run(
        ["git", "-c", "credential.helper=", "push", "-q", f"{address}/acme/shop.git", "HEAD:refs/heads/topic"],
        cwd=stage.folder / "shop",
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "GIT_TERMINAL_PROMPT": "0", "HOME": str(stage.folder)},
    )


async def test_pushes_are_real_and_need_a_token(github, stage):
    refused = await asyncio.to_thread(push, stage, token="wrong")
    assert "Authentication failed" in refused.stderr
    assert stage.repository.tip("topic") == ""

    assert (await asyncio.to_thread(push, stage, token=github.token)).returncode == 0
    assert stage.repository.tip("topic") == git(stage.folder / "shop", "rev-parse", "HEAD")


async def test_github_refuses_what_it_refuses(github, stage, draft):
    pulls = "/repos/acme/shop/pulls"
    missing = await ask(github, "POST", pulls, json={"title": "T", "head": "nowhere", "base": "main"})
    stage.repository.run("update-ref", "refs/heads/same", stage.repository.tip("main"))
    nothing = await ask(github, "POST", pulls, json={"title": "T", "head": "same", "base": "main"})

    assert missing.status_code == nothing.status_code == 422
    assert missing.json()["errors"][0]["field"] == "head"
    assert nothing.json()["errors"][0]["message"] == "No commits between main and same"
