"""`orchestrator run`: hand over one request, and follow it to its end."""

from typing import Annotated

import typer

from bot.cli.exits import Exit
from bot.cli.session import chosen_project, invocation, me, perform, print_json
from bot.documents import task_document, task_summary
from bot.terminal import follow, terminal
from core.domain.task import TaskState


def run(
    context: typer.Context,
    request: Annotated[str, typer.Argument(help='What is wanted, such as "fix issue #123".')],
    project: Annotated[str, typer.Option("--project", "-p", help="Which project; may be left out with one.")] = "",
    workflow: Annotated[str, typer.Option(help="Workflow, instead of the one that fits the request.")] = "",
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Follow it to its end, or only hand it over.")] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer every approval with yes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document at the end.")] = False,
) -> None:
    """Hand over a request."""

    async def work() -> int:
        async with invocation(context).program() as program:
            name = chosen_project(program.settings, project)
            if not wait:
                task = await program.orchestrator.submit(request, project=name, by=me(), workflow=workflow)
                view = await program.orchestrator.task(task.id)
                if as_json:
                    print_json(task_summary(view, now=program.clock()))
                else:
                    running = await program.worker_running()
                    after = "" if running else " No worker is running: start one with `orchestrator worker`."
                    typer.echo(f"{task.id} is queued.{after}")
                return Exit.DONE
            async with program.worker_if_free():
                task = await program.orchestrator.submit(request, project=name, by=me(), workflow=workflow)
                view = await follow(program, task.id, console=terminal(as_json=as_json), by=me(), yes=yes)
            if as_json:
                print_json(task_document(view, now=program.clock(), diff=await program.diff(view.task)))
            return Exit.DONE if view.task.state == TaskState.COMPLETED else Exit.NOT_COMPLETED

    perform(work)
