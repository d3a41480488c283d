"""`orchestrator init discord`: the address that adds the bot to a server, the steps around it, and the settings."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.chat_tables import may_add, project_of, settings_step, text_of
from bot.cli.exits import Exit, told
from bot.cli.invocation import invocation
from bot.cli.perform import perform
from core.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from bot.discord_setup import DiscordIds, DiscordSetup
    from config.settings import Settings

_ID = re.compile(r"[1-9]\d*", re.ASCII)


def discord(
    context: typer.Context,
    application: Annotated[str, typer.Option("--application", help="Id of the application, from its page.")] = "",
    project: Annotated[str, typer.Option("--project", "-p", help="Project that a channel talks about.")] = "",
    guild: Annotated[str, typer.Option("--server", help="Id of the server.")] = "",
    admin: Annotated[str, typer.Option("--admin", help="User id of who may do everything.")] = "",
    channel: Annotated[str, typer.Option("--channel", help="Id of the project's channel.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Add the settings to orchestrator.toml, and ask nothing.")
    ] = False,
) -> None:
    """Set a bot up in Discord: its token is checked, and the address that adds it to a server is printed.

    At a terminal it asks for what it needs; the token is never shown, and never an argument. Without a terminal, or
    with --yes, it only says what to do; with the token in the environment Discord is asked for what else it knows.

    Examples: orchestrator init discord   ·   orchestrator init discord --server 1234 --admin 4711 --yes
    """

    async def work() -> int:
        from bot.discord_setup import DiscordIds, DiscordSetup
        from bot.terminal import somebody_types

        _checked({"--application": application, "--server": guild, "--admin": admin, "--channel": channel})
        settings = invocation(context).settings()
        if yes:
            may_add(settings)
        ids = DiscordIds(application=application, guild=guild, admin=admin, channel=channel)
        if not yes and somebody_types():
            from bot.cli.discord_interview import interview

            setup, is_made, add = await interview(
                settings, DiscordSetup(ids=ids, project=project_of(settings, project))
            )
            _tell(settings, setup, _Learned(ids=setup.ids, is_made=is_made, is_in=bool(setup.ids.guild)), add=add)
            return Exit.DONE
        learned = await _learned(settings, ids)
        setup = DiscordSetup(ids=learned.ids, project=project_of(settings, project))
        _tell(settings, setup, learned, add=yes)
        return Exit.DONE

    perform(context, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learned:
    """What Discord says of the application with the token; without one nothing is learned."""

    ids: "DiscordIds"
    lines: tuple[str, ...] = ()
    is_made: bool = False
    """Whether there is an application, with its intent switched on."""
    is_in: bool = False
    """Whether its bot is in the server."""


async def _learned(settings: "Settings", ids: "DiscordIds") -> _Learned:
    """`ids` with what Discord adds to them; ConfigurationError when it does not accept the token."""
    from bot.discord_app import discord_app

    given = discord_app(settings)
    if given is None:
        return _Learned(ids=ids)
    from adapters.chat.errors import ChatError
    from bot.discord_account import account

    try:
        found = await account(given)
    except ChatError as error:
        return _Learned(ids=ids, lines=(f"Discord could not be asked: {told(error)}",))
    only = next(iter(found.guilds)) if len(found.guilds) == 1 else ""
    known = replace(ids, application=ids.application or found.application, guild=ids.guild or only)
    where = ", ".join(f"{name} ({guild})" for guild, name in found.guilds.items())
    lines = [f"The bot is {found.name}, " + (f"in: {where}." if where else "in no server yet.")]
    if found.owner and not ids.admin:
        lines.append(f"The application belongs to {found.owner_name}. If that is you: --admin {found.owner}")
    return _Learned(ids=known, lines=tuple(lines), is_made=found.hears)


def _checked(ids: dict[str, str]) -> None:
    """InvalidInputError for what is no id."""
    for option, given in ids.items():
        if given and not _ID.fullmatch(given):
            hint = "Switch on Developer Mode in Discord (User Settings, Advanced), then right-click and Copy ID."
            raise InvalidInputError(f"{given[:40]!r} is no id for {option}.", hint=hint)
    if ids["--channel"] and not ids["--server"]:
        raise InvalidInputError("Which server is the channel in?", hint="Add --server with its id.")


def _tell(settings: "Settings", setup: "DiscordSetup", learned: _Learned, *, add: bool) -> None:
    """What is left to do; with `add` the settings are added first."""
    from adapters.discord.needs import INTENT, PERMISSIONS, invite_url
    from bot.discord_setup import application_steps, by_hand, id_steps, invite_step, last_steps, tables, token_step

    text = text_of(settings)
    changes = by_hand(setup, settings, text=text)
    step = settings_step(settings, tables(setup), text=text, changes=changes, add=add)
    url = invite_url(setup.ids.application) if setup.ids.application else ""
    without_token = learned.is_made and not settings.discord.bot_token.get_secret_value()
    steps = (
        *(() if learned.is_made else application_steps(intent=INTENT)),
        *((token_step(),) if without_token else ()),
        *(() if learned.is_in else (invite_step(url=url, permissions=PERMISSIONS),)),
        *id_steps(setup),
        *last_steps(settings_step=step),
    )
    for line in learned.lines:
        typer.echo(line)
    typer.echo("From here on:\n")
    for number, told_step in enumerate(steps, start=1):
        typer.echo(f"{number}. {told_step}")
