"""One call of the Web API: what came, how it is refused, and what is remembered of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.slack.workspace import BOT_USER, Channel, Workspace

Answer = dict[str, Any]


class RefusedError(Exception):
    """Slack answers `ok: false`; `details` are further keys of the answer."""

    def __init__(self, code: str, *, defect: bool = False, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.defect = defect
        """Whether the app must never have asked for this: too long, malformed."""
        self.details = details


@dataclass(slots=True, kw_only=True)
class Call:
    """A call as it arrived; `answer` is set when it was answered."""

    method: str
    arguments: dict[str, Any]
    at: float
    answer: Answer = field(default_factory=dict[str, Any])
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a method needs to do its work."""

    workspace: Workspace
    base_url: str
    tell: Callable[[str, Answer], None]
    """Sends the app an event of the channel with this id, soon."""
    agent_features: bool
    """Whether the workspace has agent sessions."""
    loose_threads: bool
    """Whether a reply to a thread that is gone is posted to the channel (slack-go/slack#1571) instead of refused."""

    def channel(self, given: Any) -> Channel:
        """The channel the app may look at; the id of a person stands for the direct conversation."""
        given = str(given)
        if given in self.workspace.accounts:
            return self.workspace.direct(given)
        channel = self.workspace.channels.get(given)
        if channel is None or (channel.private and BOT_USER not in channel.members):
            raise RefusedError("channel_not_found")
        return channel

    def writable(self, given: Any) -> Channel:
        """The channel the app may write in."""
        channel = self.channel(given)
        if channel.archived:
            raise RefusedError("is_archived")
        if BOT_USER not in channel.members:
            raise RefusedError("not_in_channel")
        if channel.direct_to and self.workspace.accounts[channel.direct_to].disabled:
            raise RefusedError("channel_not_found")
        return channel


Handler = Callable[[Desk, dict[str, Any]], Answer]
