"""Commands that only look: status, tasks, task."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete, parse
from bot.cli.data_files import say
from bot.cli.exits import told
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.signals import whisper
from bot.documents import approval_document, held_documents, task_document, task_summary
from core.domain.errors import NotFoundError, WorkspaceError
from core.domain.task import FINAL_TASK_STATES, TaskState

if TYPE_CHECKING:
    from bot.onlooker import Onlooker
    from core.domain.task import Task

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_OPEN = frozenset(TaskState) - FINAL_TASK_STATES


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """What is running, and what waits for you.

    With the command that answers each question.
    """

    async def work() -> int:
        from bot.cli.undelivered import undelivered_document, undelivered_lines
        from bot.cli.unheard import unheard_document, unheard_lines
        from bot.delivery.standing import delivery_standing
        from bot.forge.standing import watch_standing

        async with invocation(context).onlooker() as seen:
            views = await seen.reader.tasks(states=_OPEN, limit=200)
            waiting = await seen.reader.pending_approvals()
            worker = await seen.worker_running()
            standing = await delivery_standing(seen.store, limit=3)
            watch = await watch_standing(seen.store)
            now = seen.clock()
        if as_json:
            tasks = [task_summary(view, now=now) for view in views]
            approvals = [approval_document(each) for each in waiting]
            undelivered = undelivered_document(standing)
            held = held_documents(views, now=now)
            told = {"worker": worker, "tasks": tasks, "approvals": approvals, "held": held}
            print_json({**told, "undelivered": undelivered, "github": unheard_document(watch)})
        else:
            from bot.cli.tables import print_status

            print_status(views, waiting, worker=worker, now=now)
            say(*undelivered_lines(standing), *unheard_lines(watch))
        return 0

    perform(context, work)


def tasks(
    context: typer.Context,
    project: Annotated[
        str, typer.Option("--project", "-p", help="Only this project.", autocompletion=complete.projects)
    ] = "",
    state: Annotated[list[TaskState] | None, typer.Option("--state", help="Only tasks in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List tasks, the newest first.

    Example: orchestrator tasks --state failed --limit 5
    """

    async def work() -> int:
        async with invocation(context).onlooker() as seen:
            name = seen.settings.project(project).name if project else None
            views = await seen.reader.tasks(project=name, states=state or None, limit=limit)
            now = seen.clock()
        if as_json:
            print_json([task_summary(view, now=now) for view in views])
        else:
            from bot.cli.tables import print_tasks

            print_tasks(views, now=now, filtered=bool(project or state))
        return 0

    perform(context, work)


def task(
    context: typer.Context,
    number: Annotated[
        str, typer.Argument(metavar="N", help="Task number, such as 142 or T142.", autocompletion=complete.tasks)
    ],
    diff: Annotated[bool, typer.Option("--diff", help="Print the diff too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one task: steps, what it asks, cost, result.

    Example: orchestrator task 142 --diff
    """

    async def work() -> int:
        name = parse.task_id(number)
        async with invocation(context).onlooker() as seen:
            view = await seen.reader.task(name)
            text = await diff_of(seen, view.task) if diff or as_json else ""
            now = seen.clock()
        if as_json:
            print_json(task_document(view, now=now, diff=text))
        else:
            from bot.cli.tables import print_task

            print_task(view, now=now, diff=text)
        return 0

    perform(context, work)


async def diff_of(seen: "Onlooker", task: "Task") -> str:
    """The diff, or '' and why there is none: the rest of the task is worth showing without it."""
    try:
        return await seen.diff(task)
    except (WorkspaceError, NotFoundError) as error:
        whisper(f"The diff of {task.id} is not available: {told(error)}")
        return ""
