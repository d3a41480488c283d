"""Pytest plugin: `slack`, a simulated workspace that fails the test at its end when a request broke a schema."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.platforms.slack.simulator import SlackSimulator


@pytest.fixture
async def slack() -> AsyncIterator["SlackSimulator"]:
    """A running workspace. Tests that are not about pace make one of their own with `pace`."""
    # loaded here: most tests need no web server
    from tests.platforms.slack.simulator import SlackSimulator

    async with SlackSimulator() as simulator:
        yield simulator
    assert simulator.violations == []
