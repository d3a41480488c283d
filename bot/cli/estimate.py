"""`orchestrator estimate`: what a request may cost, and how long it may take."""

import typer

from bot.cli.exits import Exit
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import chosen_project, me
from bot.cli.run import AsJson, ByModel, ByWorkflow, InProject, Request


def estimate(
    context: typer.Context,
    request: Request,
    project: InProject = "",
    workflow: ByWorkflow = "",
    model: ByModel = "",
    as_json: AsJson = False,
) -> None:
    """Tell what a request may cost and how long it may take, and begin nothing.

    Examples: orchestrator estimate "fix issue #123"   ·   orchestrator estimate "add a dark mode" -m claude-opus-5-5
    """

    async def work() -> int:
        async with invocation(context).program() as program:
            expected = await program.orchestrator.estimate(
                request,
                project=chosen_project(program.settings, project),
                by=me(),
                workflow=workflow,
                model=model,
                others=None,
            )
        if as_json:
            from bot.preview_documents import expected_document

            print_json(expected_document(expected))
            return Exit.DONE
        from bot.cards.estimate import estimate_card, kind_of
        from bot.terminal import terminal

        card = estimate_card(expected.text, expected.estimate, taken_for=kind_of(expected.judged))
        terminal().show(card)
        return Exit.DONE

    perform(context, work)
