"""What can be found out about our access to GitHub without changing anything: who we are, what we may, what is left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from adapters.github.calls import Calls
from adapters.github.errors import GoneError
from adapters.github.needs import NEEDS, Need
from adapters.github.repositories import Repositories
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens
from adapters.github.wire import UserWire, Wire
from core.domain.project import Project
from core.forge import ForgeDeniedError, ForgeRefusedError
from core.workspaces.git import Git


class _Core(Wire):
    limit: int = 0
    remaining: int = 0


class _Resources(Wire):
    core: _Core = Field(default_factory=_Core)


class _RateWire(Wire):
    resources: _Resources = Field(default_factory=_Resources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who GitHub takes us for, and how many calls of this hour are left."""

    name: str
    """A login; '' for an App."""
    left: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryAccess:
    """What we may do in one repository. GitHub does not say beforehand whether a new kind of token may write."""

    name: str
    is_archived: bool
    may_push: bool
    missing: tuple[Need, ...] = ()
    """Permissions without which something could not even be read."""


class Checkup:
    """Looks with one access; nothing is changed."""

    def __init__(self, settings: GitHubSettings, *, clock: Callable[[], datetime]) -> None:
        self._is_app = not settings.token
        self._calls = Calls(settings, tokens=Tokens(settings, clock=clock))
        self._repositories = Repositories(settings, calls=self._calls, git=Git())

    async def account(self) -> Account:
        """ForgeDeniedError when GitHub does not accept the key, ForgeUnavailableError when it does not answer."""
        rate = (await self._calls.get(_RateWire, "/rate_limit", doing="ask how many calls are left")).resources.core
        # an App is nobody's account
        login = "" if self._is_app else (await self._calls.get(UserWire, "/user", doing="ask who we are")).login
        return Account(name=login, left=rate.remaining, limit=rate.limit)

    async def repository(self, project: Project) -> RepositoryAccess:
        """NotFoundError and ConfigurationError when the project has no repository there that we can see."""
        found = await self._repositories.get(await self._repositories.name_of(project))
        branch = found.default_branch or "main"
        missing = [need for need in NEEDS if need.probe and not await self._may(found.full_name, need, branch=branch)]
        return RepositoryAccess(
            name=found.full_name,
            is_archived=found.archived or found.disabled,
            may_push=found.permissions.push,
            missing=tuple(missing),
        )

    async def _may(self, repository: str, need: Need, *, branch: str) -> bool:
        """Whether what takes `need` can be read; an empty repository has nothing to read, and forbids nothing."""
        path = f"/repos/{repository}/{need.probe.format(branch=branch)}"
        try:
            await self._calls.get(object, path, doing=f"look at {need.name.lower()}")
        except ForgeDeniedError:
            return False
        except (GoneError, ForgeRefusedError):
            # there is no such thing yet, as in an empty repository: nobody forbids it
            return True
        return True
