"""`orchestrator compare`: tasks side by side, forks above all."""

from typing import Annotated

import typer

from bot.cli import complete, parse
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.show import diff_of
from core.domain.errors import InvalidInputError


def compare(
    context: typer.Context,
    numbers: Annotated[
        list[str], typer.Argument(metavar="N M", help="Two or more task numbers.", autocompletion=complete.tasks)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare tasks: cost, time, tests, what each changed.

    Example: orchestrator compare 142 143
    """

    async def work() -> int:
        from bot.comparison import side_document, side_of, verdict

        names = list(dict.fromkeys(parse.task_id(number) for number in numbers))
        if len(names) < 2:
            raise InvalidInputError("One task cannot be compared.", hint="Name two: orchestrator compare 142 143")
        async with invocation(context).onlooker() as seen:
            views = [await seen.reader.task(name) for name in names]
            sides = [
                side_of(
                    view,
                    await seen.queries.verifications(view.task.id),
                    await diff_of(seen, view.task),
                    now=seen.clock(),
                )
                for view in views
            ]
        if as_json:
            print_json({"tasks": [side_document(side) for side in sides], "verdict": verdict(sides) or None})
        else:
            from bot.cli.tables import print_comparison

            print_comparison(sides)
        return 0

    perform(context, work)
