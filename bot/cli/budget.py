"""`orchestrator budget`: what one task may cost, shown or set."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete, parse
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from core.domain.cost import shown_usd

if TYPE_CHECKING:
    from core.views import TaskView


def budget(
    context: typer.Context,
    number: Annotated[
        str, typer.Argument(metavar="N", help="Task number, such as 142 or T142.", autocompletion=complete.tasks)
    ],
    amount: Annotated[
        str, typer.Argument(metavar="USD", help="What it may cost in all, such as 7.50; none for no limit.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a task may cost, or set it.

    A task that waits for more money goes on once it may cost more.

    Examples: orchestrator budget 142   ·   orchestrator budget 142 7.50   ·   orchestrator budget 142 none
    """

    async def work() -> int:
        name = parse.task_id(number)
        wanted = parse.budget(amount) if amount else None
        if not amount:
            async with invocation(context).onlooker() as seen:
                _tell(await seen.reader.task(name), as_json=as_json)
            return 0
        async with invocation(context).program() as program:
            await program.orchestrator.set_budget(name, wanted, by=me())
            _tell(await program.orchestrator.task(name), as_json=as_json)
        return 0

    perform(context, work)


def _tell(view: "TaskView", *, as_json: bool) -> None:
    task, spent = view.task, view.bill.cost_usd
    if as_json:
        limit = None if task.budget_usd is None else float(task.budget_usd)
        print_json({"id": task.id, "budget_usd": limit, "cost_usd": float(spent), "state": task.state.value})
    elif task.budget_usd is None:
        typer.echo(f"{task.id} has no budget; it has cost {shown_usd(spent)} so far.")
    else:
        typer.echo(f"{task.id} has used {shown_usd(spent)} of {shown_usd(task.budget_usd)}.")
