"""Looks at Telegram: the settings alone first, then what Telegram says about the bot, its connection and its groups."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime

from adapters.chat.errors import ChatError
from adapters.chat.payload import Payload, truth_at
from adapters.telegram.calls import Calls
from adapters.telegram.identity import check, recognised
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.us import Us
from bot.checks.bound import BoundChannel, channels_of, people_of, some
from bot.checks.finding import Finding, Mark, broken, fine, note, warning
from bot.checks.telegram_connection import commands, connection
from bot.checks.telegram_groups import groups
from bot.telegram_app import telegram_app
from bot.telegram_setup import TOKEN_VARIABLE
from config.settings import Settings
from core.domain.errors import ConfigurationError

_NETWORK = "Check the network, a proxy (HTTPS_PROXY), or telegram.api_url."
_HEARS = "In groups it hears commands, answers to it and its name."


async def telegram(
    settings: Settings, *, channels: Sequence[BoundChannel], offline: bool, now: datetime
) -> Sequence[Finding]:
    """All about Telegram; nothing is sent, nobody's updates are read, and with `offline` Telegram is not asked.

    `channels` are bound in Telegram itself.
    """
    given = telegram_app(settings)
    if given is None:
        return [_absent(settings)]
    try:
        check(given)
    except ConfigurationError as error:
        return [Finding(about="Telegram", mark=Mark.BROKEN, text=error.message, todo=error.hint, is_configuration=True)]
    if offline:
        return [note("Telegram", "There is a token; Telegram was not asked about it."), _people(settings)]
    bound = [*channels_of("telegram", settings, bound=channels), *_open(settings)]
    return [finding async for finding in _asked(settings, given, channels=bound, now=now)]


async def _asked(
    settings: Settings, given: TelegramSettings, *, channels: Sequence[BoundChannel], now: datetime
) -> AsyncGenerator[Finding]:
    calls = Calls(given)
    async with calls.connected():
        try:
            us = await recognised(calls)
            me = await calls.ask("getMe", repeatable=True)
            hook = await calls.ask("getWebhookInfo", repeatable=True)
            offered = await calls.call("getMyCommands", repeatable=True)
        except ConfigurationError as error:
            yield broken("Telegram", error.message, todo=error.hint)
            return
        except ChatError as error:
            yield warning("Telegram", f"It could not be asked: {error.message}", todo=error.hint or _NETWORK)
            return
        yield fine("Telegram", f"The bot is @{us.username} (https://t.me/{us.username}).")
        yield connection(given, hook, now=now)
        yield commands(offered)
        yield _privacy(us, me)
        yield _people(settings)
        for finding in await groups(calls, us, channels):
            yield finding


def _absent(settings: Settings) -> Finding:
    if settings.telegram.model_fields_set - {"api_url"} or people_of("telegram", settings):
        todo = f"Set {TOKEN_VARIABLE} to the token that BotFather gives; /token there shows it again."
        return warning("Telegram", "It is in the settings, but there is no bot token.", todo=todo)
    return note("Telegram", "Not set up.", todo="To work from Telegram: orchestrator init telegram")


def _privacy(us: Us, me: Payload) -> Finding:
    about = "Telegram in groups"
    if not truth_at(me, "can_join_groups"):
        todo = "To use it in groups: send /setjoingroups to BotFather, choose the bot, Enable."
        return note(about, "The bot may not be added to groups.", todo=todo)
    if us.hears_all:
        return fine(about, "It hears whatever is said in the groups it is in (privacy mode is off).")
    todo = "Make it an administrator; or send /setprivacy to BotFather, Disable, and add it to the group again."
    return note(about, f"{_HEARS} Where it is to hear more:", todo=todo)


def _people(settings: Settings) -> Finding:
    about, named = "Telegram people", people_of("telegram", settings)
    if named:
        return fine(about, f"Allowed: {some(named)}.")
    todo = 'Set admins = ["telegram:4711"] in [access]. orchestrator init telegram tells your number.'
    return Finding(
        about=about, mark=Mark.BROKEN, text="Nobody is allowed to do anything.", todo=todo, is_configuration=True
    )


def _open(settings: Settings) -> Sequence[BoundChannel]:
    """Groups that are listed without a project."""
    named = [each for each in settings.telegram.groups if each != "*"]
    return [BoundChannel(name=f"telegram:{each}", why="groups in [telegram]") for each in named]
