"""The app manifest: what Slack is told about the app when it is made."""

from typing import Any

from adapters.slack.needs import AGENT_EVENTS, COMMAND, EVENTS, SCOPES, SHORTCUT
from adapters.slack.server import PATH

NAME_LENGTH = 35
"""The longest name of an app."""
AGENT_SCOPES = ("assistant:write",)
"""What Slack gives an app that is declared an agent."""
_WHAT = "Hand work to AI coding agents, and stay in charge of it."
_LONG = (
    "Ask for a change with /orchestrate, and a thread opens. AI coding agents plan, build, test and review it there; "
    "one live card shows each step and what it costs. What is risky asks first, with buttons. "
    "At the end there is a pull request. What they may reach is decided by the people who run this app, not by Slack."
)


def manifest(*, name: str, http_url: str = "", agent: bool = False) -> dict[str, Any]:
    """The manifest of an app called `name`, for Socket Mode, or for HTTP at the base address `http_url`.

    `agent` declares it an agent, which not every workspace has: its threads then show a Stop button.
    """
    address = events_address(http_url) if http_url else ""
    reached = {"request_url": address} if address else {}
    return {
        "display_information": {"name": name, "description": _WHAT, "long_description": _LONG},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            **({"agent_view": {"agent_description": _WHAT}} if agent else {}),
            "shortcuts": [
                {
                    "name": "Orchestrate this",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Make a task of this message",
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Hand work to AI coding agents",
                    "usage_hint": "fix issue #123 · status · help",
                    "should_escape": True,
                    **({"url": address} if address else {}),
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted({*SCOPES, *(AGENT_SCOPES if agent else ())})}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted({*EVENTS, *(AGENT_EVENTS if agent else ())}), **reached},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def events_address(url: str) -> str:
    """Where Slack sends everything when we are reached at `url`."""
    base = url.rstrip("/")
    return base if base.endswith(PATH) else base + PATH
