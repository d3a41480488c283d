"""What a command that only looks needs: settings and the store's reading side, but no engine and no agent program."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config.settings import Settings
from core.domain.task import AgentRun, Task
from core.engine.lease import worker_running
from core.masking import SecretMask
from core.queries import Queries
from core.reader import TaskReader
from core.store.store import Store
from core.workspaces.git import Git
from core.workspaces.git_credentials import GitCredentials
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """The opened store, and how to read it."""

    settings: Settings
    store: Store
    reader: TaskReader
    workspaces: Workspaces
    mask: Callable[[str], str]
    clock: Clock

    @property
    def queries(self) -> Queries:
        """Questions about many tasks at once."""
        return Queries(self.store)

    @property
    def log_folder(self) -> Path:
        """Parent of one folder per task, with one folder per agent run."""
        return self.settings.home / "agent_logs"

    def logs_of(self, run: AgentRun) -> Path:
        """The folder of one agent run's files."""
        from core.engine.specs import log_folder

        return log_folder(self.log_folder, run)

    async def worker_running(self) -> bool:
        """Whether some process does the work now."""
        return await worker_running(self.settings.database_url)

    async def diff(self, task: Task) -> str:
        """The task's committed changes as text, secrets masked; '' when there are none.

        WorkspaceError when the branch or the repository is gone.
        """
        if not task.commit:
            return ""
        workspace = await self.workspaces.open(
            self.settings.project(task.project),
            task=task.id,
            branch=task.branch,
            base_branch=task.base_branch,
            base_commit=task.base_commit,
        )
        return self.mask(await self.workspaces.diff(workspace))


@asynccontextmanager
async def looking(settings: Settings, *, clock: Clock = utc_now) -> AsyncGenerator[Onlooker]:
    """Open the store that `settings` name, to look at it."""
    store = await Store.open(settings.database_url, clock=clock, busy_timeout_s=settings.database_timeout_s)
    async with store:
        yield Onlooker(
            settings=settings,
            store=store,
            reader=TaskReader(store, settings.budget_book),
            workspaces=workspaces_of(settings),
            mask=SecretMask(settings.secrets()).mask,
            clock=clock,
        )


def workspaces_of(settings: Settings, *, login: GitCredentials | None = None) -> Workspaces:
    """The worktrees of this home; `login` is lent to git where it has none of its own."""
    identity = CommitIdentity(name=settings.commits.name, email=settings.commits.email)
    git = Git(credentials=login) if login else None
    return Workspaces(folder=settings.home / "worktrees", identity=identity, git=git)
