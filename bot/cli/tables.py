"""Listings for the terminal: rich tables, plain when the output is no terminal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.chat.text import printable
from adapters.console.render import rendered
from bot.cards.bill import bill_card
from bot.cards.elapsed import shown_duration
from bot.cards.task import task_card
from bot.documents import task_duration_s
from config.settings import ShownSetting
from core.domain.approval import Approval
from core.domain.cost import shown_usd
from core.views import TaskView


def print_status(views: Sequence[TaskView], waiting: Sequence[Approval], *, worker: bool, now: datetime) -> None:
    """Open tasks, what waits for a person, and whether anybody does the work."""
    console = Console(highlight=False)
    if views:
        console.print(_tasks(views, now=now))
    else:
        console.print('Nothing is running. Start with: orchestrator run "fix issue #123"')
    for approval in waiting:
        console.print()
        console.print(Text(f"{approval.id} waits for you ({approval.task}, {approval.kind.value}): "), end="")
        console.print(Text(printable(approval.title)))
        console.print(Text(f'  orchestrator approve {approval.id}   or   orchestrator deny {approval.id} --reason "…"'))
    if views and not worker:
        console.print("\nNo worker is running, so nothing moves. Start one with: orchestrator worker")


def print_tasks(views: Sequence[TaskView], *, now: datetime) -> None:
    """A listing of tasks."""
    console = Console(highlight=False)
    console.print(_tasks(views, now=now) if views else 'No tasks yet. Start with: orchestrator run "fix issue #123"')


def print_task(view: TaskView, *, now: datetime, diff: str) -> None:
    """One task as its card, its bill, and its diff when given."""
    console = Console(highlight=False)
    console.print(rendered(task_card(view, now=now)))
    console.print(rendered(bill_card(view)))
    if diff:
        console.print(Text(printable(diff)))


def print_settings(shown: Mapping[str, ShownSetting], *, file: Path | None) -> None:
    """Effective settings, secrets masked."""
    console = Console(highlight=False)
    console.print(f"Settings file: {file or 'none found'}")
    table = Table("setting", "value", "from", box=None, pad_edge=False, header_style="bold")
    for key, each in shown.items():
        value = ", ".join(each.value) if isinstance(each.value, list) else each.value
        table.add_row(key, Text("" if value is None else str(value)), Text(each.source, style="dim"))
    console.print(table)


def _tasks(views: Sequence[TaskView], *, now: datetime) -> Table:
    table = Table("task", "state", "project", "title", "cost", "time", box=None, pad_edge=False, header_style="bold")
    table.columns[4].justify = table.columns[5].justify = "right"
    table.columns[3].overflow = "ellipsis"
    table.columns[3].no_wrap = True
    for view in views:
        task = view.task
        table.add_row(
            task.id,
            task.state.value.replace("_", " "),
            Text(task.project),
            Text(printable(task.title)),
            shown_usd(view.bill.cost_usd),
            shown_duration(task_duration_s(task, now=now)),
        )
    return table
