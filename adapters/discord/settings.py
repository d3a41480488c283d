"""What the Discord adapter is told from outside."""

import re
from dataclasses import dataclass, field

_VERSION = "v10"
_VERSIONED = re.compile(r"/v\d+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSettings:
    """One application with its bot. Secrets are not shown by `repr`."""

    bot_token: str = field(repr=False)
    application_id: str = ""
    """'' asks Discord."""
    guilds: tuple[str, ...] = ()
    """Ids of the servers that get the commands at once and alone; () gives them to every server the bot is in."""
    api_url: str = "https://discord.com/api"
    call_timeout_s: float = 10.0
    """The longest one call to Discord may take."""
    defer_after_s: float = 1.5
    """A click or command waits so long for a form before it is put off; Discord waits for three seconds."""
    roles_within_s: float = 0.8
    """The longest the roles of a person in other servers are waited for: whoever presses a button waits meanwhile."""
    suggest_within_s: float = 2.0
    """The longest a suggestion may take: later ones nobody sees."""
    identify_pause_s: float = 5.0
    """Before a lost session is begun anew: Discord allows one in five seconds."""
    heartbeat_timeout_s: float = 30.0
    """A connection that says nothing for so long is opened anew."""

    @property
    def base_url(self) -> str:
        """Where the calls go, with the version of the API and without a slash at its end."""
        url = self.api_url.rstrip("/")
        return url if _VERSIONED.search(url) else f"{url}/{_VERSION}"
