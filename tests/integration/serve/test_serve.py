"""`orchestrator serve` as a process: listens, is the one voice, hands over when it dies, and ends politely."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM
from tests.support.command_line import CommandLine

pytestmark = [pytest.mark.slack, pytest.mark.slow]


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator(pace=20) as slack:
        yield slack


def write_settings(machine: CommandLine, repository: Path, *lines: str) -> None:
    machine.variables["ANTHROPIC_API_KEY"] = "never asked"
    machine.write_settings("\n".join([*lines, "[projects.shop]", f'path = "{repository}"', ""]))


def slack_table(slack: SlackSimulator, **other: str) -> tuple[str, ...]:
    given = {"bot_token": slack.bot_token, "app_token": slack.app_token, "api_url": slack.api_url, **other}
    return ("[slack]", *(f'{name} = "{value}"' for name, value in given.items()), f'workspaces = ["{TEAM}"]')


async def test_it_says_where_it_listens_and_ends_well_when_it_is_told_to(
    machine: CommandLine, repository: Path, slack: SlackSimulator
) -> None:
    write_settings(machine, repository, *slack_table(slack))
    async with machine.started("serve") as running:
        await running.line("Listening in Slack as @")
        running.send(signal.SIGTERM)
        ended = await running.ended()
    assert ended.code == 0
    assert "goes on at the next start" in ended.stderr


async def test_a_second_one_stands_by_and_speaks_once_the_first_is_killed(
    machine: CommandLine, repository: Path, slack: SlackSimulator
) -> None:
    write_settings(machine, repository, *slack_table(slack))
    async with machine.started("serve") as first:
        await first.line("Listening in Slack")
        async with machine.started("serve", "--no-work") as second:
            await second.line("Another process already listens in Slack")
            first.send(signal.SIGKILL)
            await second.line("Listening in Slack")


async def test_without_a_chat_it_says_how_to_set_one_up(machine: CommandLine, repository: Path) -> None:
    write_settings(machine, repository)
    assert "orchestrator init slack" in (await machine.run("serve")).refused(3)


async def test_a_token_that_slack_refuses_ends_it_with_what_to_do(
    machine: CommandLine, repository: Path, slack: SlackSimulator
) -> None:
    write_settings(machine, repository, *slack_table(slack, bot_token="xoxb-of-somebody-else"))
    told = (await machine.run("serve")).refused(3)
    assert "bot_token" in told
    assert "xoxb-of-somebody-else" not in told
