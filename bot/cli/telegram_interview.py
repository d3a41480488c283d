"""The questions of `orchestrator init telegram`: the token, who one is, and the group; nothing is written by them."""

import asyncio
from dataclasses import replace
from typing import Final

import typer

from adapters.chat.errors import ChatError
from adapters.chat.payload import text_at, truth_at
from adapters.console.adapter import Console
from adapters.telegram.calls import Calls
from adapters.telegram.identity import check, recognised
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.us import Us
from bot.cli.exits import told
from bot.cli.hidden import hidden
from bot.settings_tables import missing
from bot.telegram_setup import FATHER, TelegramSetup, group_words, link, tables
from bot.telegram_visitors import Visitor, Visitors
from bot.terminal import terminal
from config.settings import Settings
from core.domain.errors import ConfigurationError, InvalidInputError

_WAIT_S: Final = 300.0
"""How long somebody is waited for, who has to find their phone."""


async def interview(settings: Settings, setup: TelegramSetup) -> tuple[TelegramSetup, bool]:
    """What is known at the end, and whether it is to be added to the settings; InvalidInputError when it is stopped."""
    console = terminal()
    asked = _Interview(console, settings)
    calls, us = await asked.bot()
    ids = replace(setup.ids, username=us.username)
    if not (ids.admin and ids.group):
        async with calls.connected():
            admin, group = await asked.numbers(Visitors(calls), calls, us, replace(setup, ids=ids))
        ids = replace(ids, admin=admin, group=group)
    setup = replace(setup, ids=ids)
    typer.echo()
    return setup, await asked.add(setup)


class _Interview:
    """One person at a terminal."""

    def __init__(self, console: Console, settings: Settings) -> None:
        self._console = console
        self._settings = settings

    async def bot(self) -> tuple[Calls, Us]:
        """The bot, by a token that Telegram accepts; asked for until it does."""
        given = self._settings.telegram.bot_token.get_secret_value()
        if given:
            # a token that is set and wrong has to be set anew: asking for another one would not help serve
            return await self._recognised(given)
        for line in (
            f"Open {FATHER} in Telegram and send /newbot.",
            "It asks for a name, and for a username that ends in bot. Then it gives you a token.",
        ):
            typer.echo(line)
        with hidden() as screen:
            while (token := await screen.line("Token (it is not shown):")) is not None:
                try:
                    found = await self._recognised(token)
                except ConfigurationError:
                    # its words are about settings, and this was typed
                    typer.echo("That is no token of a bot. Paste the line with a colon, such as 123456:ABC…")
                    continue
                except ChatError as error:
                    typer.echo(f"{told(error)} Check the network, then paste the token again.")
                    continue
                return found
        raise _stopped()

    async def numbers(self, visitors: Visitors, calls: Calls, us: Us, setup: TelegramSetup) -> tuple[int, int]:
        """The numbers of the person and of the group; 0 for what is not learned."""
        admin, group = setup.ids.admin, setup.ids.group
        try:
            if not await self._may_listen(calls):
                return admin, group
            admin = admin or await self._admin(visitors, us)
            group = group or await self._group(visitors, calls, us, setup)
        except ChatError as error:
            typer.echo(told(error))
        return admin, group

    async def add(self, setup: TelegramSetup) -> bool:
        """Whether the tables that are missing are to be added to the settings file."""
        file = self._settings.config_file
        if file is None:
            return False
        lines = missing(tables(setup), text=file.read_text(encoding="utf-8"))
        if not lines:
            return False
        typer.echo("\n".join(lines.values()))
        return await self._yes(f"Add this to {file}?")

    async def _recognised(self, token: str) -> tuple[Calls, Us]:
        given = TelegramSettings(bot_token=token, api_url=self._settings.telegram.api_url)
        check(given)
        calls = Calls(given)
        us = await recognised(calls)
        typer.echo(f"This is @{us.username}: {link(us.username)}")
        return calls, us

    async def _may_listen(self, calls: Calls) -> bool:
        """Whether nobody else hears what is sent to the bot, as far as Telegram says."""
        hook = await calls.ask("getWebhookInfo", repeatable=True)
        if not text_at(hook, "url"):
            return True
        typer.echo(
            "Telegram sends what is written to this bot to an address (a webhook), so it is not listened to here."
        )
        return False

    async def _admin(self, visitors: Visitors, us: Us) -> int:
        typer.echo(f"\nWho may do everything? Open {link(us.username)} and press Start. Waiting…")
        while (found := await self._next(visitors, group=False)) is not None:
            if await self._yes(f"{found.name} wrote, number {found.number}. Is this you?"):
                return found.number
            typer.echo("Then press Start yourself. Waiting…")
        return 0

    async def _group(self, visitors: Visitors, calls: Calls, us: Us, setup: TelegramSetup) -> int:
        about = f" that talks about {setup.project}" if setup.project else ""
        typer.echo()
        if not await self._yes(f"Is there a group{about}?"):
            return 0
        if not truth_at(await calls.ask("getMe", repeatable=True), "can_join_groups"):
            typer.echo(f"@{us.username} may not join groups yet: send /setjoingroups to BotFather, Enable.")
        typer.echo(f"Then {group_words(us.username)} Waiting…")
        while (found := await self._next(visitors, group=True)) is not None:
            if await self._yes(f"It is in {found.name}, number {found.number}. Is this the group?"):
                return found.number
            typer.echo("Then add it to the right one. Waiting…")
        return 0

    async def _next(self, visitors: Visitors, *, group: bool) -> Visitor | None:
        try:
            async with asyncio.timeout(_WAIT_S):
                return await visitors.next(group=group)
        except TimeoutError:
            typer.echo(f"Nobody came within {_WAIT_S / 60:.0f} minutes. It goes on without; see the steps below.")
            return None

    async def _yes(self, question: str) -> bool:
        answer = await self._console.read_line(f"{question} [yes]:")
        if answer is None:
            raise _stopped()
        if not answer.strip() and self._console.is_live:
            # an empty line leaves nothing on the screen
            typer.echo(f"{question} yes")
        return answer.strip().lower() in {"", "y", "yes"}


def _stopped() -> InvalidInputError:
    return InvalidInputError("Stopped before anything was written.", hint="Begin again: orchestrator init telegram")
