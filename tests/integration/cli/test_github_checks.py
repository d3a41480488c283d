"""What the doctor says about GitHub, on a simulated one with the real client."""

import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from bot.checks.finding import Finding, Mark
from bot.checks.github import github as github_checks
from bot.forge.standing import WatchStanding, tell_standing
from bot.onlooker import looking, utc_now
from config.settings import Settings, load_settings
from tests.platforms.github.simulator import GitHubSimulator

pytestmark = pytest.mark.github
PROJECT = '[projects.shop]\npath = "shop"\ngithub = "acme/shop"\n'


@pytest.fixture
async def github(tmp_path: Path) -> AsyncIterator[GitHubSimulator]:
    """A GitHub with the repository acme/shop."""
    async with GitHubSimulator(folder=tmp_path / "github", now=utc_now) as simulator:
        there = simulator.world.add_repository("acme/shop")
        there.run("commit-tree", "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "-m", "First")
        yield simulator


def settings_for(folder: Path, github: GitHubSimulator, more: str = "", *, project: str = PROJECT) -> Settings:
    (folder / "shop").mkdir(exist_ok=True)
    subprocess.run(["git", "init", "-q", str(folder / "shop")], check=True)
    access = f'[github]\ntoken = "{github.token}"\napi_url = "{github.api_url}"\n{more}\n'
    (folder / "orchestrator.toml").write_text(access + project)
    environ = {"HOME": str(folder), "ORCHESTRATOR_HOME": str(folder / "state")}
    return load_settings(config=None, cwd=folder, environ=environ)


async def found_by(settings: Settings, *, offline: bool = False) -> Mapping[str, Finding]:
    """The findings by what they are about."""
    found = await github_checks(settings, clock=utc_now, offline=offline)
    assert not [each for each in found if any(secret in f"{each.text}{each.todo}" for secret in settings.secrets())]
    return {each.about: each for each in found}


async def test_when_all_is_set_up_all_is_fine_and_nothing_is_changed(tmp_path: Path, github: GitHubSimulator) -> None:
    found = await found_by(settings_for(tmp_path, github))

    assert (found["GitHub"].mark, found["GitHub shop"].mark, found["GitHub news"].mark) == (Mark.FINE,) * 3
    assert "orchestrator-bot; 4,987 of 5,000 calls" in found["GitHub"].text
    assert "acme/shop" in found["GitHub shop"].text
    assert "no worker runs" in found["GitHub watch"].text
    assert {each.partition(" ")[0] for each in github.calls()} == {"GET"}


@pytest.mark.parametrize(
    ("permission", "named"),
    [
        ("contents", "Contents (read and write)"),
        ("pull_requests", "Pull requests (read and write)"),
        ("issues", "Issues (read and write)"),
        ("checks", "Checks (read-only)"),
        ("statuses", "Commit statuses (read-only)"),
    ],
)
async def test_each_missing_permission_is_named(
    tmp_path: Path, github: GitHubSimulator, permission: str, named: str
) -> None:
    del github.access.permissions[permission]
    found = (await found_by(settings_for(tmp_path, github)))["GitHub shop"]

    assert (found.mark, named in found.text) == (Mark.BROKEN, True), found
    assert "Add them to the token or App." in found.todo


async def test_a_token_that_may_only_read_is_told_before_the_first_push(
    tmp_path: Path, github: GitHubSimulator
) -> None:
    github.access.permissions["contents"] = "read"
    found = (await found_by(settings_for(tmp_path, github)))["GitHub shop"]
    assert (found.mark, "not pushed to" in found.text) == (Mark.BROKEN, True), found


async def test_a_token_that_is_not_accepted_ends_the_look(tmp_path: Path, github: GitHubSimulator) -> None:
    settings = settings_for(tmp_path, github)
    github.world.tokens.clear()
    found = await found_by(settings)

    assert (found["GitHub"].mark, "GitHub shop" in found) == (Mark.BROKEN, False)
    assert "make a new one" in found["GitHub"].todo


async def test_a_repository_that_is_not_seen_or_archived_is_told(tmp_path: Path, github: GitHubSimulator) -> None:
    settings = settings_for(tmp_path, github)
    github.world.repositories["acme/shop"].archived = True
    assert "is archived" in (await found_by(settings))["GitHub shop"].text
    github.access.repositories = frozenset({"acme/other"})
    assert "our token can see" in (await found_by(settings))["GitHub shop"].text


async def test_few_calls_left_are_a_warning(tmp_path: Path, github: GitHubSimulator) -> None:
    github.world.calls_left = 12
    found = (await found_by(settings_for(tmp_path, github)))["GitHub"]
    assert (found.mark, "only 12 of 5,000" in found.text) == (Mark.WARNING, True)


async def test_trouble_of_the_watch_is_told_with_what_to_do(tmp_path: Path, github: GitHubSimulator) -> None:
    settings = settings_for(tmp_path, github)
    async with looking(settings) as seen:
        trouble = WatchStanding(listening=False, trouble="The port is taken.", hint="Choose another one.")
        await tell_standing(seen.store, trouble, now=utc_now())
        found = (await found_by(settings))["GitHub watch"]
        assert (found.mark, found.text, found.todo) == (Mark.BROKEN, "The port is taken.", "Choose another one.")

        await tell_standing(seen.store, WatchStanding(listening=True, at="2026-03-01T12:00:00+00:00"), now=utc_now())
        assert "since 2026-03-01 12:00" in (await found_by(settings))["GitHub watch"].text


async def test_offline_nobody_is_asked_and_webhooks_are_told_with_their_address(
    tmp_path: Path, github: GitHubSimulator
) -> None:
    webhooks = 'listen = "127.0.0.1:3100"\nwebhook_secret = "a-long-secret"'
    found = await found_by(settings_for(tmp_path, github, webhooks), offline=True)

    assert "127.0.0.1:3100" in found["GitHub news"].text
    assert github.calls() == []


async def test_without_github_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "orchestrator.toml").write_text('[projects.shop]\npath = "."\n')
    settings = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})
    assert await github_checks(settings, clock=utc_now, offline=False) == ()
