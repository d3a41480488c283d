"""Which repository at GitHub a project is, and what GitHub says of it now: renamed, archived, its name in full."""

import re
from pathlib import Path

from adapters.github.calls import Calls
from adapters.github.errors import GoneError, archived, no_repository
from adapters.github.reference import is_repository_name, repository_name
from adapters.github.settings import GitHubSettings
from adapters.github.wire import RepositoryWire
from core.domain.errors import ConfigurationError
from core.domain.project import Project
from core.workspaces.git import Git
from core.workspaces.git_fault import without_credentials
from core.workspaces.source import is_url


class Repositories:
    """Finds repositories; asks anew each time, so a rename or a change of rights is seen at once."""

    def __init__(self, settings: GitHubSettings, *, calls: Calls, git: Git) -> None:
        self._settings = settings
        self._calls = calls
        self._git = git

    async def name_of(self, project: Project) -> str:
        """`owner/repo` as the settings, the project's address or the `origin` of its folder say.

        ConfigurationError when none of them names a repository of this GitHub.
        """
        named = self._settings.repositories.get(project.name, "")
        address = named or await self._address(project)
        name = address if is_repository_name(named) else repository_name(address, host=self._settings.host)
        if not name:
            raise ConfigurationError(
                f"The repository of project {project.name} is not at {self._settings.host}: "
                f"{without_credentials(address) or 'it has no remote called origin'}.",
                source=f"project {project.name!r}",
                hint="Add its GitHub address as the remote `origin`, or name it as `owner/repo` in [github].",
            )
        return name

    async def get(self, name: str) -> RepositoryWire:
        """The repository called `name`, also under its new name when it was renamed; NotFoundError, ForgeError."""
        try:
            return await self._calls.get(RepositoryWire, f"/repos/{name}", doing=f"find the repository {name}")
        except GoneError as error:
            raise no_repository(name, hint=error.hint) from error

    async def writable(self, project: Project, *, doing: str, name: str = "") -> RepositoryWire:
        """The project's own repository, or the one called `name`; ForgeRefusedError when it takes no changes."""
        repository = await self.get(name or await self.name_of(project))
        if repository.archived or repository.disabled:
            raise archived(doing)
        return repository

    def may_be_read(self, name: str) -> bool:
        """Whether people of every project may name issues of this private repository."""
        return any(
            re.fullmatch(re.escape(allowed).replace(r"\*", "[^/]*"), name, re.IGNORECASE)
            for allowed in self._settings.issues_from
        )

    async def _address(self, project: Project) -> str:
        if is_url(project.repository):
            return project.repository
        answer = await self._git.ask(
            *("config", "--get", "remote.origin.url"),
            folder=Path(project.repository),
            doing="find the project's remote",
        )
        return answer.text.strip() if answer.ok else ""
