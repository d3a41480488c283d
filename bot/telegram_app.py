"""The Telegram bot that the settings describe."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.telegram.menu import MenuEntry
    from adapters.telegram.settings import TelegramSettings
    from config.settings import Settings

_MENU = (
    ("orchestrate", "Hand over work, or any command"),
    ("run", "Hand work over: say what you want done"),
    ("status", "What is running, and what waits for you"),
    ("tasks", "List tasks, the newest first"),
    ("task", "One task: steps, questions, cost, result"),
    ("approve", "Say yes to what is asked: /approve A17"),
    ("deny", "Say no, and why: /deny A17 use the other table"),
    ("steer", "Tell a task's agents something: /steer T142 …"),
    ("pause", "Stop a task's agents where they are"),
    ("resume", "Go on with a paused task"),
    ("cancel", "Stop a task for good; its branch is kept"),
    ("retry", "Try an ended task again"),
    ("publish", "Offer what a task has so far, as a draft"),
    ("review", "Review a pull request: /review 45"),
    ("ask", "Ask about money and tasks: /ask who spent most?"),
    ("costs", "What was spent"),
    ("estimate", "What a request may cost, and how long it takes"),
    ("budget", "What a task may cost, and raising it"),
    ("schedule", "Work and reports by the clock"),
    ("diff", "What a task changed, as a file"),
    ("logs", "What an agent was told, said and did"),
    ("project", "Projects, and which one this group is about"),
    ("whoami", "What you may do here, and your number"),
    ("help", "All commands, with examples"),
)
"""What Telegram offers while somebody types `/`; a phone shows a short line of each."""


def telegram_app(settings: "Settings") -> "TelegramSettings | None":
    """What the adapter is told; None without a token: then there is no Telegram."""
    said = settings.telegram
    token = said.bot_token.get_secret_value()
    if not token:
        return None
    # the libraries of a platform are loaded for those who use it
    from adapters.telegram.settings import TelegramSettings

    host, _, port = said.listen.rpartition(":")
    return TelegramSettings(
        bot_token=token,
        mode=said.mode,
        host=host,
        port=int(port),
        public_url=said.public_url,
        secret=said.webhook_secret.get_secret_value() or _secret(token),
        api_url=said.api_url,
    )


def telegram_menu() -> "Sequence[MenuEntry]":
    """The commands people are offered."""
    from adapters.telegram.menu import MenuEntry

    return [MenuEntry(name=name, says=says) for name, says in _MENU]


def _secret(token: str) -> str:
    """The same at every start, and known to nobody who does not know the token."""
    return hashlib.sha256(f"orchestrator webhook {token}".encode()).hexdigest()
