"""The questions of `orchestrator init discord`: the token, the server, who one is, the channel; it writes nothing."""

from collections.abc import Mapping
from dataclasses import replace

import typer

from adapters.chat.errors import ChatError
from adapters.chat.payload import text_at
from adapters.chat.text import printable
from adapters.console.adapter import Console
from adapters.discord.calls import Calls
from adapters.discord.needs import INTENT, PERMISSIONS, invite_url
from adapters.discord.settings import DiscordSettings
from adapters.discord.wire import HttpWire
from bot.cli.exits import told
from bot.cli.hidden import hidden
from bot.discord_account import Account, account
from bot.discord_setup import PORTAL, DiscordIds, DiscordSetup, tables
from bot.settings_tables import missing
from bot.terminal import terminal
from config.settings import Settings
from core.domain.errors import ConfigurationError, InvalidInputError

_WRITABLE = frozenset({0, 5, 15})
"""Text, announcements, forum (page: Channel, types)."""
_MOST = 25
"""Channels that are offered; an id can be typed as well."""


async def interview(settings: Settings, setup: DiscordSetup) -> tuple[DiscordSetup, bool, bool]:
    """What is known at the end, whether the application is made, and whether the settings are to be added.

    InvalidInputError when it is stopped.
    """
    asked = _Interview(terminal(), settings)
    found = await asked.application()
    ids = replace(setup.ids, application=setup.ids.application or found.application)
    found = await asked.invited(found)
    ids = replace(ids, guild=ids.guild or await asked.server(found.guilds))
    ids = replace(ids, admin=ids.admin or await asked.admin(found))
    if setup.project and ids.guild and not ids.channel:
        ids = replace(ids, channel=await asked.channel(ids, setup.project))
    setup = replace(setup, ids=ids)
    typer.echo()
    return setup, found.hears, await asked.add(setup)


class _Interview:
    """One person at a terminal."""

    def __init__(self, console: Console, settings: Settings) -> None:
        self._console = console
        self._settings = settings
        self._given = DiscordSettings(bot_token="")

    async def application(self) -> Account:
        """The application, by a token that Discord accepts; asked for until it does."""
        token = self._settings.discord.bot_token.get_secret_value()
        if token:
            # a token that is set and wrong has to be set anew: asking for another one would not help serve
            return await self._recognised(token)
        typer.echo(f"Open {PORTAL} and press New Application. Its name is what people see.")
        typer.echo(f"On its page Bot: switch on {INTENT}, press Reset Token and copy it.")
        with hidden() as screen:
            while (token := await screen.line("Token (it is not shown):")) is not None:
                try:
                    return await self._recognised(token)
                except ConfigurationError:
                    # its words are about settings, and this was typed
                    typer.echo("Discord does not know that token. Copy it again from the page Bot.")
                except ChatError as error:
                    typer.echo(f"{told(error)} Check the network, then paste the token again.")
        raise _stopped()

    async def invited(self, found: Account) -> Account:
        """The application once its intent is on and it is in a server; as it is when the person goes on without."""
        while not found.hears:
            typer.echo(f"\n{INTENT} is off: the bot could hear nobody. It is a switch on the page Bot.")
            if not await self._yes("Is it on now?"):
                break
            found = await account(self._given)
        while not found.guilds:
            typer.echo(f"\nAdd the bot to your server, with exactly what it needs ({', '.join(PERMISSIONS)}):")
            typer.echo(f"\n   {invite_url(found.application)}\n")
            if not await self._yes("Is it there now?"):
                break
            found = await account(self._given)
        return found

    async def server(self, guilds: Mapping[str, str]) -> str:
        """The id of the server to listen to, '' for none yet."""
        if len(guilds) == 1:
            typer.echo(f"It is in {next(iter(guilds.values()))}.")
        return await self._chosen("Which server shall it listen to?", guilds)

    async def admin(self, found: Account) -> str:
        """The id of who may do everything, '' when it is not known."""
        if not found.owner:
            return ""
        mine = await self._yes(f"The application belongs to {found.owner_name} ({found.owner}). Is that you?")
        return found.owner if mine else ""

    async def channel(self, ids: DiscordIds, project: str) -> str:
        """The id of the channel about the project, '' for none."""
        wire = HttpWire(self._given)
        async with wire.connected():
            try:
                there = await Calls(wire).listing(f"/guilds/{ids.guild}/channels")
            except ChatError as error:
                typer.echo(told(error))
                return ""
        named = {
            text_at(each, "id"): "#" + " ".join(printable(text_at(each, "name")).split())
            for each in there
            if each.get("type") in _WRITABLE
        }
        return await self._chosen(f"Which channel talks about {project}?", named, may_be_none=True)

    async def add(self, setup: DiscordSetup) -> bool:
        """Whether the tables that are missing are to be added to the settings file."""
        file = self._settings.config_file
        if file is None:
            return False
        lines = missing(tables(setup), text=file.read_text(encoding="utf-8"))
        if not lines:
            return False
        typer.echo("\n".join(lines.values()))
        return await self._yes(f"Add this to {file}?")

    async def _recognised(self, token: str) -> Account:
        self._given = DiscordSettings(bot_token=token, api_url=self._settings.discord.api_url)
        found = await account(self._given)
        typer.echo(f"This is {found.name} (application {found.application}).")
        return found

    async def _chosen(self, question: str, offered: Mapping[str, str], *, may_be_none: bool = False) -> str:
        """The id of what is chosen by its number; the only one there is without a question unless it may be none."""
        if not offered or (len(offered) == 1 and not may_be_none):
            return next(iter(offered), "")
        ids = list(offered)[:_MOST]
        typer.echo()
        for number, each in enumerate(ids, start=1):
            typer.echo(f"{number}. {offered[each]}")
        hint = "a number, or nothing for none" if may_be_none else "a number"
        while True:
            answer = await self._line(f"{question} ({hint}):")
            if answer.isascii() and answer.isdigit() and 1 <= int(answer[:6]) <= len(ids):
                return ids[int(answer[:6]) - 1]
            if not answer and may_be_none:
                return ""
            typer.echo(f"Type a number from 1 to {len(ids)}.")

    async def _yes(self, question: str) -> bool:
        answer = await self._line(f"{question} [yes]:")
        if not answer and self._console.is_live:
            # an empty line leaves nothing on the screen
            typer.echo(f"{question} yes")
        return answer.lower() in {"", "y", "yes"}

    async def _line(self, question: str) -> str:
        answer = await self._console.read_line(question)
        if answer is None:
            raise _stopped()
        return answer.strip()


def _stopped() -> InvalidInputError:
    return InvalidInputError("Stopped before anything was written.", hint="Begin again: orchestrator init discord")
