"""Listings for the terminal: as wide as it is, and never cut where the output is no terminal."""

import sys
from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.chat.text import cut, one_line, printable
from adapters.console.adapter import Console as Screen
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
_TITLE = "title"
_PROJECT_COLUMNS = 20
_COLUMNS = ("task", "state", "project", _TITLE, "cost", "time")
_LEAST_TITLE = 12
_GAP = 2


def page() -> Console:
    """Where listings go. Colours only on a terminal that wants them (NO_COLOR, TERM), no escapes in a pipe."""
    width = None if sys.stdout.isatty() else _PIPE_COLUMNS
    return Console(highlight=False, markup=False, emoji=False, width=width)


def listing(*columns: str) -> Table:
    """A table without lines."""
    return Table(*columns, box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")


def print_status(views: Sequence[TaskView], waiting: Sequence[Approval], *, worker: bool, now: datetime) -> None:
    """Open tasks, what waits for a person with the exact commands, and whether anybody does the work."""
    console = page()
    if views:
        console.print(_tasks(views, now=now, width=console.width))
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
        approve += "".join(" --answer 1" if question.choices else ' --answer "…"' for question in approval.questions)
    see = f"orchestrator task {approval.task.removeprefix('T')}"
    return (see, approve, f'orchestrator deny {approval.id} --reason "…"')


def print_tasks(views: Sequence[TaskView], *, now: datetime, filtered: bool) -> None:
    """A listing of tasks."""
    console = page()
    if views:
        console.print(_tasks(views, now=now, width=console.width))
    else:
        console.print("No such tasks." if filtered else f"No tasks yet. Start with: {START}")


def print_task(view: TaskView, *, now: datetime, diff: str) -> None:
    """One task as its card, what it asks, its bill, and its diff when given."""
    screen = Screen(output=sys.stdout, keyboard=None)
    screen.show(task_card(view, now=now))
    for approval in view.waiting:
        screen.show(approval_card(approval))
    if view.bill.calls:
        screen.show(bill_card(view))
    if diff:
        page().print(Text(printable(diff)), soft_wrap=True)


def _tasks(views: Sequence[TaskView], *, now: datetime, width: int) -> Table:
    """All columns whole but the title, which takes what is left of `width`."""
    rows = [_cells(view, now=now) for view in views]
    fixed = sum(
        max(map(cell_len, (name, *cells))) + _GAP
        for name, *cells in zip(_COLUMNS, *rows, strict=True)
        if name != _TITLE
    )
    table = listing()
    for name in _COLUMNS:
        table.add_column(name, no_wrap=True, justify="right" if name in {"cost", "time"} else "left")
    for task, state, project, title, *numbers in rows:
        shown = cut(title, width=max(_LEAST_TITLE, width - fixed))
        table.add_row(*map(Text, (task, state, project, shown, *numbers)))
    return table


def _cells(view: TaskView, *, now: datetime) -> tuple[str, ...]:
    task = view.task
    return (
        task.id,
        task.state.value.replace("_", " "),
        one_line(task.project, width=_PROJECT_COLUMNS),
        one_line(task.title),
        shown_usd(view.bill.cost_usd),
        shown_duration(task_duration_s(task, now=now)),
    )


def _line(text: str) -> Text:
    return Text(one_line(text), overflow="fold")
