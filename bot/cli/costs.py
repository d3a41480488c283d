"""`orchestrator costs` and `orchestrator ask`: what was spent, by options or in plain words."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import complete
from bot.cli.chart import chart_path, drawing_into, write_chart
from bot.cli.invocation import invocation
from bot.cli.perform import perform, print_json
from bot.cli.persons import myself

if TYPE_CHECKING:
    from pathlib import Path

    from bot.commands.context import Asker, Context
    from bot.commands.reply import Reply
    from bot.compose import Program
    from core.costs.query import Query
    from core.costs.words.known import Known

_BY = "agent, role, model, task, step, person, project, day, week, month, type or state."


def costs(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WHEN|by WHAT]", help="today, last week, since monday, by model …")
    ] = None,
    by: Annotated[str, typer.Option("--by", help=f"Told apart by {_BY}")] = "",
    begin: Annotated[str, typer.Option("--from", metavar="DATE", help="From this day on: 2026-01-01.")] = "",
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="Up to this day, which is included.")] = "",
    project: Annotated[
        list[str] | None,
        typer.Option("--project", "-p", help="Only this project.", autocompletion=complete.projects),
    ] = None,
    person: Annotated[list[str] | None, typer.Option("--person", help="Only tasks of this person.")] = None,
    role: Annotated[list[str] | None, typer.Option("--role", help="Only this role.")] = None,
    model: Annotated[list[str] | None, typer.Option("--model", "-m", help="Only this model, or family.")] = None,
    task: Annotated[list[str] | None, typer.Option("--task", help="Only this task, such as T142.")] = None,
    metric: Annotated[
        str,
        typer.Option("--metric", help="cost, tokens, calls, cached, tasks, average (of a task) or duration."),
    ] = "",
    limit: Annotated[int | None, typer.Option(min=1, max=100, help="At most this many rows.")] = None,
    least: Annotated[bool, typer.Option("--least", help="The least first.")] = False,
    all_time: Annotated[bool, typer.Option("--all-time", help="Not only this week.")] = False,
    calibration: Annotated[bool, typer.Option("--calibration", help="How good estimates were.")] = False,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="What this month (or the time you say) will come to.")
    ] = False,
    unusual: Annotated[bool, typer.Option("--unusual", help="What was far from the usual.")] = False,
    advice: Annotated[bool, typer.Option("--advice", help="Which role could use a cheaper model, and why.")] = False,
    chart: Annotated[
        str, typer.Option("--chart", metavar="FILE", help="Draw it, too: into this .png or .svg file.")
    ] = "",
    dark: Annotated[bool, typer.Option("--dark", help="Draw on a dark ground.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what was spent; this week, unless a time is said.

    Examples: orchestrator costs last month --by model   ·   orchestrator costs --from 2026-01-01   ·
    orchestrator costs --forecast   ·   orchestrator costs by day last month --chart costs.png
    """
    given = {"by": by, "from": begin, "to": end, "metric": metric, "limit": str(limit) if limit else ""}
    several = {"project": project, "person": person, "role": role, "model": model, "task": task}
    views = {"advice": advice, "calibration": calibration, "forecast": forecast, "unusual": unusual}
    flags = {"least": least, "all-time": all_time, **views}
    options: dict[str, tuple[str, ...]] = {name: (value,) for name, value in given.items() if value}
    options |= {name: tuple(values) for name, values in several.items() if values}
    options |= {name: ("",) for name, value in flags.items() if value}

    async def work() -> int:
        from bot.commands.command import Command
        from bot.commands.cost_views import DOCUMENTS, chosen
        from bot.commands.costs import costs as told
        from bot.commands.costs import query_of
        from bot.commands.known import known_to
        from bot.commands.verbs import Verb

        path = chart_path(chart, dark=dark)
        command = Command(verb=Verb.COSTS, text=" ".join(words or ()), options=options)
        async with invocation(context).program() as program:
            chat, asker = await _here(program)
            chat = drawing_into(chat, path, dark=dark)
            reply = await told(command, asker, chat) if path is not None or not as_json else None
            if as_json:
                known = await known_to(asker, chat)
                query, view = await query_of(command, asker, chat, known), chosen(command.options)
                make = DOCUMENTS.get(view)
                print_json(await make(query, asker, chat, known) if make else await _document(query, chat, known))
            if reply is not None:
                await _hand_out(reply, path, shown=not as_json)
        return 0

    perform(context, work)


