"""What the bot must be given in Discord for this adapter to work: what its invitation asks for, and what is checked."""

from collections.abc import Mapping
from urllib.parse import urlencode

INVITE_URL = "https://discord.com/oauth2/authorize"
SCOPES = ("bot", "applications.commands")
INTENT = "Message Content Intent"
"""The one privileged intent: without it nobody is heard in a thread who does not mention the bot."""

PERMISSIONS: Mapping[str, int] = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Send Messages in Threads": 1 << 38,
    "Create Public Threads": 1 << 35,
    "Manage Threads": 1 << 34,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Add Reactions": 1 << 6,
}
"""Exactly what is used, as Discord calls it: to see and write, threads for tasks (named after how they end), files,
what was sent before, and the eyes under a message."""


def permissions() -> int:
    """All of them as Discord counts them."""
    return sum(PERMISSIONS.values())


def missing(granted: int) -> tuple[str, ...]:
    """The names of the permissions that are not in `granted`; an administrator has all."""
    administrator = 1 << 3
    if granted & administrator:
        return ()
    return tuple(name for name, bit in PERMISSIONS.items() if not granted & bit)


def invite_url(application: str) -> str:
    """The address at which somebody adds the bot to a server, with exactly these permissions."""
    asked = {"client_id": application, "permissions": str(permissions()), "scope": " ".join(SCOPES)}
    return f"{INVITE_URL}?{urlencode(asked)}"
