"""How Slack is set up, in words: the settings to add, and the steps from nothing to the first command."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.settings_tables import Path, added, chat_table, missing, one, table

if TYPE_CHECKING:
    from config.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackIds:
    """What is known of the workspace; '' for what is not known yet."""

    workspace: str = ""
    """`T0123`."""
    admin: str = ""
    """`U0456`, who may do everything."""
    channel: str = ""
    """`C0456`, where the project is talked about."""

    @property
    def admin_id(self) -> str:
        """As settings write it: `slack:T0123/U0456`."""
        return f"slack:{self.workspace}/{self.admin}" if self.workspace and self.admin else ""

    @property
    def channel_id(self) -> str:
        """As settings write it: `slack:T0123/C0456`."""
        return f"slack:{self.workspace}/{self.channel}" if self.workspace and self.channel else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSetup:
    """What somebody wants. `project` is '' while there is none; `http_url` is '' for Socket Mode."""

    ids: SlackIds
    project: str = ""
    http_url: str = ""


def tables(setup: SlackSetup) -> dict[Path, str]:
    """The tables that Slack takes in the settings; what is not known yet is left empty, with what goes there."""
    ids = setup.ids
    workspace = ids.workspace or "T0123"
    secret = "SIGNING_SECRET" if setup.http_url else "APP_TOKEN"
    slack = [
        f"# The tokens come from the environment: ORCHESTRATOR_SLACK__BOT_TOKEN, ORCHESTRATOR_SLACK__{secret}",
        *(['mode = "http"', '# listen = "127.0.0.1:3000"'] if setup.http_url else []),
        one("workspaces", ids.workspace, such_as="T0123"),
    ]
    found: dict[Path, str] = {
        ("slack",): table(("slack",), slack),
        ("access",): table(("access",), [one("admins", ids.admin_id, such_as=f"slack:{workspace}/U0456")]),
    }
    if setup.project:
        where = chat_table(setup.project)
        found[where] = table(where, [one("channels", ids.channel_id, such_as=f"slack:{workspace}/C0456")])
    return found


def by_hand(setup: SlackSetup, settings: "Settings", *, text: str) -> Sequence[str]:
    """What has to be changed in tables that are there already, as lines of TOML."""
    ids, slack, new = setup.ids, settings.slack, missing(tables(setup), text=text)
    lines: list[str] = []
    if ("slack",) not in new:
        lines += ['[slack] mode = "http"'] if setup.http_url and slack.mode != "http" else []
        lines += added(("slack",), "workspaces", ids.workspace, to=slack.workspaces)
    if ("access",) not in new:
        lines += added(("access",), "admins", ids.admin_id, to=settings.access.admins)
    if setup.project and (where := chat_table(setup.project)) not in new:
        lines += added(where, "channels", ids.channel_id, to=settings.project(setup.project).channels)
    return lines


def steps(*, manifest: str, name: str, http_url: str, settings_step: str) -> Sequence[str]:
    """What to do, in order. `settings_step` is the one about the settings file."""
    return (
        "Open https://api.slack.com/apps, Create New App, From a manifest. Choose the workspace and JSON, and paste "
        f"what is in {manifest}.",
        "Under Install App install it, and copy the bot token: export ORCHESTRATOR_SLACK__BOT_TOKEN=xoxb-…",
        _HTTP if http_url else _SOCKET,
        settings_step,
        "Ask what is still missing: orchestrator doctor. It tells the id of the workspace, too.",
        "Start it: orchestrator serve."
        + (" Then press Retry beside the address under Event Subscriptions." if http_url else ""),
        f"In a channel in Slack: /invite @{name}, then /orchestrate help",
    )


_SOCKET = (
    "Under Basic Information, App-Level Tokens, generate one with the scope connections:write: "
    "export ORCHESTRATOR_SLACK__APP_TOKEN=xapp-…"
)
_HTTP = "Under Basic Information copy the signing secret: export ORCHESTRATOR_SLACK__SIGNING_SECRET=…"
