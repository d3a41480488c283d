"""Commands that try another way: `fork` makes a second task of one, `keep` settles for one of them."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import complete, parse
from bot.cli.goes_on import tell_task
from bot.cli.invocation import invocation
from bot.cli.lives import AsJson, Number
from bot.cli.perform import perform, print_json
from bot.cli.persons import me
from core.domain.errors import InvalidInputError
from core.domain.identity import StepName

if TYPE_CHECKING:
    from core.domain.identity import AgentRunId


def fork(
    context: typer.Context,
    number: Number,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What the fork is told besides.")] = "",
    at: Annotated[
        str,
        typer.Option(
            "--at",
            help="Step, agent (T142.3) or its message (T142.3:4) to go on from.",
            autocompletion=complete.steps,
        ),
    ] = "",
    model: Annotated[str, typer.Option("--model", "-m", help="Model of the fork's agents.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a second task that goes its own way from a step.

    Or from an agent, or one of its messages: to compare both, and to keep one.

    Example: orchestrator fork 142 --at build "use the standard library only"
    """

    async def work() -> int:
        name = parse.task_id(number)
        if not at:
            raise InvalidInputError(
                "It is not said where the fork begins.",
                hint=f"Name a step or an agent with --at; they are on: orchestrator task {name}",
            )
        step, run, message = fork_point(at)
        async with invocation(context).program() as program:
            if run is not None:
                from bot.said import message_uuid

                found = (await program.queries.agent(run)).entry.run
                message = await message_uuid(program, found, message)
            task = await program.orchestrator.fork(
                name, by=me(), at_step=step, at_run=run, at_message=message, request=words, model=model
            )
            told = f"{task.id} goes its own way from {at} of {name}."
            await tell_task(program, task, told, as_json=as_json, forked_from=name)
        if not as_json:
            typer.echo(f"Later: orchestrator compare {name.removeprefix('T')} {task.number}")
        return 0

    perform(context, work)


def fork_point(text: str) -> "tuple[StepName | None, AgentRunId | None, str]":
    """`build` as a step, `T142.3` as an agent run, `T142.3:4` as its fourth message."""
    name, _, message = text.partition(":")
    run = parse.agent_run_id(name)
    return (None, run, message) if run is not None else (StepName(text), None, "")


def keep(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Keep this one of several forks.

    The others are cancelled, their branches stay.

    Example: orchestrator keep 143
    """

    async def work() -> int:
        name = parse.task_id(number)
        async with invocation(context).program() as program:
            dropped = await program.orchestrator.keep(name, by=me())
        if as_json:
            print_json({"id": name, "dropped": list(dropped)})
        else:
            others = f"cancelled: {', '.join(dropped)}" if dropped else "none of the others was still open"
            typer.echo(f"{name} is kept; {others}.")
        return 0

    perform(context, work)
