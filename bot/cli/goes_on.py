"""What is said after a change: where the task stands now, and what makes it move."""

from typing import TYPE_CHECKING, Any

import typer

from bot.cli.perform import print_json

if TYPE_CHECKING:
    from bot.compose import Program
    from core.domain.task import Task

WORKER = "orchestrator worker"


async def tell_task(program: "Program", task: "Task", words: str, *, as_json: bool, **more: Any) -> None:
    """`words` about a task that goes on, or its state as JSON with what `more` says."""
    if as_json:
        print_json({"id": task.id, "state": task.state.value, "branch": task.branch or None, **more})
    elif await program.worker_running():
        typer.echo(f"{words} Follow it with: orchestrator watch {task.number}")
    else:
        typer.echo(f"{words} It goes on when a worker runs: {WORKER}")
