"""How the bot stands with Telegram, for whoever sets it up or wonders why nothing comes in; changes nothing."""

from dataclasses import dataclass

from adapters.chat.payload import maps_at, text_at
from adapters.telegram.calls import Calls
from adapters.telegram.identity import recognised
from adapters.telegram.look import number_at
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.us import Us


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What Telegram says about the bot."""

    us: Us
    webhook: str
    """Where updates are sent; '' when they wait to be polled. One that was left behind keeps polling from working."""
    waiting: int
    """Updates nobody took yet."""
    trouble: str
    """What went wrong when Telegram last posted to the webhook, '' for nothing."""
    offered: tuple[str, ...]
    """Commands people are offered in groups."""


async def examined(settings: TelegramSettings) -> Found:
    """Ask Telegram about the bot.

    ConfigurationError when the token makes us nobody, any error of the port when Telegram does not answer.
    """
    calls = Calls(settings)
    async with calls.connected():
        us = await recognised(calls)
        hook = await calls.ask("getWebhookInfo", repeatable=True)
        menu = await calls.call("getMyCommands", repeatable=True, scope={"type": "all_group_chats"})
    return Found(
        us=us,
        webhook=text_at(hook, "url"),
        waiting=number_at(hook, "pending_update_count"),
        trouble=text_at(hook, "last_error_message"),
        offered=tuple(text_at(each, "command") for each in maps_at({"menu": menu}, "menu")),
    )
