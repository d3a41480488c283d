"""The commits of a pull request in the project's own repository: where it left its base, and how another gets them."""

from pathlib import Path

from core.domain.errors import ConfigurationError
from core.domain.project import Project
from core.forge import ForgeRefusedError, Offered
from core.workspaces.git import Git
from core.workspaces.source import is_url


class Changes:
    """Asks git; there is no server."""

    def __init__(self, git: Git) -> None:
        self._git = git

    async def head(self, project: Project, *, branch: str, otherwise: str) -> str:
        """The commit that `branch` is at; `otherwise` when there is no such branch any more."""
        answer = await self._git.ask(
            *("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}"),
            folder=_folder(project),
            doing=f"look at {branch}",
        )
        return answer.text if answer.ok else otherwise

    async def fork_point(self, project: Project, *, base_branch: str, commit: str) -> str:
        """Where `commit` left `base_branch`; ForgeRefusedError when one is missing or they have nothing in common."""
        answer = await self._git.ask(
            "merge-base", f"refs/heads/{base_branch}", commit, folder=_folder(project), doing="find the base"
        )
        if not answer.ok:
            raise ForgeRefusedError(
                f"Nothing shows where {commit[:12]} left {base_branch}.", hint="Look whether both are still there."
            )
        return answer.text

    async def bring(self, project: Project, pull_request: Offered, *, into: Path) -> None:
        """Both commits of the pull request into the repository at `into`; nothing when it has them."""
        doing = f"fetch pull request {pull_request.reference}"
        wanted = (pull_request.commit, pull_request.base_commit)
        if all([await self._has(each, folder=into) for each in wanted]):
            return
        source = str(_folder(project).resolve())
        await self._git.run(
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", source, *wanted),
            folder=into,
            doing=doing,
            content=True,
        )

    async def _has(self, commit: str, *, folder: Path) -> bool:
        answer = await self._git.ask("cat-file", "-e", f"{commit}^{{commit}}", folder=folder, doing="look for a commit")
        return answer.ok


def _folder(project: Project) -> Path:
    if is_url(project.repository):
        raise ConfigurationError(
            f"Pull requests of {project.name} are nowhere to be read: its repository is an address.",
            source=f"project {project.name!r}",
            hint="Set up [github], or bind the project to a folder.",
        )
    return Path(project.repository)
