"""`orchestrator init github`: which token or App, exactly which permissions, and the settings it takes."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.chat_tables import may_add, project_of, settings_step, text_of
from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform
from core.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from bot.github_setup import GitHubSetup
    from config.settings import Settings

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}", re.ASCII)


def github(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Project whose repository is there.")] = "",
    repository: Annotated[str, typer.Option("--repository", help="Its repository, such as acme/shop.")] = "",
    app: Annotated[bool, typer.Option("--app", help="A GitHub App instead of a personal token.")] = False,
    webhook: Annotated[
        str,
        typer.Option("--webhook", metavar="URL", help="Be called by GitHub at this https address; else it is asked."),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Add the settings to orchestrator.toml.")] = False,
) -> None:
    """Say how GitHub is set up: the token or App, exactly what it needs, and the settings.

    Examples: orchestrator init github   ·   orchestrator init github --repository acme/shop --yes
    """

    async def work() -> int:
        from bot.github_setup import GitHubSetup

        _checked(repository=repository, webhook=webhook)
        settings = invocation(context).settings()
        if yes:
            may_add(settings)
        name = project_of(settings, project)
        setup = GitHubSetup(
            project=name,
            repository=repository or await _known(settings, name),
            app=app,
            webhook=webhook,
            web_url=_web_url(settings.github.api_url),
        )
        _tell(settings, setup, add=yes)
        return Exit.DONE

    perform(context, work)


def _checked(*, repository: str, webhook: str) -> None:
    """InvalidInputError for what GitHub would not take."""
    if repository and not _REPOSITORY.fullmatch(repository):
        raise InvalidInputError(f"{repository[:60]!r} is no repository.", hint="Write it as owner/repo.")
    if webhook and not webhook.startswith("https://"):
        raise InvalidInputError(
            "GitHub should call https addresses only.",
            hint="Give the public one: --webhook https://orchestrator.example.org/github",
        )


async def _known(settings: "Settings", project: str) -> str:
    """`owner/repo` of the project, as the settings or the `origin` of its folder say; '' when they do not."""
    if not project:
        return ""
    bound = settings.project(project)
    if bound.github:
        return bound.github
    from pathlib import Path
    from urllib.parse import urlsplit

    from adapters.github.reference import repository_name
    from core.workspaces.git import Git
    from core.workspaces.source import is_url

    address = bound.repository
    if not is_url(address):
        answer = await Git().ask(
            *("config", "--get", "remote.origin.url"), folder=Path(address), doing="find the project's remote"
        )
        address = answer.text.strip() if answer.ok else ""
    return repository_name(address, host=urlsplit(_web_url(settings.github.api_url)).netloc)


def _web_url(api_url: str) -> str:
    from adapters.github.settings import GitHubSettings

    return GitHubSettings(token="none", api_url=api_url).web_url  # noqa: S106 - only its address is asked for


def _tell(settings: "Settings", setup: "GitHubSetup", *, add: bool) -> None:
    """What is left to do; with `add` the settings are added first."""
    from adapters.github.needs import EVENTS, NEEDS, WORKFLOWS
    from bot.github_setup import by_hand, steps, tables

    text = text_of(settings)
    changes = by_hand(setup, settings, text=text)
    step = settings_step(settings, tables(setup), text=text, changes=changes, add=add)
    typer.echo("From here on:\n")
    told = steps(setup, needs=NEEDS, optional=WORKFLOWS, events=EVENTS, settings_step=step)
    for number, each in enumerate(told, start=1):
        typer.echo(f"{number}. {each}")
