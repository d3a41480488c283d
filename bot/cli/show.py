"""Commands that only look: status, tasks, task, logs."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import parse, tables
from bot.cli.session import invocation, perform, print_json
from bot.documents import approval_document, task_document, task_summary
from core.domain.errors import NotFoundError
from core.domain.identity import AgentRunId
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.engine.run_agent import log_folder

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_OPEN = frozenset(TaskState) - FINAL_TASK_STATES


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """What is running and what waits for you."""

    async def work() -> int:
        async with invocation(context).program() as program:
            views = await program.orchestrator.tasks(states=_OPEN, limit=200)
            waiting = await program.orchestrator.pending_approvals()
            worker = await program.worker_running()
            if as_json:
                now = program.clock()
                print_json(
                    {
                        "worker": worker,
                        "tasks": [task_summary(view, now=now) for view in views],
                        "approvals": [approval_document(approval) for approval in waiting],
                    }
                )
            else:
                tables.print_status(views, waiting, worker=worker, now=program.clock())
            return 0

    perform(work)


def tasks(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Only this project.")] = "",
    state: Annotated[list[TaskState] | None, typer.Option("--state", help="Only tasks in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List tasks, the newest first."""

    async def work() -> int:
        async with invocation(context).program() as program:
            name = program.settings.project(project).name if project else None
            views = await program.orchestrator.tasks(project=name, states=state or None, limit=limit)
            if as_json:
                print_json([task_summary(view, now=program.clock()) for view in views])
            else:
                tables.print_tasks(views, now=program.clock())
            return 0

    perform(work)


def task(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="N", help="Task number, such as 142 or T142.")],
    diff: Annotated[bool, typer.Option("--diff", help="Print the diff too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one task: steps, approvals, cost, result."""

    async def work() -> int:
        async with invocation(context).program() as program:
            view = await program.orchestrator.task(parse.task_id(number))
            text = await program.diff(view.task) if diff or as_json else ""
            if as_json:
                print_json(task_document(view, now=program.clock(), diff=text))
            else:
                tables.print_task(view, now=program.clock(), diff=text)
            return 0

    perform(work)


def logs(
    context: typer.Context,
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="Agent run, such as T142.3, or a task for all.")],
    path: Annotated[bool, typer.Option("--path", help="Only print where the files are.")] = False,
) -> None:
    """Print what an agent said and did."""

    async def work() -> int:
        async with invocation(context).program() as program:
            view = await program.orchestrator.task(parse.task_of_agent(agent))
            runs = [each.run for step in view.steps for each in step.runs if each.run.id == agent or "." not in agent]
            if not runs:
                known = ", ".join(each.run.id for step in view.steps for each in step.runs)
                raise NotFoundError("agent run", agent, hint=f"Agent runs of {view.task.id}: {known or 'none yet'}.")
            for run in sorted(runs, key=lambda run: run.created_at):
                _print_log(run.id, log_folder(program.parts.log_folder, run), only_path=path)
            return 0

    perform(work)


def _print_log(agent_run: AgentRunId, folder: Path, *, only_path: bool) -> None:
    if only_path:
        typer.echo(folder)
        return
    text = folder / "text.txt"
    typer.echo(f"── {agent_run} · {folder}")
    typer.echo(text.read_text(encoding="utf-8", errors="replace") if text.exists() else "(nothing said yet)")
