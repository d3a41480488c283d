"""Pull requests as they are now, whoever opened them, and their commits brought here by git."""

from pathlib import Path
from typing import Literal

from adapters.github.calls import Calls
from adapters.github.errors import GoneError
from adapters.github.fetch import Fetcher
from adapters.github.limits import MAX_ISSUE_BODY, bounded_text
from adapters.github.reference import pull_name
from adapters.github.repositories import Repositories
from adapters.github.settings import GitHubSettings
from adapters.github.wire import CompareWire, PullWire, RepositoryWire
from core.domain.errors import NotFoundError
from core.domain.project import Project
from core.forge import ForgeDeniedError, Offered

State = Literal["open", "merged", "closed"]


class Offers:
    """Reads pull requests of a project's own repository."""

    def __init__(self, settings: GitHubSettings, *, calls: Calls, repositories: Repositories, fetcher: Fetcher) -> None:
        self._settings = settings
        self._calls = calls
        self._repositories = repositories
        self._fetcher = fetcher

    async def read(self, project: Project, reference: str) -> Offered:
        """The pull request; NotFoundError, and ForgeDeniedError for one of another repository."""
        repository, number = await self.name(project, reference)
        pull = await self.pull(repository, number)
        return Offered(
            reference=str(pull.number),
            title=pull.title,
            body=bounded_text((pull.body or "").replace("\r\n", "\n").strip(), limit=MAX_ISSUE_BODY),
            author=pull.user.login if pull.user else "ghost",
            url=pull.html_url,
            branch=pull.head.ref,
            base_branch=pull.base.ref,
            commit=pull.head.sha,
            base_commit=await self._fork_point(pull, repository=repository),
            state=state_of(pull),
            foreign=pull.head.repo is None or pull.head.repo.id != repository.id,
        )

    async def bring(self, project: Project, pull_request: Offered, *, into: Path) -> None:
        """Both commits into the repository at `into`; ForgeRefusedError when GitHub has one no more."""
        repository, number = await self.name(project, pull_request.reference)
        await self._fetcher.fetch(
            repository=repository.full_name,
            ref=f"refs/pull/{number}/head",
            commits=(pull_request.commit, pull_request.base_commit),
            into=into,
        )

    async def name(self, project: Project, reference: str) -> tuple[RepositoryWire, int]:
        """The project's repository and the number in it."""
        name = pull_name(reference, host=self._settings.host)
        if name is None:
            raise _missing(reference, hint="Name it as 45, owner/repo#45 or by its address.")
        own = await self._repositories.get(await self._repositories.name_of(project))
        if name.repository and not await self._is(name.repository, own):
            raise ForgeDeniedError(
                f"Pull requests of {name.repository} are not for this project.",
                hint=f"The project {project.name} is {own.full_name}. Ask in the project of that repository.",
            )
        return own, name.number

    async def _is(self, name: str, own: RepositoryWire) -> bool:
        """Whether `name` is how it is called, or was before."""
        return name.lower() == own.full_name.lower() or (await self._repositories.get(name)).id == own.id

    async def pull(self, repository: RepositoryWire, number: int) -> PullWire:
        """As GitHub describes it; NotFoundError."""
        doing = f"read pull request {repository.full_name}#{number}"
        try:
            return await self._calls.get(PullWire, f"/repos/{repository.full_name}/pulls/{number}", doing=doing)
        except GoneError as error:
            raise _missing(f"{repository.full_name}#{number}", hint=error.hint) from error

    async def _fork_point(self, pull: PullWire, *, repository: RepositoryWire) -> str:
        """Where the branch left its base; the base itself where they have nothing in common."""
        try:
            found = await self._calls.get(
                CompareWire,
                f"/repos/{repository.full_name}/compare/{pull.base.sha}...{pull.head.sha}",
                doing=f"compare pull request #{pull.number} with its base",
                per_page=1,
            )
        except GoneError:
            return pull.base.sha
        return found.merge_base_commit.sha


def state_of(pull: PullWire) -> State:
    """In the words of the port."""
    if pull.merged_at is not None:
        return "merged"
    return "open" if pull.state == "open" else "closed"


def _missing(reference: str, *, hint: str) -> NotFoundError:
    shown = "".join(letter if letter.isprintable() else "?" for letter in reference[:80])
    return NotFoundError("pull request", shown if "#" in shown else f"#{shown}", hint=hint)
