"""Commands about pull requests: more work on one of ours, offering one early, and the review of any other."""

from typing import Annotated

import typer

from bot.cli import complete, parse
from bot.cli.goes_on import tell_task
from bot.cli.invocation import invocation
from bot.cli.lives import AsJson, Number
from bot.cli.perform import perform
from bot.cli.persons import chosen_project, me
from core.domain.errors import InvalidInputError
from core.domain.task import TaskState


def address(
    context: typer.Context,
    number: Number,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[review|checks] [TEXT]", help="What is to be seen to.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Go on with a task's pull request: its review, its failed checks, or what you say.

    The same agents go on, on the same branch.

    Example: orchestrator address 142 review
    """

    async def work() -> int:
        from bot.forge.following_up import KINDS, SEEN_TO, wanted

        name = parse.task_id(number)
        async with invocation(context).program() as program:
            async with program.store.reading() as uow:
                told = await uow.events.of(name, types=KINDS)
            want = wanted(" ".join(words or ()), told)
            task = await program.orchestrator.follow_up(name, want.text, by=me(), why=want.why)
            said = f"{task.id} goes on: {SEEN_TO[want.why]}."
            await tell_task(program, task, said, as_json=as_json, life=task.life)
        return 0

    perform(context, work)


def publish(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Stop here and offer what is there, as a draft; also of a task that failed or was cancelled.

    Example: orchestrator publish 142
    """

    async def work() -> int:
        async with invocation(context).program() as program:
            task = await program.orchestrator.publish_now(parse.task_id(number), by=me())
            nothing = task.state is TaskState.CANCELLED
            said = "is cancelled: it has made nothing." if nothing else "offers what is there, as a draft."
            await tell_task(program, task, f"{task.id} {said}", as_json=as_json, life=task.life)
        return 0

    perform(context, work)


def review(
    context: typer.Context,
    pull_request: Annotated[
        list[str], typer.Argument(metavar="PR", help="Its number, owner/repo#number, or its address.")
    ],
    project: Annotated[
        str,
        typer.Option("--project", "-p", help="Which one; may be left out.", autocompletion=complete.projects),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Review a pull request; you see the review before it is posted.

    Example: orchestrator review 45
    """

    async def work() -> int:
        from bot.commands.pull_request import take_pull_request

        said = " ".join(pull_request)
        reference, rest = take_pull_request(said)
        if not reference or rest:
            raise InvalidInputError(
                f"{said[:60]!r} names no pull request.", hint="Give its number, owner/repo#number, or its address."
            )
        async with invocation(context).program() as program:
            name = chosen_project(program.settings, project)
            task = await program.orchestrator.review_of(reference, project=name, by=me())
            await tell_task(program, task, f"{task.id} reviews it: {task.title}", as_json=as_json)
        return 0

    perform(context, work)
