"""The calls an app of ours may make, as Discord documents them, each with a name of ours and its pace.

Paths are those of the published description. Discord publishes no limits of single routes but sends them as headers;
these are the ones that are seen (discord/discord-api-docs issues 1092, 1295, 2190 and what clients log).
"""

import re
from dataclasses import dataclass
from functools import cache

GLOBAL_PER_S = 50
"""Calls a second over everything but interactions: docs.discord.com/developers/topics/rate-limits."""
RENAMES = (2, 600.0)
"""A channel or thread takes so many new names in so many seconds, whatever the headers say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One call; `limit` is so many in so many seconds for each channel, guild or webhook."""

    name: str
    verb: str
    path: str
    limit: tuple[int, float] = (50, 1.0)
    open: bool = False
    """Whether it needs no token: the path has one."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches the path and names what stands in it."""
        return _pattern(self.path)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")


_APP = "/applications/{application_id}"
_CHANNEL = "/channels/{channel_id}"
_MESSAGE = f"{_CHANNEL}/messages/{{message_id}}"
_REACTION = f"{_MESSAGE}/reactions/{{emoji_name}}"
_GUILD = "/guilds/{guild_id}"
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"

ROUTES = (
    Route(name="gateway", verb="GET", path="/gateway", open=True),
    Route(name="gateway.bot", verb="GET", path="/gateway/bot", limit=(2, 5.0)),
    Route(name="me", verb="GET", path="/users/@me"),
    Route(name="me.guilds", verb="GET", path="/users/@me/guilds", limit=(1, 1.0)),
    Route(name="people.get", verb="GET", path="/users/{user_id}"),
    Route(name="direct.open", verb="POST", path="/users/@me/channels"),
    Route(name="application", verb="GET", path="/applications/@me"),
    Route(name="application.oauth", verb="GET", path="/oauth2/applications/@me"),
    *(
        Route(name=f"{prefix}{name}", verb=verb, path=f"{path}{end}", limit=(5, 20.0))
        for prefix, path in (
            ("commands.", f"{_APP}/commands"),
            ("guild_commands.", f"{_APP}/guilds/{{guild_id}}/commands"),
        )
        for name, verb, end in (
            ("list", "GET", ""),
            ("overwrite", "PUT", ""),
            ("create", "POST", ""),
            ("get", "GET", "/{command_id}"),
            ("edit", "PATCH", "/{command_id}"),
            ("delete", "DELETE", "/{command_id}"),
        )
    ),
    Route(name="channels.get", verb="GET", path=_CHANNEL),
    Route(name="channels.edit", verb="PATCH", path=_CHANNEL, limit=(5, 15.0)),
    Route(name="channels.typing", verb="POST", path=f"{_CHANNEL}/typing", limit=(5, 5.0)),
    Route(name="messages.list", verb="GET", path=f"{_CHANNEL}/messages", limit=(5, 5.0)),
    Route(name="messages.post", verb="POST", path=f"{_CHANNEL}/messages", limit=(5, 5.0)),
    Route(name="messages.get", verb="GET", path=_MESSAGE, limit=(5, 5.0)),
    Route(name="messages.edit", verb="PATCH", path=_MESSAGE, limit=(5, 5.0)),
    Route(name="messages.delete", verb="DELETE", path=_MESSAGE, limit=(5, 5.0)),
    Route(name="threads.from_message", verb="POST", path=f"{_MESSAGE}/threads", limit=(50, 300.0)),
    Route(name="threads.start", verb="POST", path=f"{_CHANNEL}/threads", limit=(50, 300.0)),
    Route(name="threads.join", verb="PUT", path=f"{_CHANNEL}/thread-members/@me"),
    Route(name="threads.add", verb="PUT", path=f"{_CHANNEL}/thread-members/{{user_id}}"),
    Route(name="threads.members", verb="GET", path=f"{_CHANNEL}/thread-members"),
    Route(name="threads.active", verb="GET", path=f"{_GUILD}/threads/active"),
    Route(name="threads.archived", verb="GET", path=f"{_CHANNEL}/threads/archived/public"),
    Route(name="reactions.add", verb="PUT", path=f"{_REACTION}/@me", limit=(1, 0.25)),
    Route(name="reactions.remove", verb="DELETE", path=f"{_REACTION}/@me", limit=(1, 0.25)),
    Route(name="reactions.list", verb="GET", path=_REACTION, limit=(5, 5.0)),
    Route(name="guilds.get", verb="GET", path=_GUILD),
    Route(name="guilds.channels", verb="GET", path=f"{_GUILD}/channels"),
    Route(name="guilds.roles", verb="GET", path=f"{_GUILD}/roles"),
    Route(name="members.me", verb="GET", path="/users/@me/guilds/{guild_id}/member"),
    Route(name="members.get", verb="GET", path=f"{_GUILD}/members/{{user_id}}"),
    Route(name="members.list", verb="GET", path=f"{_GUILD}/members"),
    Route(
        name="interactions.answer",
        verb="POST",
        path="/interactions/{interaction_id}/{interaction_token}/callback",
        open=True,
    ),
    Route(name="followups.post", verb="POST", path=_HOOK, limit=(5, 2.0), open=True),
    Route(name="original.get", verb="GET", path=f"{_HOOK}/messages/@original", limit=(5, 2.0), open=True),
    Route(name="original.edit", verb="PATCH", path=f"{_HOOK}/messages/@original", limit=(5, 2.0), open=True),
    Route(name="original.delete", verb="DELETE", path=f"{_HOOK}/messages/@original", limit=(5, 2.0), open=True),
    Route(name="followups.get", verb="GET", path=f"{_HOOK}/messages/{{message_id}}", limit=(5, 2.0), open=True),
    Route(name="followups.edit", verb="PATCH", path=f"{_HOOK}/messages/{{message_id}}", limit=(5, 2.0), open=True),
    Route(name="followups.delete", verb="DELETE", path=f"{_HOOK}/messages/{{message_id}}", limit=(5, 2.0), open=True),
)


def route_of(verb: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The call that this is, and what stands in its path; of several the one that says most."""
    for route in sorted(ROUTES, key=lambda each: each.path.count("{")):
        found = route.pattern.match(path) if route.verb == verb else None
        if found is not None:
            return route, found.groupdict()
    return None
