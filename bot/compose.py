"""The composition root: every part of a running program is made and wired here, and nowhere else."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.claude.runner import ClaudeAgentRunner, ClaudeSettings
from adapters.localforge.forge import LocalForge
from config.permission_loader import load_permissions
from config.price_loader import load_prices
from config.role_loader import load_roles
from config.settings import Settings
from config.workflow_loader import load_workflows
from core.agents.runner import AgentRunner
from core.domain.errors import LeaseHeldError
from core.domain.task import Task
from core.engine.client import EngineClient
from core.engine.engine import Engine
from core.engine.lease import worker_running
from core.engine.parts import EngineParts
from core.masking import SecretMask
from core.orchestrator import Orchestrator
from core.store.store import Store
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything a command needs. `worker` makes this process do the work too, while it is entered."""

    settings: Settings
    orchestrator: Orchestrator
    store: Store
    client: EngineClient
    parts: EngineParts
    clock: Clock

    async def worker_running(self) -> bool:
        """Whether some process does the work now."""
        return await worker_running(self.settings.database_url)

    async def diff(self, task: Task) -> str:
        """The task's committed changes as text; '' when there are none."""
        if not task.commit:
            return ""
        workspace = await self.parts.workspaces.open(
            self.parts.project(task.project),
            task=task.id,
            branch=task.branch,
            base_branch=task.base_branch,
            base_commit=task.base_commit,
        )
        return self.parts.mask(await self.parts.workspaces.diff(workspace))

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Engine]:
        """Run the engine in this process; LeaseHeldError when another process already does."""
        await self.parts.runner.check()
        engine = await Engine.launch(self.parts, self.client, concurrency=self.settings.agents.concurrency)
        try:
            yield engine
        finally:
            await engine.close()

    @asynccontextmanager
    async def worker_if_free(self) -> AsyncGenerator[bool]:
        """As `worker`, but yields False and only looks on when another process already does the work."""
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self.worker())
            except LeaseHeldError:
                yield False
                return
            yield True


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    environ: Mapping[str, str],
    clock: Clock = utc_now,
    runner: AgentRunner | None = None,
) -> AsyncGenerator[Program]:
    """Open the program that `settings` describe; `runner` replaces the agent program (for tests)."""
    home = settings.home
    mask = SecretMask(settings.secrets()).mask
    roles = load_roles(home, timeout_s=settings.agents.timeout_s)
    workflows = load_workflows(home, roles)
    prices = load_prices(home)
    rules = {name: load_permissions(home, project=name) for name in settings.projects}
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(await Store.open(settings.database_url, clock=clock))
        client = await EngineClient.open(settings.database_url)
        stack.push_async_callback(client.close)
        parts = EngineParts(
            store=store,
            workspaces=Workspaces(
                folder=home / "worktrees",
                identity=CommitIdentity(name=settings.commits.name, email=settings.commits.email),
            ),
            runner=runner or claude_runner(settings, store, mask),
            forge=LocalForge(folder=home / "forge", clock=clock),
            roles=roles,
            prices=prices,
            policy=lambda project: rules[project.name],
            project=settings.project,
            environment=lambda project: settings.agent_environment(project, environ=environ),
            log_folder=home / "agent_logs",
            mask=mask,
            keep_worktrees_days=settings.retention.worktrees_days,
        )
        yield Program(
            settings=settings,
            orchestrator=Orchestrator(store=store, engine=client, project=settings.project, workflows=workflows),
            store=store,
            client=client,
            parts=parts,
            clock=clock,
        )


def claude_runner(settings: Settings, store: Store, mask: Callable[[str], str]) -> ClaudeAgentRunner:
    """The agent runner on the Claude agent SDK, with its sessions in our database."""
    return ClaudeAgentRunner(
        settings=ClaudeSettings(
            api_url=settings.claude.api_url,
            api_key=settings.claude.api_key.get_secret_value(),
            cli_path=settings.claude.cli_path,
            run_folder=settings.home / "run",
            sandbox=settings.claude.sandbox,
        ),
        sessions=store.transcripts,
        mask=mask,
    )
