"""`orchestrator init telegram`: from BotFather to the settings, with the numbers learned by listening."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.chat_tables import may_add, project_of, settings_step, text_of
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform
from core.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from bot.telegram_setup import TelegramSetup
    from config.settings import Settings

_NUMBERS = {
    "--admin": (re.compile(r"[1-9]\d*", re.ASCII), "such as 4711: without --yes it is told when you press Start"),
    "--group": (re.compile(r"-[1-9]\d*", re.ASCII), "such as -1001234: without --yes it is told when the bot is added"),
}


def telegram(
    context: typer.Context,
    http: Annotated[
        str, typer.Option("--http", metavar="URL", help="Be called by Telegram at this https address; else polling.")
    ] = "",
    project: Annotated[str, typer.Option("--project", "-p", help="Project that a group talks about.")] = "",
    admin: Annotated[str, typer.Option("--admin", help="Number of who may do everything, such as 4711.")] = "",
    group: Annotated[str, typer.Option("--group", help="Number of the project's group, such as -1001234.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Add the settings to orchestrator.toml, and ask nothing.")
    ] = False,
) -> None:
    """Set a bot up in Telegram: its token is checked, and your number is learned when you press Start.

    Without a terminal, or with --yes, it only says what to do. The token is never shown, and never an argument.

    Examples: orchestrator init telegram   ·   orchestrator init telegram --admin 4711 --group=-1001234 --yes
    """

    async def work() -> int:
        from bot.telegram_setup import TelegramIds, TelegramSetup
        from bot.terminal import somebody_types

        _checked(http=http, numbers={"--admin": admin, "--group": group})
        settings = invocation(context).settings()
        if yes:
            may_add(settings)
        ids = TelegramIds(admin=int(admin or 0), group=int(group or 0))
        setup = TelegramSetup(ids=ids, project=project_of(settings, project), http_url=http)
        if yes or not somebody_types():
            _tell(settings, setup, add=yes)
            return Exit.DONE
        from bot.cli.telegram_interview import interview

        setup, add = await interview(settings, setup)
        _tell(settings, setup, add=add)
        return Exit.DONE

    perform(context, work)


def _checked(*, http: str, numbers: dict[str, str]) -> None:
    """InvalidInputError for what Telegram would not take."""
    if http and not http.startswith("https://"):
        raise InvalidInputError(
            "Telegram calls https addresses only.", hint="Give the public one: --http https://orchestrator.example.org"
        )
    for option, given in numbers.items():
        form, hint = _NUMBERS[option]
        if given and not form.fullmatch(given):
            raise InvalidInputError(f"{given[:40]!r} is no number for {option}.", hint=f"Write it {hint}.")


def _tell(settings: "Settings", setup: "TelegramSetup", *, add: bool) -> None:
    """What is left to do; with `add` the settings are added first."""
    from bot.telegram_setup import bot_steps, by_hand, last_steps, tables, token_step

    text = text_of(settings)
    changes = by_hand(setup, settings, text=text)
    step = settings_step(settings, tables(setup), text=text, changes=changes, add=add)
    begin = () if setup.ids.username else bot_steps()
    if setup.ids.username and not settings.telegram.bot_token.get_secret_value():
        begin = (token_step("Give the token to the program through its environment"),)
    steps = [*begin, *last_steps(setup, settings_step=step)]
    typer.echo("From here on:\n")
    for number, told in enumerate(steps, start=1):
        typer.echo(f"{number}. {told}")
