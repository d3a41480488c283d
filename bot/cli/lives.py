"""Commands that stop a task for a while or begin another life of it: pause, resume, retry, rewind."""

from typing import Annotated

import typer

from bot.cli import complete, parse
from bot.cli.goes_on import tell_task
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from core.domain.identity import StepName

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Open = Annotated[
    str, typer.Argument(metavar="N", help="Task number, such as 142 or T142.", autocompletion=complete.open_tasks)
]
Number = Annotated[
    str, typer.Argument(metavar="N", help="Task number, such as 142 or T142.", autocompletion=complete.tasks)
]


def pause(
    context: typer.Context,
    number: Open,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stop a task's agents where they are, until it is resumed.

    Example: orchestrator pause 142
    """

    async def work() -> int:
        name = parse.task_id(number)
        async with invocation(context).program() as program:
            task = await program.orchestrator.pause(name, by=me(), reason=reason)
        if as_json:
            print_json({"id": task.id, "state": task.state.value, "branch": task.branch or None})
        else:
            typer.echo(f"{task.id} is paused. Go on with: orchestrator resume {task.number}")
        return 0

    perform(context, work)


def resume(context: typer.Context, number: Open, as_json: AsJson = False) -> None:
    """Go on with a task that was paused.

    Example: orchestrator resume 142
    """

    async def work() -> int:
        name = parse.task_id(number)
        async with invocation(context).program() as program:
            task = await program.orchestrator.resume(name, by=me())
            await tell_task(program, task, f"{task.id} is resumed.", as_json=as_json)
        return 0

    perform(context, work)


def retry(
    context: typer.Context,
    number: Number,
    step: Annotated[
        str, typer.Option("--from", help="Begin with this step, not with what failed.", autocompletion=complete.steps)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Try an ended task again, from what failed or a step.

    Finished work is kept.

    Example: orchestrator retry 142 --from build
    """

    async def work() -> int:
        name = parse.task_id(number)
        async with invocation(context).program() as program:
            task = await program.orchestrator.retry(name, by=me(), from_step=StepName(step) if step else None)
            words = f"{task.id} is tried again{f' from step {step}' if step else ''}."
            await tell_task(program, task, words, as_json=as_json, life=task.life)
        return 0

    perform(context, work)


def rewind(
    context: typer.Context,
    number: Number,
    step: Annotated[str, typer.Argument(metavar="STEP", help="Step to begin with.", autocompletion=complete.steps)],
    as_json: AsJson = False,
) -> None:
    """Set a task and its branch back to before a step.

    It goes on from there; what is undone stays reachable in git.

    Example: orchestrator rewind 142 build
    """

    async def work() -> int:
        name = parse.task_id(number)
        async with invocation(context).program() as program:
            task = await program.orchestrator.rewind(name, by=me(), to_step=StepName(step))
            words = f"{task.id} is set back to before step {step}."
            await tell_task(program, task, words, as_json=as_json, life=task.life)
        return 0

    perform(context, work)
