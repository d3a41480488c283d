"""How Slack is set up, in words: the settings to add, and the steps from nothing to the first command."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from bot.first_settings import toml_key
from core.domain.errors import ConflictError

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


Tables = Mapping[tuple[str, ...], str]
"""Where a table stands → its lines."""


def tables(setup: SlackSetup) -> dict[tuple[str, ...], str]:
    """The tables that Slack takes in the settings; what is not known yet is left empty, with what goes there."""
    ids = setup.ids
    workspace = ids.workspace or "T0123"
    secret = "SIGNING_SECRET" if setup.http_url else "APP_TOKEN"
    slack = [
        f"# The tokens come from the environment: ORCHESTRATOR_SLACK__BOT_TOKEN, ORCHESTRATOR_SLACK__{secret}",
        *(['mode = "http"', '# listen = "127.0.0.1:3000"'] if setup.http_url else []),
        _list("workspaces", ids.workspace, such_as="T0123"),
    ]
    found: dict[tuple[str, ...], str] = {
        ("slack",): _table(("slack",), slack),
        ("access",): _table(("access",), [_list("admins", ids.admin_id, such_as=f"slack:{workspace}/U0456")]),
    }
    if setup.project:
        where = _chat(setup.project)
        found[where] = _table(where, [_list("channels", ids.channel_id, such_as=f"slack:{workspace}/C0456")])
    return found


def missing(wanted: Tables, *, text: str) -> dict[tuple[str, ...], str]:
    """Those of `wanted` that the settings in `text` do not have yet."""
    tree = tomllib.loads(text)
    return {where: lines for where, lines in wanted.items() if not _there(tree, where)}


def extended(text: str, more: Tables) -> str:
    """The settings in `text` with the tables of `more` at their end; ConflictError when that would be no TOML."""
    new = "\n".join([text.rstrip("\n") + "\n" if text.strip() else "", *more.values()]).lstrip("\n")
    try:
        tomllib.loads(new)
    except tomllib.TOMLDecodeError as error:
        raise ConflictError(
            "The settings are written in a way that cannot be added to, and stay as they are.",
            hint="Add the lines by hand: orchestrator init slack prints them.",
        ) from error
    return new


def by_hand(setup: SlackSetup, settings: "Settings", *, text: str) -> Sequence[str]:
    """What has to be changed in tables that are there already, as lines of TOML."""
    ids, slack, new = setup.ids, settings.slack, missing(tables(setup), text=text)
    lines: list[str] = []

    def add(table: str, key: str, value: str, *, to: Sequence[str]) -> None:
        if value and value not in to:
            lines.append(f"[{table}] {key} = {json.dumps([*to, value])}")

    if ("slack",) not in new:
        if setup.http_url and slack.mode != "http":
            lines.append('[slack] mode = "http"')
        add("slack", "workspaces", ids.workspace, to=slack.workspaces)
    if ("access",) not in new:
        add("access", "admins", ids.admin_id, to=settings.access.admins)
    if setup.project and _chat(setup.project) not in new:
        channels = settings.project(setup.project).channels
        add(".".join(map(toml_key, _chat(setup.project))), "channels", ids.channel_id, to=channels)
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


def _chat(project: str) -> tuple[str, ...]:
    return ("projects", project, "chat")


def _there(tree: Mapping[str, object], where: tuple[str, ...]) -> bool:
    table: Any = tree
    for key in where:
        if not isinstance(table, dict) or key not in table:
            return False
        table = cast("dict[str, Any]", table)[key]
    return True


def _table(where: tuple[str, ...], lines: Sequence[str]) -> str:
    return "\n".join([f"[{'.'.join(map(toml_key, where))}]", *lines, ""])


def _list(key: str, value: str, *, such_as: str) -> str:
    return f"{key} = {json.dumps([value])}" if value else f"{key} = []  # such as {json.dumps([such_as])}"
