"""Listings for the terminal: as wide as it is, and never cut where the output is no terminal."""

import shlex
import sys
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.chat.text import one_line, printable
from adapters.console.render import rendered
from bot.cards.approval import approval_card
from bot.cards.bill import bill_card
from bot.cards.elapsed import shown_duration
from bot.cards.task import task_card
from bot.documents import task_duration_s
from core.domain.approval import Approval, ApprovalKind
from core.domain.cost import shown_usd
from core.views import TaskView

START = 'orchestrator run "fix issue #123"'
_PIPE_COLUMNS = 500
_PROJECT_COLUMNS = 20


def page() -> Console:
    """Where listings go. Colours only on a terminal that wants them (NO_COLOR, TERM), no escapes in a pipe."""
    width = None if sys.stdout.isatty() else _PIPE_COLUMNS
    return Console(highlight=False, markup=False, emoji=False, width=width)


def listing(*columns: str) -> Table:
    """A table without lines."""
    return Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")


def print_status(views: Sequence[TaskView], waiting: Sequence[Approval], *, worker: bool, now: datetime) -> None:
    """Open tasks, what waits for a person with the exact commands, and whether anybody does the work."""
    console = page()
    if views:
        console.print(_tasks(views, now=now))
    else:
        console.print(f"Nothing is running. Start with: {START}")
    for approval in waiting:
        console.print()
        console.print(_line(f"{approval.id} waits for you ({approval.task}, {approval.kind.value}): {approval.title}"))
        for command in answers_to(approval):
            console.print(Text(f"  {command}", overflow="fold"))
    if views and not worker:
        console.print("\nNo worker is running, so nothing moves. Start one with: orchestrator worker")


def answers_to(approval: Approval) -> tuple[str, ...]:
    """The commands that look at `approval`, approve it and deny it."""
    approve = f"orchestrator approve {approval.id}"
    if approval.kind is ApprovalKind.QUESTION:
        approve += "".join(f" --answer {_offered(question.choices)}" for question in approval.questions)
    see = f"orchestrator task {approval.task.removeprefix('T')}"
    return (see, approve, f'orchestrator deny {approval.id} --reason "…"')


def print_tasks(views: Sequence[TaskView], *, now: datetime, filtered: bool) -> None:
    """A listing of tasks."""
    if views:
        page().print(_tasks(views, now=now))
    else:
        page().print("No such tasks." if filtered else f"No tasks yet. Start with: {START}")


def print_task(view: TaskView, *, now: datetime, diff: str) -> None:
    """One task as its card, what it asks, its bill, and its diff when given."""
    console = page()
    console.print(rendered(task_card(view, now=now)))
    for approval in view.waiting:
        console.print(rendered(approval_card(approval)))
    if view.bill.calls:
        console.print(rendered(bill_card(view)))
    if diff:
        console.print(Text(printable(diff)), soft_wrap=True)


def _tasks(views: Sequence[TaskView], *, now: datetime) -> Table:
    table = listing("task", "state", "project", "title", "cost", "time")
    for name in ("task", "state", "cost", "time"):
        _column(table, name).no_wrap = True
    for name in ("project", "title"):
        _column(table, name).no_wrap = True
        _column(table, name).overflow = "ellipsis"
    _column(table, "project").max_width = _PROJECT_COLUMNS
    _column(table, "cost").justify = _column(table, "time").justify = "right"
    for view in views:
        table.add_row(*_cells(view, now=now))
    return table


def _column(table: Table, name: str):
    return next(column for column in table.columns if column.header == name)


def _cells(view: TaskView, *, now: datetime) -> tuple[Text, ...]:
    task = view.task
    cells = (
        task.id,
        task.state.value.replace("_", " "),
        one_line(task.project),
        one_line(task.title),
        shown_usd(view.bill.cost_usd),
        shown_duration(task_duration_s(task, now=now)),
    )
    return tuple(map(Text, cells))


def _offered(choices: Sequence[object]) -> str:
    return "1" if choices else shlex.quote("…")


def _line(text: str) -> Text:
    return Text(one_line(text), overflow="fold")