def ask(
    context: typer.Context,
    question: Annotated[list[str], typer.Argument(metavar="QUESTION", help='"how much did we spend this week?"')],
    chart: Annotated[
        str, typer.Option("--chart", metavar="FILE", help="Draw the answer, too: into this .png or .svg file.")
    ] = "",
    dark: Annotated[bool, typer.Option("--dark", help="Draw on a dark ground.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask about money and tasks in plain words.

    Under each answer stands what was understood. "and last week?" goes on from the last question.

    Examples: orchestrator ask "which agent spent the most today?"   ·   orchestrator ask "what did T142 cost and why?"
    """

    async def work() -> int:
        from bot.commands.command import Command
        from bot.commands.known import known_to
        from bot.commands.questions import ask as told
        from bot.commands.questions import query_asked
        from bot.commands.verbs import Verb

        text, path = " ".join(question), chart_path(chart, dark=dark)
        async with invocation(context).program() as program:
            chat, asker = await _here(program)
            chat = drawing_into(chat, path, dark=dark)
            if path is not None or not as_json:
                reply = await told(Command(verb=Verb.ASK, text=text), asker, chat)
                await _hand_out(reply, path, shown=not as_json)
            if not as_json:
                return 0
            known = await known_to(asker, chat)
            query = await query_asked(text, asker, chat, known)
            print_json(await _answer(query, asker, chat, known))
        return 0

    perform(context, work)


async def _here(program: "Program") -> "tuple[Context, Asker]":
    """Commands as they work in a chat, for the person at this terminal."""
    from bot.chat_context import context_of
    from core.domain.identity import Place

    chat = context_of(program)
    return chat, await chat.asker(myself(), Place(platform="console"), event_id="")


async def _hand_out(reply: "Reply", path: "Path | None", *, shown: bool) -> None:
    """The card on the screen, and its picture in the file."""
    from bot.commands.reply import Private
    from bot.terminal import terminal

    if shown and isinstance(reply, Private):
        terminal().show(reply.card)
    if path is not None:
        await write_chart(reply, path)


async def _answer(query: "Query | None", asker: "Asker", chat: "Context", known: "Known") -> dict[str, Any]:
    """The answer to a question for scripts, also of those that a view of `costs` tells."""
    from bot.commands.budget_answer import budget_document
    from bot.commands.cost_views import DOCUMENTS, VIEW_OF, over_usual_time
    from core.costs.query import Subject

    if query is not None and query.subject is Subject.BUDGET:
        return await budget_document(query, asker, chat, known)
    view = VIEW_OF.get(query.subject, "") if query is not None else ""
    if query is None or not view:
        return await _document(query, chat, known)
    asked = query if query.period or query.said else over_usual_time(query, known, view=view)
    return await DOCUMENTS[view](asked, asker, chat, known)


async def _document(query: "Query | None", chat: "Context", known: "Known") -> dict[str, Any]:
    """The answer for scripts; InvalidInputError for what has none."""
    from bot.commands.unpriced import unpriced
    from bot.cost_documents import figures_document, listed_document
    from core.costs.asking import Asking
    from core.costs.query import Subject
    from core.domain.errors import InvalidInputError

    if query is None:
        raise InvalidInputError("I did not understand that question.", hint="Ask without --json for what can be asked.")
    zone = known.zone_of(query.where.projects)
    asking = Asking(chat.seen.store, clock=chat.seen.clock)
    if query.subject is Subject.FIGURES:
        found = figures_document(await asking.figures(query, projects=None, zone=zone))
        guessed = await unpriced(query, chat, projects=None, zone=zone)
        return found | {"fallback_priced": [{"model": model, "usd": f"{usd:f}"} for model, usd in guessed.items()]}
    if query.subject is Subject.TASKS:
        return listed_document(await asking.tasks(query, projects=None, zone=zone))
    raise InvalidInputError("There is no JSON for that question.", hint="Ask it without --json.")
