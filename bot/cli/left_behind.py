"""What becomes of tasks when the command that showed them ends."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.domain.identity import TaskId

if TYPE_CHECKING:
    from bot.onlooker import Onlooker


async def left_behind(tasks: Sequence[TaskId], *, seen: "Onlooker") -> str:
    """One line for the person who leaves; to be asked once this process does no work any more."""
    if not tasks:
        return "Stopped before anything was handed over."
    goes = f"{', '.join(tasks)} {'goes' if len(tasks) == 1 else 'go'} on"
    if await seen.worker_running():
        return f"Stopped looking. {goes} in the worker; end it with: orchestrator cancel {tasks[0]}"
    return f"Stopped. {goes} when a worker runs: orchestrator worker"
