"""The payloads Slack sends when people do something."""

from typing import Any

from tests.platforms.slack.message import Button, Message
from tests.platforms.slack.payloads import message_of
from tests.platforms.slack.workspace import APP, BOT_USER, TEAM, Account, Channel, Workspace

_TOKEN = "verification"  # the old verification token, which nobody should look at


class Happenings:
    """Builds payloads; ids and triggers are taken from the workspace."""

    def __init__(self, workspace: Workspace, *, base_url: str) -> None:
        self._workspace, self._base_url = workspace, base_url

    def event(self, event: dict[str, Any], *, author_team: str = TEAM, shared: bool = False) -> dict[str, Any]:
        """The wrapper around every event."""
        return {
            "token": _TOKEN,
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": {"event_ts": self._workspace.ts()} | event,
            "type": "event_callback",
            "event_id": f"Ev{self._workspace.number():08d}",
            "event_time": int(self._workspace.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": shared or author_team != TEAM,
            "event_context": f"4-{self._workspace.number()}",
        }

    def message(self, message: Message, channel: Channel, *, kind: str = "message") -> dict[str, Any]:
        """Somebody wrote; `kind` app_mention for the second event that a mention makes."""
        account = self._workspace.accounts[message.user]
        shown = message_of(message, self._workspace) | {"type": kind, "channel": channel.id, "event_ts": message.ts}
        if kind == "message":
            shown["channel_type"] = channel.kind
            if message.files:
                shown["subtype"] = "file_share"
        if account.team != TEAM:
            shown |= {"user_team": account.team, "source_team": account.team}
        return self.event(shown, author_team=account.team)

    def command(self, account: Account, channel: Channel, command: str, text: str) -> dict[str, Any]:
        """Somebody typed a slash command."""
        payload = {
            "token": _TOKEN,
            "team_id": account.team,
            "team_domain": "team",
            "channel_id": channel.id,
            "channel_name": channel.name or "directmessage",
            "user_id": account.id,
            "user_name": account.name,
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self.response_url(channel),
            "trigger_id": self._workspace.trigger(account.id),
        }
        return payload | ({"enterprise_id": account.enterprise} if account.enterprise else {})

    def press(self, account: Account, message: Message, button: Button | dict[str, Any]) -> dict[str, Any]:
        """Somebody pressed or chose something on a message."""
        channel = self._workspace.channels[message.channel]
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": bool(message.only_for),
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self._interaction(account, "block_actions") | {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "response_url": self.response_url(channel, message),
            "state": {"values": message.state},
            "actions": [self._action(button)],
        }
        return payload if message.only_for else payload | {"message": message_of(message, self._workspace)}

    def press_in_view(self, account: Account, view: dict[str, Any], button: Button | dict[str, Any]) -> dict[str, Any]:
        """Somebody pressed or chose something on a form or on the home page."""
        return self._interaction(account, "block_actions") | {
            "container": {"type": "view", "view_id": view["id"]},
            "view": view,
            "actions": [self._action(button)],
        }

    def submission(self, account: Account, view: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Somebody sent a form."""
        return self._interaction(account, "view_submission") | {
            "view": view | {"state": {"values": values}},
            "response_urls": [],
        }

    def closing(self, account: Account, view: dict[str, Any]) -> dict[str, Any]:
        """Somebody closed a form that wants to know."""
        closed = self._interaction(account, "view_closed") | {"view": view, "is_cleared": False}
        return {name: value for name, value in closed.items() if name != "trigger_id"}

    def shortcut(self, account: Account, message: Message, callback_id: str) -> dict[str, Any]:
        """Somebody chose a shortcut on a message."""
        channel = self._workspace.channels[message.channel]
        who = {"user": {"id": account.id, "name": account.name, "team_id": account.team}}
        shared = self._interaction(account, "message_action") | who
        del shared["api_app_id"]
        return shared | {
            "callback_id": callback_id,
            "message_ts": message.ts,
            "action_ts": self._workspace.ts(),
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message": message_of(message, self._workspace),
            "response_url": self.response_url(channel),
        }

    def response_url(self, channel: Channel, message: Message | None = None) -> str:
        """Where an answer can be sent without the Web API."""
        return f"{self._base_url}/response/{channel.id}/{message.ts if message else '-'}"

    def _interaction(self, account: Account, kind: str) -> dict[str, Any]:
        enterprise = {"id": account.enterprise, "name": "Enterprise"} if account.enterprise else None
        return {
            "type": kind,
            "token": _TOKEN,
            "api_app_id": APP,
            "team": {"id": TEAM, "domain": "team"},
            "user": {"id": account.id, "username": account.name, "name": account.name, "team_id": account.team},
            "enterprise": enterprise,
            "is_enterprise_install": False,
            "trigger_id": self._workspace.trigger(account.id),
        }

    def _action(self, button: Button | dict[str, Any]) -> dict[str, Any]:
        action = button.element | {"block_id": button.block_id} if isinstance(button, Button) else button
        return {key: value for key, value in action.items() if key != "accessibility_label"} | {
            "action_ts": self._workspace.ts()
        }
