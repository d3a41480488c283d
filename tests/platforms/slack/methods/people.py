"""Who is who: the app itself, the workspace, people; and what the app shows without words: reactions, statuses."""

from typing import Any

from tests.platforms.slack.call import Answer, Desk, Handler, RefusedError
from tests.platforms.slack.payloads import bot_profile, user_of
from tests.platforms.slack.workspace import APP, BOT, BOT_USER, TEAM

_EMOJI = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-+'")


def auth_test(_: Desk, __: dict[str, Any]) -> Answer:
    """Who the token belongs to."""
    return {
        "url": "https://team.slack.com/",
        "team": "team",
        "team_id": TEAM,
        "user": "orchestrator",
        "user_id": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "is_enterprise_install": False,
    }


def bots_info(_: Desk, arguments: dict[str, Any]) -> Answer:
    """What the app looks like as an author."""
    if arguments.get("bot") != BOT:
        raise RefusedError("bot_not_found")
    return {"bot": bot_profile()}


def team_info(_: Desk, arguments: dict[str, Any]) -> Answer:
    """The workspace."""
    if arguments.get("team") not in {None, "", TEAM}:
        raise RefusedError("team_not_found")
    return {"team": {"id": TEAM, "name": "Team", "domain": "team"}}


def users_info(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """One person."""
    account = desk.workspace.accounts.get(str(arguments["user"]))
    if account is None:
        raise RefusedError("user_not_found")
    return {"user": user_of(account)}


def react(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """A reaction under a message, once."""
    channel, name = desk.writable(arguments["channel"]), str(arguments["name"])
    if not name or not set(name) <= _EMOJI:
        raise RefusedError("invalid_name", defect=True)
    message = desk.workspace.find(channel.id, str(arguments["timestamp"]))
    if message is None:
        raise RefusedError("message_not_found")
    if name in message.reactions:
        raise RefusedError("already_reacted")
    message.reactions.append(name)
    desk.workspace.bell.ring()
    return {}


def session_status(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """The status of an agent's session, which has a Stop button while it is processing."""
    if not desk.agent_features:
        raise RefusedError("feature_disabled")
    channel, thread = desk.channel(arguments["channel_id"]), str(arguments.get("thread_ts") or "")
    if BOT_USER not in channel.members:
        raise RefusedError("not_authorized")
    if not thread:
        raise RefusedError("thread_ts_required", defect=True)
    if arguments["status"] not in {"active", "processing", "suspended", "closed"}:
        raise RefusedError("invalid_status", defect=True)
    desk.workspace.sessions[channel.id, thread] = arguments["status"]
    desk.workspace.bell.ring()
    return {"status": arguments["status"], "agent_status": arguments["status"], "title": arguments.get("title", "")}


def thread_status(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """The line under a thread."""
    channel, thread = desk.channel(arguments["channel_id"]), str(arguments["thread_ts"])
    if not desk.workspace.thread(channel.id, thread):
        raise RefusedError("invalid_thread_ts")
    desk.workspace.statuses[channel.id, thread] = str(arguments["status"])
    desk.workspace.bell.ring()
    return {}


HANDLERS: dict[str, Handler] = {
    "auth.test": auth_test,
    "bots.info": bots_info,
    "team.info": team_info,
    "users.info": users_info,
    "reactions.add": react,
    "agents.sessions.setStatus": session_status,
    "assistant.threads.setStatus": thread_status,
}
