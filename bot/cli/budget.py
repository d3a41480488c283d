"""`orchestrator budget`: what a task may cost; what projects, people, roles and models may cost, set and shown."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete, parse
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from core.domain.cost import shown_usd
from core.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from core.views import TaskView

_SET, _REMOVE, _LIST = "set", "remove", "list"


def budget(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="[N|set|remove|list]",
            help="Task number, such as 142 or T142; or what to do with the budgets that tasks share.",
            autocompletion=complete.tasks,
        ),
    ] = _LIST,
    amount: Annotated[
        str, typer.Argument(metavar="USD", help="What the task may cost in all, such as 7.50; none for no limit.")
    ] = "",
    daily: Annotated[str, typer.Option("--daily", metavar="USD", help="What may be spent each day; or none.")] = "",
    weekly: Annotated[str, typer.Option("--weekly", metavar="USD", help="What may be spent each week.")] = "",
    monthly: Annotated[str, typer.Option("--monthly", metavar="USD", help="What may be spent each month.")] = "",
    project: Annotated[
        str, typer.Option("--project", "-p", help="Of this project alone.", autocompletion=complete.projects)
    ] = "",
    person: Annotated[str, typer.Option("--person", help="Of this person alone, such as slack:T0123/U0456.")] = "",
    role: Annotated[str, typer.Option("--role", help="Of this role alone, such as builder.")] = "",
    model: Annotated[str, typer.Option("--model", help="Of models with this in their name, such as opus.")] = "",
    owner: Annotated[list[str] | None, typer.Option("--owner", help="Who is told besides those at work.")] = None,
    warn_at: Annotated[str, typer.Option("--warn-at", help="Per cent at which people are told: 50,75,90.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a task may cost, or set it; set, take away and list the budgets that tasks share.

    A task that waits for more money goes on once it may cost more.

    Examples: orchestrator budget 142 7.50   ·   orchestrator budget set --project api --monthly 200   ·
    orchestrator budget remove --project api   ·   orchestrator budget list
    """

    amounts = {"daily": daily, "weekly": weekly, "monthly": monthly}
    scope = {"project": project, "person": person, "role": role, "model": model}

    async def work() -> int:
        if what not in {_SET, _REMOVE, _LIST}:
            return await _of_task(context, what, amount, as_json=as_json)
        from bot.cli import shared_budgets

        if amount:
            raise InvalidInputError(
                f"In which period is {amount[:40]!r} the limit?", hint="Say --daily, --weekly or --monthly."
            )
        if what != _LIST:
            wanted = shared_budgets.Wanted(**scope, amounts=amounts, owners=tuple(owner or ()), warn_at=warn_at)
            await shared_budgets.change(invocation(context), wanted, remove=what == _REMOVE)
        await shared_budgets.tell(invocation(context), as_json=as_json)
        return 0

    perform(context, work)


async def _of_task(context: typer.Context, number: str, amount: str, *, as_json: bool) -> int:
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


def _tell(view: "TaskView", *, as_json: bool) -> None:
    task, spent = view.task, view.bill.cost_usd
    if as_json:
        limit = None if task.budget_usd is None else float(task.budget_usd)
        print_json({"id": task.id, "budget_usd": limit, "cost_usd": float(spent), "state": task.state.value})
    elif task.budget_usd is None:
        typer.echo(f"{task.id} has no budget; it has cost {shown_usd(spent)} so far.")
    else:
        passed = spent - task.budget_usd
        over = f", passed by {shown_usd(passed)}" if passed > 0 else ""
        typer.echo(f"{task.id} has used {shown_usd(spent)} of {shown_usd(task.budget_usd)}{over}.")
