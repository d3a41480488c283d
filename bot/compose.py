"""The composition root: every part of a program that works is made and wired here, and nowhere else."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from adapters.localforge.forge import LocalForge
from bot.onlooker import Clock, Onlooker, looking, utc_now
from config.permission_loader import load_permissions
from config.price_loader import load_prices
from config.role_loader import load_roles
from config.settings import Settings
from config.workflow_loader import load_workflows
from core.agents.runner import AgentRunner
from core.domain.errors import LeaseHeldError, OrchestratorError
from core.engine.client import EngineClient
from core.engine.engine import Engine
from core.engine.parts import EngineParts
from core.orchestrator import Orchestrator
from core.store.store import Store
from core.workspaces.sandbox import Sandbox

STAND_BY_S = 1.0
"""How often a process that only looks on sees whether somebody still does the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Onlooker):
    """Everything a command needs. `worker` makes this process do the work too, while it is entered."""

    orchestrator: Orchestrator
    client: EngineClient
    parts: Callable[[], EngineParts]
    """Makes what the engine works with; only then is the agent program's library loaded."""

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Engine]:
        """Run the engine in this process; LeaseHeldError when another process already does."""
        parts = self.parts()
        await parts.runner.check()
        engine = await Engine.launch(parts, self.client, concurrency=self.settings.agents.concurrency)
        try:
            yield engine
        finally:
            await engine.close()

    @asynccontextmanager
    async def worker_if_free(self, *, tell: Callable[[str], None]) -> AsyncGenerator[None]:
        """As `worker`; while another process does the work, stand by and take over when it ends.

        `tell` is given one line when that happens, or why it cannot.
        """
        async with AsyncExitStack() as stack:
            if await self.worker_running() or not await self._entered(stack):
                standing_by = asyncio.create_task(self._take_over(tell), name="stand-by")
                stack.push_async_callback(_ended, standing_by)
            yield

    async def _entered(self, stack: AsyncExitStack) -> bool:
        try:
            await stack.enter_async_context(self.worker())
        except LeaseHeldError:
            # another process was faster between the question and now
            return False
        return True

    async def _take_over(self, tell: Callable[[str], None]) -> None:
        """Wait until nobody does the work, then do it until cancelled."""
        while True:
            await asyncio.sleep(STAND_BY_S)
            if await self.worker_running():
                continue
            try:
                async with self.worker():
                    tell("The worker has ended; its work goes on here.")
                    await asyncio.Event().wait()
            except LeaseHeldError:
                continue
            except OrchestratorError as error:
                tell(f"The worker has ended, and its work cannot go on here: {error.message} {error.hint}".strip())
                return


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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
    roles = load_roles(home, timeout_s=settings.agents.timeout_s)
    workflows = load_workflows(home, roles)
    prices = load_prices(home)
    rules = {name: load_permissions(home, project=name) for name in settings.projects}
    async with AsyncExitStack() as stack:
        seen = await stack.enter_async_context(looking(settings, clock=clock))
        client = await EngineClient.open(settings.database_url, busy_timeout_s=settings.database_timeout_s)
        stack.push_async_callback(client.close)

        def parts() -> EngineParts:
            return EngineParts(
                store=seen.store,
                workspaces=seen.workspaces,
                runner=runner or claude_runner(settings, seen.store, seen.mask),
                forge=LocalForge(folder=home / "forge", clock=clock),
                roles=roles,
                prices=prices,
                policy=lambda project: rules[project.name],
                project=settings.project,
                environment=lambda project: settings.agent_environment(project, environ=environ),
                log_folder=seen.log_folder,
                mask=seen.mask,
                sandbox=Sandbox(settings.claude.sandbox),
                keep_worktrees_days=settings.retention.worktrees_days,
            )

        orchestrator = Orchestrator(store=seen.store, engine=client, project=settings.project, workflows=workflows)
        yield Program(
            settings=settings,
            store=seen.store,
            reader=orchestrator,
            workspaces=seen.workspaces,
            mask=seen.mask,
            clock=clock,
            orchestrator=orchestrator,
            client=client,
            parts=parts,
        )


def claude_runner(settings: Settings, store: Store, mask: Callable[[str], str]) -> AgentRunner:
    """The agent runner on the Claude agent SDK, with its sessions in our database."""
    from adapters.claude.runner import ClaudeAgentRunner
    from adapters.claude.settings import ClaudeSettings

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
