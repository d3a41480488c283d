"""Where discord.py finds Discord: it knows addresses only as attributes of two of its classes, set here alone.

The library offers no other way to speak to something in between or to a simulated Discord: a process speaks to one.
"""

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def point_at(base_url: str, gateway_url: str) -> None:
    """Let the library call `base_url`, and listen at `gateway_url` when it has no session to go on with."""
    Route.BASE = base_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
