"""Writes down what an agent does, before it goes on: activity, cost, approvals used, messages heard, limits met."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import assert_never

from core.agents.runner import (
    AgentSignal,
    ApprovalUsed,
    AsksAgain,
    MessageHeard,
    ModelAnswered,
    Progressed,
    ProviderLimited,
    ResourcesMeasured,
    ToolUsed,
)
from core.domain.cost import ModelCall
from core.domain.errors import ConflictError
from core.domain.event import (
    HOUSE,
    AgentActed,
    AgentStuck,
    ModelCalled,
    ModelHeld,
    ModelSwitched,
    NoticeRaised,
)
from core.domain.task import AgentRun, AgentRunState
from core.engine.changes import hear_message, move_run
from core.engine.charging import out_of_money, tell_spending
from core.engine.inbox import NUDGE_ID
from core.engine.parts import EngineParts
from core.engine.vigil import Action
from core.store.unit_of_work import UnitOfWork

HELD_S = 10.0
"""How long an agent without money is kept from its next call: whoever drives its task ends it long before that."""


@dataclass(slots=True)
class Process:
    """Where this process of the run works, and what it cost so far, to reconcile with what the agent program says."""

    worktree: Path = Path()
    cost_usd: Decimal = Decimal(0)
    spends_the_rest: bool = False
    """Whether what its task has left bounds it, and not its role."""
    unknown_models: set[str] = field(default_factory=set[str])
    earlier_cpu_s: float = 0.0
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once its agent is kept from its next call, because there is no money for it."""


class RunSignals:
    """Hears one process of one run. `progressed` is called at every sign of life."""

    def __init__(self, parts: EngineParts, run: AgentRun, process: Process, *, progressed: Callable[[], None]) -> None:
        self._parts = parts
        self._run = run
        self._process = process
        self._progressed = progressed
        process.earlier_cpu_s = run.cpu_s

    async def hear(self, signal: AgentSignal) -> None:
        """Write `signal` down; ConflictError tells an agent that is slow to stop to begin nothing more."""
        if not isinstance(signal, ResourcesMeasured):
            # we measure a process that hangs, too
            self._progressed()
        if isinstance(signal, Progressed):
            return
        async with self._parts.store.transaction() as uow:
            run = await uow.agent_runs.get(self._run.id)
            if run.state != AgentRunState.RUNNING and not isinstance(signal, ModelAnswered | ResourcesMeasured):
                # what was spent is spent, but whoever is slow to stop must not begin anything more
                raise ConflictError(f"{run.id} is {run.state.value}: it has nothing more to do.")
            penniless = await self._write_down(uow, run, signal)
        if penniless:
            # with this call the model would be asked again; an agent that was about to hand in its result makes none
            self._process.held.set()
            await asyncio.sleep(HELD_S)

    async def _write_down(self, uow: UnitOfWork, run: AgentRun, signal: AgentSignal) -> bool:
        """Whether `run` must make no other model call, for want of money."""
        match signal:
            case ToolUsed() | AsksAgain():
                if isinstance(signal, ToolUsed):
                    await self._acted(uow, run, signal)
                return await out_of_money(uow, self._parts.book, run)
            case ModelAnswered():
                await self._charge(uow, run, signal)
            case ApprovalUsed():
                await _mark_used(uow, run, signal.approval)
            case MessageHeard():
                if not signal.message.startswith(f"{NUDGE_ID}:"):
                    await hear_message(uow, await uow.messages.get(signal.message), run)
            case ProviderLimited():
                await hold_model(uow, signal)
            case ResourcesMeasured():
                await self._note_use(uow, run, signal)
            case Progressed():
                pass
            case _:
                assert_never(signal)
        return False

    async def _acted(self, uow: UnitOfWork, run: AgentRun, used: ToolUsed) -> None:
        activity = self._parts.mask(used.activity)
        await move_run(uow, run, run.state, activity=activity)
        await uow.events.append(run.task, AgentActed(agent_run=run.id, step=run.step, activity=activity))

    async def _note_use(self, uow: UnitOfWork, run: AgentRun, measured: ResourcesMeasured) -> None:
        peak = max(run.peak_memory_bytes, measured.peak_memory_bytes)
        cpu_s = self._process.earlier_cpu_s + measured.cpu_s
        await uow.agent_runs.save(replace(run, peak_memory_bytes=peak, cpu_s=cpu_s))

    async def hear_aside(self, signal: AgentSignal) -> None:
        """Hear a side agent that answers a question of this run: only what it cost counts, and it shows life."""
        self._progressed()
        if isinstance(signal, ModelAnswered):
            async with self._parts.store.transaction() as uow:
                await self._charge(uow, await uow.agent_runs.get(self._run.id), signal, aside=True)

    async def stuck(self, action: Action, minutes: float) -> None:
        """Tell that the run shows no progress, and what was done about it."""
        async with self._parts.store.transaction() as uow:
            await uow.events.append(self._run.task, AgentStuck(agent_run=self._run.id, minutes=minutes, action=action))

    async def _charge(self, uow: UnitOfWork, run: AgentRun, signal: ModelAnswered, *, aside: bool = False) -> None:
        prices = self._parts.prices
        cost_usd = prices.price(signal.model, uow.now).cost_usd(signal.usage)
        if not aside:
            self._process.cost_usd += cost_usd
            if signal.model != run.model:
                await self._tell_fallback(uow, run, signal.model)
        call = ModelCall(
            message_id=signal.message_id,
            agent_run=run.id,
            model=signal.model,
            usage=signal.usage,
            cost_usd=cost_usd,
            at=uow.now,
        )
        if not await uow.ledger.record(call):
            return
        await uow.events.append(
            run.task,
            ModelCalled(agent_run=run.id, message_id=call.message_id, model=call.model, cost_usd=str(call.cost_usd)),
        )
        await tell_spending(uow, self._parts.book, run, model=signal.model, cost_usd=cost_usd)
        await self._parts.lookout.look(uow, run)
        if not prices.knows(signal.model) and signal.model not in self._process.unknown_models:
            self._process.unknown_models.add(signal.model)
            text = f"No price is listed for {signal.model}; it is counted at the fallback price of prices.toml."
            await uow.events.append(run.task, NoticeRaised(text=text))

    async def _tell_fallback(self, uow: UnitOfWork, run: AgentRun, model: str) -> None:
        """The agent program went on by itself with the other model it was given: that is the run's model from now on.

        Any other name is how the provider calls the run's own model, or nothing we chose.
        """
        task = await uow.tasks.get(run.task)
        role = self._parts.roles(task.project).get(run.role)
        if role is None or model != role.fallback_model:
            return
        reason = f"{run.model} did not answer."
        await uow.events.append(
            run.task, ModelSwitched(agent_run=run.id, source=run.model, target=model, reason=reason)
        )
        await uow.agent_runs.save(replace(run, model=model))


async def hold_model(uow: UnitOfWork, limited: ProviderLimited) -> None:
    """Start no agent on the model until the provider has room again."""
    known = await uow.models.get(limited.model)
    reason = limited.detail or "the provider has no room for more requests"
    held = known.limited_by_provider(until=limited.until, reason=reason)
    if held.limited_until != known.limited_until:
        await uow.models.save(held)
        await uow.events.append(HOUSE, ModelHeld(model=limited.model, until=limited.until, reason=reason))


async def _mark_used(uow: UnitOfWork, run: AgentRun, approval: str) -> None:
    for known in await uow.approvals.of_run(run.id):
        if known.id == approval and known.used_at is None:
            await uow.approvals.save(replace(known, used_at=uow.now))
