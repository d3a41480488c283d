"""Looks at GitHub: the settings alone first, then what GitHub says about our access, then whether somebody listens."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from bot.checks.finding import Finding, broken, fine, note, warning
from bot.forge.standing import WatchStanding, watch_standing
from bot.github_app import github_app, is_there
from bot.onlooker import looking
from config.settings import Settings
from core.domain.errors import ConfigurationError, NotFoundError, OrchestratorError
from core.domain.project import Project
from core.forge import ForgeDeniedError, ForgeError
from core.store.database import sqlite_path

if TYPE_CHECKING:
    from adapters.github.checkup import Checkup, RepositoryAccess
    from adapters.github.settings import GitHubSettings

_NETWORK = "Check the network, a proxy (HTTPS_PROXY), or github.api_url."
_LOW_SHARE = 0.1
"""Of an hour's calls: with less left it is worth saying."""


async def github(settings: Settings, *, clock: Callable[[], datetime], offline: bool) -> Sequence[Finding]:
    """All about GitHub; nothing is changed, and with `offline` GitHub is not asked. () when nothing is set up."""
    given = github_app(settings)
    if given is None:
        return _absent(settings)
    there = [project for project in settings.projects.values() if is_there(project, given)]
    standing = await _standing(settings, clock=clock)
    listening = [_mode(given), *_watch(standing, there)]
    if offline:
        return [note("GitHub", "There is an access; GitHub was not asked about it."), *listening]
    return [*[finding async for finding in _asked(given, there, clock=clock)], *listening]


def _absent(settings: Settings) -> Sequence[Finding]:
    at_github = [project.name for project in settings.projects.values() if "github.com" in project.repository]
    if not at_github:
        return ()
    text = f"Not set up, although {', '.join(at_github)} is there: its issues and pull requests are kept as files here."
    return [note("GitHub", text, todo="To open pull requests there: orchestrator init github")]


async def _asked(
    given: "GitHubSettings", there: Sequence[Project], *, clock: Callable[[], datetime]
) -> AsyncGenerator[Finding]:
    from adapters.github.checkup import Checkup

    checkup = Checkup(given, clock=clock)
    try:
        account = await checkup.account()
    except ForgeDeniedError as error:
        yield broken("GitHub", error.message, todo=error.hint)
        return
    except ForgeError as error:
        yield warning("GitHub", f"It could not be asked: {error.message}", todo=error.hint or _NETWORK)
        return
    who = f"The token belongs to {account.name}" if account.name else "The App is let in"
    calls = f"{account.left:,} of {account.limit:,} calls are left in this hour"
    if account.limit and account.left < account.limit * _LOW_SHARE:
        yield warning("GitHub", f"{who}; only {calls}.", todo="Work goes on when there are more. Is it used elsewhere?")
    else:
        yield fine("GitHub", f"{who}; {calls}." if account.limit else f"{who}.")
    for project in there:
        yield await _repository(checkup, project)
    if not there:
        todo = 'Set github = "owner/repo" in [projects.NAME].'
        yield note("GitHub projects", "No project is at GitHub.", todo=todo)


async def _repository(checkup: "Checkup", project: Project) -> Finding:
    about = f"GitHub {project.name}"
    try:
        found = await checkup.repository(project)
    except (NotFoundError, ConfigurationError, ForgeDeniedError) as error:
        return broken(about, error.message, todo=error.hint)
    except ForgeError as error:
        return warning(about, f"It could not be asked: {error.message}", todo=error.hint or _NETWORK)
    return _judged(about, found)


def _judged(about: str, found: "RepositoryAccess") -> Finding:
    if found.is_archived:
        todo = "Unarchive it on GitHub, or bind the project to another one."
        return broken(about, f"{found.name} is archived: nothing can be pushed to it.", todo=todo)
    if found.missing:
        named = ", ".join(f"{need.name} ({need.level.lower()})" for need in found.missing)
        why = "; ".join(f"{need.name}: {need.why}" for need in found.missing)
        return broken(
            about, f"{found.name}: missing permissions: {named}.", todo=f"Add them to the token or App. {why}."
        )
    if not found.may_push:
        todo = "Give the account write access to the repository, and Contents (read and write) to the token or App."
        return broken(about, f"{found.name} can be read, but not pushed to.", todo=todo)
    return fine(about, f"{found.name} can be seen, with what is needed to read it.")


def _mode(given: "GitHubSettings") -> Finding:
    if not given.host_address:
        text = f"GitHub is asked for news every {given.poll_s:g} s while pull requests are open."
        return fine("GitHub news", text)
    text = f"GitHub's webhooks are awaited on {given.host_address}:{given.port}."
    return fine("GitHub news", text)


def _watch(standing: WatchStanding | None, there: Sequence[Project]) -> Sequence[Finding]:
    """Whether somebody hears the news."""
    if not there:
        return ()
    if standing is None:
        text = "Nobody hears GitHub's news now: no worker runs. What happens meanwhile is heard once one does."
        return [note("GitHub watch", text)]
    if standing.trouble:
        return [broken("GitHub watch", standing.trouble, todo=standing.hint or "See the worker's log.")]
    if not standing.listening:
        return [note("GitHub watch", "It is about to begin.")]
    return [fine("GitHub watch", f"A worker listens since {standing.at[:16].replace('T', ' ')} UTC.")]


async def _standing(settings: Settings, *, clock: Callable[[], datetime]) -> WatchStanding | None:
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        return None
    with suppress(OrchestratorError):  # told about with the database
        async with looking(settings, clock=clock) as seen:
            return await watch_standing(seen.store)
    return None
