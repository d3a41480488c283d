"""What the Slack adapter is told from outside."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """One installed app. Secrets are not shown by `repr`."""

    bot_token: str = field(repr=False)
    """`xoxb-…`."""
    app_token: str = field(default="", repr=False)
    """`xapp-…`, for Socket Mode."""
    signing_secret: str = field(default="", repr=False)
    """For HTTP mode."""
    mode: Literal["socket", "http"] = "socket"
    host: str = "127.0.0.1"
    """Where HTTP mode listens."""
    port: int = 3000
    """0 takes any free one."""
    api_url: str = "https://slack.com/api/"
    call_timeout_s: float = 10.0
    """The longest one call to Slack may take."""
    ack_after_s: float = 2.0
    """Slack is answered at the latest after this long; it waits for three seconds."""
    name_timeout_s: float = 0.8
    """The longest a message waits for the names of who is mentioned in it."""
    ping_every_s: float = 10.0
    """A socket that answers nothing for twice this long is opened anew."""
