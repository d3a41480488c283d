"""What the Telegram adapter is told from outside."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSettings:
    """One bot. Secrets are not shown by `repr`."""

    bot_token: str = field(repr=False)
    """`123456:ABC…`, from BotFather."""
    mode: Literal["polling", "webhook"] = "polling"
    host: str = "127.0.0.1"
    """Where webhook mode listens."""
    port: int = 8443
    """0 takes any free one."""
    public_url: str = ""
    """Where Telegram reaches webhook mode from outside, such as `https://bots.example.com`."""
    secret: str = field(default="", repr=False)
    """Telegram shows it with every update in webhook mode: 1 to 256 of A–Z, a–z, 0–9, `_` and `-`."""
    api_url: str = "https://api.telegram.org"
    """A Bot API server; one's own works as well."""
    call_timeout_s: float = 10.0
    """The longest one call may take."""
    upload_timeout_s: float = 60.0
    """The longest a file may take on its way."""
    poll_s: int = 25
    """How long a poll waits for something to happen."""
    look_again_s: float = 0.5
    """Before what could not be kept a moment ago is asked for again."""
    conflict_pause_s: float = 5.0
    """Before the next poll when another process reads what is sent to this bot."""
    closing_s: float = 5.0
    """How long what is being kept may take once the program ends."""
    answer_press_s: float = 0.8
    """A press is answered at the latest after this long: until then the button turns."""
