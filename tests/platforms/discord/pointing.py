"""Points discord.py at the simulator for a test, and back again afterwards."""

from collections.abc import Generator
from contextlib import contextmanager

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.platforms.discord.simulator import DiscordSimulator


@contextmanager
def pointed_at(discord: DiscordSimulator) -> Generator[None]:
    """Within it every client of discord.py speaks to the simulator."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = discord.api_url, URL(discord.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
