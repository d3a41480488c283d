"""The orchestrator as a library: open it with settings, hand over work, follow what happens, decide, and close it.

settings = load_settings(config=None, cwd=Path.cwd(), environ=os.environ)
async with Orchestrator.open(settings) as orchestrator:
    task = await orchestrator.submit("fix issue #123", project="api", by="library:nightly")
    async for entry in orchestrator.events(task):
        print(entry.event)
"""

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Self

from bot.compose import opened
from bot.onlooker import Clock, utc_now
from config.settings import Settings, load_settings
from core.agents.runner import AgentRunner
from core.engine.hooks import Hook
from core.orchestrator import Decision
from core.orchestrator import Orchestrator as Core

__all__ = ["Decision", "Orchestrator", "load_settings"]


class Orchestrator(Core):
    """Everything `core.orchestrator.Orchestrator` does, wired from settings."""

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: Settings,
        *,
        work: bool = True,
        hooks: Sequence[Hook] = (),
        runner: AgentRunner | None = None,
        environ: Mapping[str, str] | None = None,
        clock: Clock = utc_now,
    ) -> AsyncGenerator[Self]:
        """Open the store that `settings` name and, with `work`, do the work here unless another process does.

        `hooks` hear every event and are asked before each gate while the work is done here; `runner` replaces the agent
        program. Raises ConfigurationError, StoreError, and with `work` AgentUnavailableError when no agent could start.
        """
        named = tuple((type(hook).__name__, hook) for hook in hooks)
        async with AsyncExitStack() as stack:
            environment = os.environ if environ is None else environ
            program = await stack.enter_async_context(
                opened(settings, environ=environment, clock=clock, runner=runner, hooks=named)
            )
            if work:
                await stack.enter_async_context(program.worker_if_free(tell=lambda _line: None))
            yield cls(
                store=program.store,
                engine=program.client,
                project=settings.project,
                workflows=program.data.workflows,
                roles=program.data.roles,
                mask=program.mask,
                book=settings.budget_book,
                estimating=program.orchestrator.estimating,
                around=program.orchestrator.around,
            )
