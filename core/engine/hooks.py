"""Hooks: code of others that hears every event, and may object before a person is asked or work is offered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from core.domain.event import JournalEntry
from core.views import TaskView

log = structlog.get_logger(__name__)

HOOK_TIMEOUT_S = 10.0
"""A hook that takes longer is left behind; it must not hold up work."""


class Hook(Protocol):
    """What an entry point of the group `orchestrator.hooks` may provide; both methods may be left out."""

    async def on_event(self, entry: JournalEntry) -> None:
        """Hear what happened; called once for each event in their order, after it was committed, by each worker."""
        ...

    async def before_gate(self, task: TaskView, gate: str) -> str:
        """Say '' to let the question go to people, or why the gate (a step's name, `publish`) is refused at once."""
        ...


OnEvent = Callable[[JournalEntry], Awaitable[None]]
BeforeGate = Callable[[TaskView, str], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The hooks of this process, by name."""

    hooks: Sequence[tuple[str, Hook]] = field(default_factory=tuple[tuple[str, Hook], ...])

    async def tell(self, entry: JournalEntry) -> None:
        """Tell everybody what happened; one that fails or takes too long is logged, and harms nobody."""
        for name, hook in self.hooks:
            heard: OnEvent | None = getattr(hook, "on_event", None)
            if heard is None:
                continue
            try:
                # not wait_for: it swallows a cancellation that arrives just when the hook is done
                async with asyncio.timeout(HOOK_TIMEOUT_S):
                    await heard(entry)
            except Exception as error:  # noqa: BLE001 # code of others: its faults must not stop the journal
                log.warning("hook_failed", hook=name, on="event", reason=f"{type(error).__name__}: {error}")

    async def objection(self, task: TaskView, gate: str) -> str:
        """The first objection against passing `gate`, with the hook's name; a hook that fails objects too."""
        for name, hook in self.hooks:
            asked: BeforeGate | None = getattr(hook, "before_gate", None)
            if asked is None:
                continue
            try:
                async with asyncio.timeout(HOOK_TIMEOUT_S):
                    reason = await asked(task, gate)
            except Exception as error:  # noqa: BLE001 # a check that could not be made is not passed
                log.warning("hook_failed", hook=name, on="gate", reason=f"{type(error).__name__}: {error}")
                reason = f"it could not answer ({type(error).__name__})."
            if reason:
                return f"The hook {name} refuses: {reason}"
        return ""
