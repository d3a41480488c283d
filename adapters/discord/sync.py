"""Telling Discord which commands there are: only when they changed, as it counts how often that is done."""

import hashlib
import json
from collections.abc import Sequence

from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.payload import Payload
from adapters.discord.calls import Calls
from adapters.discord.command_tree import BOT_DM, GUILD, application_commands

_KEEP_S = 30 * 86_400.0
"""After this they are told once more, should somebody else have changed them."""


async def sync(calls: Calls, kept: KeyValueStore, *, application: str, guilds: Sequence[str]) -> int:
    """Tell Discord our commands wherever it has others; how many places were told. Any error of the port."""
    everywhere = [BOT_DM] if guilds else [GUILD, BOT_DM]
    places = {f"/applications/{application}/commands": application_commands(everywhere)}
    places |= {
        f"/applications/{application}/guilds/{guild}/commands": application_commands([GUILD]) for guild in guilds
    }
    told = 0
    for path, commands in places.items():
        digest = _digest(commands)
        if await kept.get(f"commands{path}") == digest:
            continue
        await calls.call("PUT", path, json=commands, repeatable=True)
        await kept.set(f"commands{path}", digest, for_s=_KEEP_S)
        told += 1
    return told


def _digest(commands: Sequence[Payload]) -> str:
    return hashlib.sha256(json.dumps(commands, sort_keys=True).encode()).hexdigest()
