"""`orchestrator costs` and `orchestrator ask`: what was spent, by options or in plain words."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from bot.cli import complete
from bot.cli.invocation import invocation
from bot.cli.perform import perform

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
    texts = {"by": by, "from": begin, "to": end, "metric": metric, "limit": str(limit) if limit else ""}
    lists = {"project": project, "person": person, "role": role, "model": model, "task": task}
    views = {"advice": advice, "calibration": calibration, "forecast": forecast, "unusual": unusual}
    options = _options(texts, lists, {"least": least, "all-time": all_time, **views})

    async def work() -> int:
        from bot.cli.cost_answers import Form, tell_costs

        form = Form(chart=chart, dark=dark, as_json=as_json)
        await tell_costs(invocation(context), " ".join(words or ()), options, form)
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
        from bot.cli.cost_answers import Form, tell_answer

        await tell_answer(invocation(context), " ".join(question), Form(chart=chart, dark=dark, as_json=as_json))
        return 0

    perform(context, work)


def _options(
    texts: Mapping[str, str], lists: Mapping[str, Sequence[str] | None], flags: Mapping[str, bool]
) -> dict[str, tuple[str, ...]]:
    """What was given, as the options of a command in a chat."""
    given: dict[str, tuple[str, ...]] = {name: (value,) for name, value in texts.items() if value}
    given |= {name: tuple(values) for name, values in lists.items() if values}
    return given | {name: ("",) for name, value in flags.items() if value}
