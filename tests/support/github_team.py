"""A team whose project is at GitHub: they talk in a simulated Slack, and their repository is in a simulated GitHub."""

import subprocess
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.onlooker import utc_now
from tests.platforms.github.person import GitHubPerson
from tests.platforms.github.simulator import GitHubSimulator
from tests.platforms.github.world import Repository, Ticket
from tests.platforms.slack.message import Message
from tests.support.command_line import Running
from tests.support.slack_team import SEEN_WITHIN_S, Team, has, key_of, reads
from tests.support.waiting import eventually

ISSUE = "The total is wrong: it counts the last line twice."


@dataclass(slots=True, kw_only=True)
class Shipping:
    """The team, their repository at GitHub, and Maria, who may write to it and is in no chat of theirs."""

    team: Team
    github: GitHubSimulator
    maria: GitHubPerson

    @property
    def there(self) -> Repository:
        """The repository at GitHub."""
        return self.maria.repository

    def write_settings(self, *tables: str, github: str = "", **project: str) -> None:
        """The settings of the team, and more lines of `[github]`."""
        access = (f'[github]\ntoken = "{self.github.token}"\napi_url = "{self.github.api_url}"\npoll_s = 1\n{github}',)
        options = {"github": "acme/shop", "plan_gate": "never", "workflow": "solo", **project}
        self.team.write_settings(*access, *tables, **options)

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[Running]:
        """`orchestrator serve`, once it hears what is said in the chat; it is killed at the end of the block."""
        async with self.team.serving() as running:
            yield running

    async def told(self, *words: str, label: str = "") -> Message:
        """What stands in the thread about the pull request with these words, and the button called `label`."""

        def found() -> Message | None:
            news = [each for each in self.team.slack.messages() if ":forge:" in key_of(each)]
            return next((each for each in reversed(news) if reads(each, *words) and has(each, label)), None)

        return await self.team.slack.until(found, within_s=SEEN_WITHIN_S)

    async def offered(self, *, commit_after: str = "") -> Ticket:
        """The one pull request there is, once its branch has moved on from `commit_after`."""

        def moved() -> bool:
            pulls = self.there.pulls()
            return bool(pulls) and self.there.head_of(pulls[-1]) not in ("", commit_after)

        await eventually(moved, within_s=SEEN_WITHIN_S, what="a pull request")
        return self.there.pulls()[-1]

    def said_below(self, number: int) -> list[str]:
        """Comments of an issue or pull request, oldest first."""
        return [each.body for each in self.there.tickets[number].comments]


@pytest.fixture
async def github(tmp_path: Path) -> AsyncIterator[GitHubSimulator]:
    """A GitHub for one story."""
    async with GitHubSimulator(folder=tmp_path / "github", now=utc_now) as simulator:
        yield simulator


@pytest.fixture
async def shipping(team: Team, github: GitHubSimulator) -> Shipping:
    """The team and its repository, with issue 123; the program is not started yet."""
    there = github.world.add_repository("acme/shop")
    here = team.studio.repository
    subprocess.run(["git", "fetch", "-q", str(here), "main:main"], cwd=there.git, check=True)
    team.studio.git("remote", "add", "origin", f"{github.web_url}/acme/shop.git")
    github.world.add_issue(there, number=123, title="The total is wrong", body=ISSUE)
    there.collaborators.add("maria")
    there.levels["maria"] = "write"
    made = Shipping(team=team, github=github, maria=GitHubPerson(github))
    made.write_settings()
    return made


__all__ = ["Shipping", "github", "shipping"]
