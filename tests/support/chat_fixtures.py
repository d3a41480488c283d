"""Pytest plugin: `slack`, a simulated workspace, and `stage`, each chat adapter on its platform in turn."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.platforms.slack.simulator import SlackSimulator
    from tests.support.chat_stage import Stage

# everything is loaded where it is used: most tests need no web server


@pytest.fixture
async def slack() -> AsyncIterator["SlackSimulator"]:
    """A running workspace; the test fails at its end when a request broke a schema or a limit of Slack's."""
    from tests.platforms.slack.simulator import SlackSimulator

    async with SlackSimulator() as simulator:
        yield simulator


_SLACK, _TELEGRAM, _DISCORD = pytest.mark.slack, pytest.mark.telegram, pytest.mark.discord
_STAGES = [
    pytest.param("memory", marks=(_SLACK, _TELEGRAM, _DISCORD)),
    pytest.param("plain memory", marks=(_SLACK, _TELEGRAM, _DISCORD)),
    pytest.param("slack by socket", marks=_SLACK),
    pytest.param("slack by http", marks=_SLACK),
    pytest.param("telegram by polling", marks=_TELEGRAM),
    pytest.param("telegram by webhook", marks=_TELEGRAM),
    pytest.param("telegram in topics", marks=_TELEGRAM),
    pytest.param("discord", marks=_DISCORD),
]


@pytest.fixture(params=_STAGES)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator["Stage"]:
    """Each adapter, running."""
    async with AsyncExitStack() as platforms:
        stage = await _made(request.param, platforms)
        await stage.start()
        yield stage
        await stage.leave()


async def _made(name: str, platforms: AsyncExitStack) -> "Stage":
    """The stage of this name; its platform ends with `platforms`."""
    if name.endswith("memory"):
        from tests.support.chat_memory import ANYTHING, PLAIN, MemoryStage

        return MemoryStage(PLAIN if name == "plain memory" else ANYTHING)
    if name == "discord":
        from tests.platforms.discord.simulator import DiscordSimulator
        from tests.support.chat_discord import DiscordStage

        return DiscordStage(await platforms.enter_async_context(DiscordSimulator(pace=20)))
    if name.startswith("telegram"):
        from tests.platforms.telegram.simulator import TelegramSimulator
        from tests.support.chat_telegram import TelegramStage
        from tests.support.ports import reserved_port

        by_webhook = name.endswith("webhook")
        # a server of one's own is often an older one
        telegram = await platforms.enter_async_context(TelegramSimulator(pace=50, rich=not by_webhook))
        port = platforms.enter_context(reserved_port()) if by_webhook else 0
        return TelegramStage(telegram, webhook_port=port, forum=name.endswith("topics"))
    from tests.platforms.slack.simulator import SlackSimulator
    from tests.support.chat_slack import SlackStage

    by_http = name.endswith("http")
    # Slack was seen to do both with replies to a thread that is gone: to refuse them, and to put them into the channel
    simulator = SlackSimulator(pace=20, loose_threads=by_http, retry_after_s=(0.05, 0.5, 2.0, 5.0, 10.0))
    slack = await platforms.enter_async_context(simulator)
    return SlackStage(slack, http=by_http)
