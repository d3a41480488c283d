"""Looks at Discord: the settings alone first, then what Discord says about the bot, its servers and its channels."""

from collections.abc import AsyncGenerator, Sequence

from adapters.chat.errors import ChatError
from adapters.chat.payload import text_at
from adapters.discord.calls import Calls
from adapters.discord.command_tree import COMMAND
from adapters.discord.identity import INTENT_HINT, check
from adapters.discord.needs import INTENT
from adapters.discord.settings import DiscordSettings
from adapters.discord.wire import HttpWire
from bot.checks.bound import BoundChannel, channels_of, people_of
from bot.checks.discord_channels import channels as channel_findings
from bot.checks.discord_people import people, servers
from bot.checks.finding import Finding, Mark, broken, fine, note, warning
from bot.discord_account import Account, account_of
from bot.discord_app import discord_app
from bot.discord_setup import TOKEN_VARIABLE
from config.settings import Settings
from core.domain.errors import ConfigurationError

_NETWORK = "Check the network, a proxy (HTTPS_PROXY), or discord.api_url."


async def discord(settings: Settings, *, channels: Sequence[BoundChannel], offline: bool) -> Sequence[Finding]:
    """All about Discord; nothing is sent, and with `offline` Discord is not asked. `channels` are bound there."""
    given = discord_app(settings)
    if given is None:
        return [_absent(settings)]
    try:
        check(given)
    except ConfigurationError as error:
        return [Finding(about="Discord", mark=Mark.BROKEN, text=error.message, todo=error.hint, is_configuration=True)]
    if offline:
        return [note("Discord", "There is a token; Discord was not asked about it."), people(settings)]
    bound = channels_of("discord", settings, bound=channels)
    return [finding async for finding in _asked(settings, given, channels=bound)]


async def _asked(
    settings: Settings, given: DiscordSettings, *, channels: Sequence[BoundChannel]
) -> AsyncGenerator[Finding]:
    wire = HttpWire(given)
    calls = Calls(wire)
    async with wire.connected():
        try:
            us = await account_of(calls, given)
        except ConfigurationError as error:
            yield broken("Discord", error.message, todo=error.hint)
            return
        except ChatError as error:
            yield warning("Discord", f"It could not be asked: {error.message}", todo=error.hint or _NETWORK)
            return
        yield fine("Discord", f"The bot is {us.name} (application {us.application}).")
        yield _intent(us)
        for finding in servers(settings, us.guilds, application=us.application):
            yield finding
        yield await _commands(calls, us, settings)
        yield people(settings)
        for finding in await channel_findings(calls, us, settings, channels=channels):
            yield finding


def _absent(settings: Settings) -> Finding:
    if settings.discord.model_fields_set - {"api_url"} or people_of("discord", settings):
        todo = f"Set {TOKEN_VARIABLE} to the token from the page Bot of your application (Reset Token)."
        return warning("Discord", "It is in the settings, but there is no bot token.", todo=todo)
    return note("Discord", "Not set up.", todo="To work from Discord: orchestrator init discord")


def _intent(us: Account) -> Finding:
    if us.hears:
        return fine("Discord intents", f"{INTENT} is on.")
    return broken("Discord intents", f"{INTENT} is off: nobody could be heard in a thread.", todo=INTENT_HINT)


async def _commands(calls: Calls, us: Account, settings: Settings) -> Finding:
    """Whether people are offered /orchestrate."""
    about = "Discord commands"
    guilds = [each for each in settings.discord.guilds if each in us.guilds]
    paths = [f"/applications/{us.application}/guilds/{guild}/commands" for guild in guilds]
    try:
        found = [await calls.listing(path) for path in paths or [f"/applications/{us.application}/commands"]]
    except ChatError as error:
        return warning(about, f"They could not be asked about: {error.message}", todo=error.hint or _NETWORK)
    if all(any(text_at(each, "name") == COMMAND for each in there) for there in found):
        return fine(about, f"/{COMMAND} is offered.")
    return note(about, f"/{COMMAND} is not offered yet.", todo="serve registers it when it starts.")
