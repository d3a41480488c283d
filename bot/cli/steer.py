"""Commands that change work under way: words to the agents, and whose agents start first."""

from typing import Annotated

import typer

from bot.cli import complete, parse
from bot.cli.goes_on import WORKER
from bot.cli.invocation import invocation
from bot.cli.lives import AsJson, Open
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from core.domain.errors import InvalidInputError
from core.domain.task import Priority


def steer(
    context: typer.Context,
    number: Open,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What the agents should know.")],
    to: Annotated[
        str, typer.Option("--to", help="Only for this agent, such as T142.3.", autocompletion=complete.agents)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Tell the agents of a task something while they work.

    When none is at work, the next one hears it.

    Example: orchestrator steer 142 "keep the old name as an alias"
    """

    async def work() -> int:
        name = parse.task_id(number)
        run = parse.agent_run_id(to) if to else None
        if to and run is None:
            raise InvalidInputError(f"{to[:40]!r} is not an agent run.", hint="An agent run looks like T142.3.")
        async with invocation(context).program() as program:
            told = await program.orchestrator.steer(name, text, by=me(), to=run)
            worker = await program.worker_running()
        if as_json:
            print_json([{"id": each.id, "task": each.task, "to": each.to} for each in told])
            return 0
        named = [each.to for each in told if each.to]
        heard = f"{' and '.join(named)} will hear it" if named else f"The next agent of {name} will hear it"
        typer.echo(f"{heard}{' soon' if worker and named else ''}." + ("" if worker else f" No worker runs: {WORKER}"))
        return 0

    perform(context, work)


def priority(
    context: typer.Context,
    number: Open,
    level: Annotated[Priority, typer.Argument(metavar="LEVEL", help="high, normal or low.")],
    as_json: AsJson = False,
) -> None:
    """Say whose agents start first when not all can.

    Example: orchestrator priority 142 high
    """

    async def work() -> int:
        name = parse.task_id(number)
        async with invocation(context).program() as program:
            task = await program.orchestrator.set_priority(name, level, by=me())
        if as_json:
            print_json({"id": task.id, "priority": task.priority.value})
        else:
            typer.echo(f"{task.id} has {task.priority.value} priority now.")
        return 0

    perform(context, work)
