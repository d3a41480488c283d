"""What people type becomes what Slack sends: names as ids, addresses in brackets, three characters escaped."""

import re

from tests.platforms.slack.workspace import Workspace

_NAMES = re.compile(r"(?<![\w/])([@#])([a-z][\w.-]*)")
_ADDRESS = re.compile(r"https?://[^\s<>|`]+[^\s<>|`.,;:!?)]")


def as_sent(text: str, workspace: Workspace, *, named: bool = False) -> str:
    """`text` as it stands in an event; `named` adds the name to each id, as slash commands do."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    people = {account.name: account.id for account in workspace.accounts.values()}
    channels = {channel.name: channel.id for channel in workspace.channels.values() if channel.name}

    def linked(match: re.Match[str]) -> str:
        sign, name = match.groups()
        known = (people if sign == "@" else channels).get(name)
        if known is None:
            return match.group()
        label = f"|{name}" if named or sign == "#" else ""
        return f"<{sign}{known}{label}>"

    return _ADDRESS.sub(lambda match: f"<{match.group()}>", _NAMES.sub(linked, escaped))
