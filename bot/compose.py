"""The composition root: every part of a program that works is made and wired here, and nowhere else."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.forge.thread_link import ThreadLinks
from bot.forge.wiring import forges_of, watching_of
from bot.hooks import load_hooks
from bot.observability.observability import observing
from bot.onlooker import Clock, Onlooker, looking, utc_now, workspaces_of
from bot.schedules.owner import firing_of
from config.estimate_loader import load_estimates
from config.price_loader import load_prices
from config.project_data import ProjectData, load_project_data
from config.settings import Settings
from core.agents.runner import AgentRunner
from core.domain.cost import PriceList
from core.domain.errors import LeaseHeldError, OrchestratorError, StoreError
from core.domain.project import Project
from core.engine.client import EngineClient
from core.engine.engine import Engine
from core.engine.hooks import Hook, Hooks
from core.engine.parts import AgentLimits, EngineParts, Retention
from core.estimates.estimating import Estimating
from core.forge import Issue
from core.orchestrator import Orchestrator
from core.preview.surroundings import Surroundings
from core.store.store import Store
from core.unusual.lookout import Lookout
from core.workspaces.sandbox import Sandbox

log = structlog.get_logger(__name__)

STAND_BY_S = 1.0
"""How often a process that only looks on sees whether somebody still does the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Onlooker):
    """Everything a command needs. `worker` makes this process do the work too, while it is entered."""

    orchestrator: Orchestrator
    client: EngineClient
    data: ProjectData
    parts: Callable[[], EngineParts]
    """Makes what the engine works with; only then is the agent program's library loaded."""

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Engine]:
        """Run the engine in this process; LeaseHeldError when another process already does.

        AddressUnavailableError and ConfigurationError when it cannot be observed the way the settings say.
        """
        parts = self.parts()
        await parts.runner.check()
        ended = await parts.runner.end_orphans()
        if ended:
            log.warning("orphans_ended", processes=ended)
        engine = await Engine.launch(parts, self.client)
        try:
            async with (
                observing(
                    self.store,
                    listen=self.settings.metrics.listen,
                    endpoint=self.settings.tracing.endpoint,
                    chronicle=self.settings.log_format == "json",
                    agents_limit=self.settings.agents.concurrency,
                    takes_work=lambda: engine.takes_work,
                ),
                watching_of(self, self.orchestrator),
                firing_of(self, self.orchestrator).running(),
            ):
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
            except (LeaseHeldError, StoreError):
                # another one was faster, or the database is busy or away for now
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
    hooks: Sequence[tuple[str, Hook]] = (),
) -> AsyncGenerator[Program]:
    """Open the program that `settings` describe.

    `runner` replaces the agent program; `hooks` (name, hook) come before those that are installed.
    """
    data = load_project_data(settings)
    prices = load_prices(settings.home)
    async with AsyncExitStack() as stack:
        seen = await stack.enter_async_context(looking(settings, clock=clock))
        client = await EngineClient.open(settings.database_url, busy_timeout_s=settings.database_timeout_s)
        stack.push_async_callback(client.close)
        estimating = Estimating(
            seen.store,
            prices=prices,
            priors=load_estimates(settings.home),
            planner_model=settings.planning.model,
        )
        orchestrator = Orchestrator(
            store=seen.store,
            engine=client,
            project=settings.project,
            workflows=data.workflows,
            roles=data.roles,
            mask=seen.mask,
            book=settings.budget_book,
            estimating=estimating,
            around=surroundings_of(seen, data=data, prices=prices),
        )
        yield Program(
            settings=settings,
            store=seen.store,
            reader=orchestrator,
            workspaces=seen.workspaces,
            mask=seen.mask,
            clock=clock,
            orchestrator=orchestrator,
            client=client,
            data=data,
            parts=lambda: _engine_parts(
                seen,
                data=data,
                prices=prices,
                estimating=estimating,
                environ=environ,
                runner=runner,
                hooks=load_hooks(first=hooks),
            ),
        )


def _engine_parts(
    seen: Onlooker,
    *,
    data: ProjectData,
    prices: PriceList,
    estimating: Estimating,
    environ: Mapping[str, str],
    runner: AgentRunner | None,
    hooks: Hooks,
) -> EngineParts:
    settings = seen.settings
    forges = forges_of(settings, clock=seen.clock)
    return EngineParts(
        store=seen.store,
        workspaces=workspaces_of(settings, login=forges.login) if forges.login else seen.workspaces,
        runner=runner or claude_runner(settings, seen.store, seen.mask),
        forge=forges.desk,
        roles=data.roles,
        prices=prices,
        estimating=estimating,
        policy=data.policy,
        project=settings.project,
        environment=lambda project: settings.agent_environment(project, environ=environ),
        log_folder=seen.log_folder,
        notes_folder=settings.home / "notes",
        mask=seen.mask,
        sandbox=Sandbox(settings.claude.sandbox),
        limits=agent_limits(settings),
        retention=Retention(
            worktrees_days=settings.retention.worktrees_days,
            worktrees_max=settings.retention.worktrees_max,
            logs_days=settings.retention.logs_days,
        ),
        plans_count=settings.planning.by == "auto",
        planner_model=settings.planning.model,
        hooks=hooks,
        book=settings.budget_book,
        lookout=Lookout(settings.budget_book, settings.unusual.thresholds),
        thread_link=ThreadLinks(seen.store).of,
        comments_on=forges.comments_on,
    )


def surroundings_of(seen: Onlooker, *, data: ProjectData, prices: PriceList) -> Surroundings:
    """What previews look at."""

    async def issue(project: Project, reference: str) -> Issue:
        # the forge's library is loaded by the first request that names an issue
        return await forges_of(seen.settings, clock=seen.clock).desk.issue(project, reference)

    return Surroundings(
        rules=data.rules,
        prices=prices,
        plans_count=seen.settings.planning.by == "auto",
        limits=agent_limits(seen.settings),
        check=seen.workspaces.check,
        issue=issue,
    )


def agent_limits(settings: Settings) -> AgentLimits:
    """The limits of `[agents]`."""
    agents = settings.agents
    return AgentLimits(
        total=agents.concurrency,
        per_project=agents.per_project,
        per_model=agents.per_model,
        stuck_after_s=agents.stuck_after_s,
        transient_attempts=agents.transient_attempts,
        first_pause_s=agents.first_pause_s,
        max_memory_mb=agents.max_memory_mb,
        cpus=agents.cpus,
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
            patience_s=settings.claude.patience_s,
        ),
        sessions=store.transcripts,
        mask=mask,
    )
