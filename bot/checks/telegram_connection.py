"""Looks at how the bot hears of what happens in Telegram, and at the commands that people are offered there."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from adapters.chat.payload import Payload, maps_at, text_at
from adapters.telegram.look import number_at
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.webhook import PATH
from bot.checks.finding import Finding, fine, note, warning
from bot.telegram_app import telegram_menu

_ABOUT = "Telegram connection"
_RECENT = timedelta(hours=1)


def connection(given: TelegramSettings, hook: Payload, *, now: datetime) -> Finding:
    """Whether Telegram hands over what happens in the way the settings say; `hook` is what getWebhookInfo answers."""
    url, waiting = text_at(hook, "url"), number_at(hook, "pending_update_count")
    if given.mode == "webhook":
        return _webhook(given, hook, url=url, waiting=_waiting(waiting), now=now)
    if url:
        todo = (
            "serve removes it when it starts. If something there is still in use, give this program a bot of its own."
        )
        return warning(_ABOUT, f"A webhook is left over: Telegram sends to {_host(url)}.{_waiting(waiting)}", todo=todo)
    if waiting:
        todo = (
            "Start serve. If it runs, another process may read with the same token, and the two interrupt each other: "
            "Telegram answers both with 409 Conflict. Stop one, or give it a bot of its own."
        )
        return note(_ABOUT, f"Updates are asked for (polling).{_waiting(waiting)}", todo=todo)
    return fine(_ABOUT, "Updates are asked for (polling), and none waits.")


def commands(offered: object) -> Finding:
    """Whether people are offered the commands; `offered` is what getMyCommands answers."""
    names = {text_at(each, "command") for each in maps_at({"commands": offered}, "commands")}
    wanted = [each.name for each in telegram_menu()]
    if names == set(wanted):
        return fine("Telegram commands", f"All {len(wanted)} are offered when somebody types /.")
    text = "They are not those of this version." if names else "None is offered yet."
    return note("Telegram commands", text, todo="serve registers them when it starts.")


def _webhook(given: TelegramSettings, hook: Payload, *, url: str, waiting: str, now: datetime) -> Finding:
    if url != given.public_url.rstrip("/") + PATH:
        text = f"Telegram sends to another address: {_host(url)}." if url else "Telegram knows no address yet."
        return warning(_ABOUT, f"{text}{waiting}", todo="serve tells it the one in the settings when it starts.")
    said = text_at(hook, "last_error_message")
    at = datetime.fromtimestamp(number_at(hook, "last_error_date"), UTC)
    if said and (waiting or now - at < _RECENT):
        todo = (
            f"See that {given.public_url} reaches {given.host}:{given.port}, with a certificate, and that serve runs."
        )
        return warning(_ABOUT, f"Telegram could not deliver to {_host(url)}: {said}.{waiting}", todo=todo)
    return fine(_ABOUT, f"Telegram sends to {_host(url)}, which leads to {given.host}:{given.port}.{waiting}")


def _waiting(count: int) -> str:
    if not count:
        return ""
    return " One update waits to be read." if count == 1 else f" {count} updates wait to be read."


def _host(url: str) -> str:
    """The address without its path, which may hold a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or '?'}"
