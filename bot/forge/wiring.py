"""The forge side of a working process, wired from the program: whom the engine asks, and who listens to news."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.localforge.forge import LocalForge
from bot.access import Gate
from bot.forge.by_project import ForgeByProject
from bot.forge.hearing import Hearing
from bot.forge.labelled import LabelledIssues
from bot.forge.watched import WatchedPullRequests
from bot.forge.watching import ForgeWatching
from bot.github_app import github_app, is_there
from config.settings import Settings
from core.domain.project import Project
from core.forge import ForgeDesk
from core.store.voice import voice
from core.workspaces.git_credentials import GitCredentials

if TYPE_CHECKING:
    from bot.onlooker import Clock, Onlooker
    from core.orchestrator import Orchestrator


@dataclass(frozen=True, slots=True, kw_only=True)
class Forges:
    """What the engine works with."""

    desk: ForgeDesk
    login: GitCredentials | None = None
    """For git, where private repositories are cloned and fetched; None when it has to get in by itself."""
    comments_on: Callable[[Project], bool] = lambda _project: False
    """Whether people of a project read its issues elsewhere, so that they are told there that work has begun."""


def forges_of(settings: Settings, *, clock: "Clock") -> Forges:
    """Local files, and GitHub for the projects that are there; ConfigurationError when its access is not whole."""
    local = LocalForge(folder=settings.home / "forge", clock=clock)
    given = github_app(settings)
    if given is None:
        return Forges(desk=local)
    # the library is loaded for those who use it
    from adapters.github import GitHubForge

    home = settings.home
    remote = GitHubForge(given, clones=home / "repositories", scratch=home / "github", clock=clock)

    def at_github(project: Project) -> bool:
        return is_there(project, given)

    desk = ForgeByProject(local=local, remote=remote, is_there=at_github)
    return Forges(desk=desk, login=remote.login, comments_on=at_github)


def watching_of(seen: "Onlooker", orchestrator: "Orchestrator") -> AbstractAsyncContextManager[None]:
    """What listens to GitHub while this process does the work; nothing where no project is there."""
    settings = seen.settings
    given = github_app(settings)
    there = [] if given is None else [each for each in settings.projects.values() if is_there(each, given)]
    if given is None or not there:
        return nullcontext()
    from adapters.github import GitHubWatch

    labelled = LabelledIssues(
        orchestrator=orchestrator,
        store=seen.store,
        gate=Gate.of(settings),
        label=given.start_label,
        mask=seen.mask,
    )
    return ForgeWatching(
        GitHubWatch(given, clock=seen.clock, mask=seen.mask),
        Hearing(orchestrator, labelled),
        store=seen.store,
        turn=lambda: voice(settings.database_url, "github"),
        projects=there,
        watched=WatchedPullRequests(seen.store, project=settings.projects.get, clock=seen.clock),
        clock=seen.clock,
    ).running()
