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


@pytest.fixture(params=["memory", "plain memory", "slack by socket", "slack by http"])
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
    from tests.platforms.slack.simulator import SlackSimulator
    from tests.support.chat_slack import SlackStage

    by_http = name.endswith("http")
    # Slack was seen to do both with replies to a thread that is gone: to refuse them, and to put them into the channel
    simulator = SlackSimulator(pace=20, loose_threads=by_http, retry_after_s=(0.05, 0.5, 2.0, 5.0, 10.0))
    slack = await platforms.enter_async_context(simulator)
    return SlackStage(slack, http=by_http)
