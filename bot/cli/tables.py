"""Listings for the terminal: as wide as it is, and never cut where the output is no terminal."""

import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TextIO, cast

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.chat.card import Card
from adapters.chat.text import cut, one_line, printable
from adapters.console.adapter import Console as Screen
from bot.cards.agent import short_model, since
from bot.cards.approval import approval_card
from bot.cards.bill import bill_card
from bot.cards.elapsed import shown_duration, shown_elapsed
from bot.cards.project import shown_share
from bot.cards.steps import held_models
from bot.cards.task import task_card
from bot.comparison import Side, compared, verdict
from bot.documents import task_duration_s
from config.urls import without_password
from core.domain.approval import Approval, ApprovalKind
from core.domain.cost import shown_usd
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.domain.task import FINAL_TASK_STATES, Priority, Task, TaskState

if TYPE_CHECKING:  # the store's library takes long to load
    from core.queries import AgentEntry, ProjectFigures
    from core.views import TaskView

START = 'orchestrator run "fix issue #123"'
_PIPE_COLUMNS = 500
_TITLE = "title"
_PROJECT_COLUMNS = 20
_COLUMNS = ("task", "state", "project", _TITLE, "cost", "time")
_LEAST_FLEXIBLE = 12
_GAP = 2
_AGENT_COLUMNS = ("agent", "role", "model", "state", "time", "cost", "now")
_LEFT_OUT_WHEN_NARROW = ("model", "time")
_ROOMY = 76
_ROLE_COLUMNS = 20
_MODEL_COLUMNS = 24
_DOING_COLUMNS = 160
_OUTCOME_COLUMNS = 80


def page() -> Console:
    """Where listings go. Colours only on a terminal that wants them (NO_COLOR, TERM), no escapes in a pipe."""
    if sys.stdout.isatty():
        return Console(highlight=False, markup=False, emoji=False)
    return Console(
        highlight=False, markup=False, emoji=False, width=_PIPE_COLUMNS, file=cast("TextIO", _Unpadded(sys.stdout))
    )


class _Unpadded:
    """A page whose lines end where their words end: what pads a column on a screen is noise in a file.

    It has what rich uses of a file.
    """

    def __init__(self, under: TextIO) -> None:
        self._under = under
        self.encoding = under.encoding

    def isatty(self) -> bool:
        """It is no terminal."""
        return False

    def write(self, text: str, /) -> int:
        """Write whole lines, without the spaces at their ends."""
        self._under.write("\n".join(line.rstrip(" ") for line in text.split("\n")))
        return len(text)

    def flush(self) -> None:
        """Flush the page below."""
        self._under.flush()


def listing(*columns: str) -> Table:
    """A table without lines."""
    return Table(*columns, box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")


def print_status(views: "Sequence[TaskView]", waiting: Sequence[Approval], *, worker: bool, now: datetime) -> None:
    """Open tasks, what waits for a person with the exact commands, and whether anybody does the work."""
    console = page()
    if views:
        console.print(_tasks(views, now=now, width=console.width))
    else:
        console.print(f"Nothing is running. Start with: {START}")
    for held in held_models(views, now=now):
        console.print()
        console.print(_line(held))
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
    revise = f'orchestrator revise {approval.id} "…"'
    see = f"orchestrator task {approval.task.removeprefix('T')}"
    more = (revise,) if approval.kind in {ApprovalKind.PLAN, ApprovalKind.RESULT} else ()
    return (see, approve, *more, f'orchestrator deny {approval.id} --reason "…"')


def print_tasks(views: "Sequence[TaskView]", *, now: datetime, filtered: bool) -> None:
    """A listing of tasks."""
    console = page()
    if views:
        console.print(_tasks(views, now=now, width=console.width))
    else:
        console.print("No such tasks." if filtered else f"No tasks yet. Start with: {START}")


def print_agents(
    entries: "Sequence[AgentEntry]", doing: Sequence[str], *, at_work: int, places: int, now: datetime
) -> None:
    """A listing of agent runs with what each does, and how many may work at once."""
    console = page()
    if not entries:
        console.print(f"No agents are at work. Start with: {START}")
        return
    rows = [_agent_cells(entry, text, now=now) for entry, text in zip(entries, doing, strict=True)]
    left_out = _LEFT_OUT_WHEN_NARROW if console.width < _ROOMY else ()
    kept = [index for index, name in enumerate(_AGENT_COLUMNS) if name not in left_out]
    columns, cells = [_AGENT_COLUMNS[i] for i in kept], [[row[i] for i in kept] for row in rows]
    numbers = ("time", "cost")
    console.print(aligned(columns, cells, width=console.width, flexible="now", numbers=numbers, wrap=True))
    console.print(f"\n{at_work} of {places} agents at work. More about one with: orchestrator agent {rows[0][0]}")


def print_comparison(sides: Sequence[Side]) -> None:
    """Tasks side by side, and which did best."""
    console = page()
    table = listing("", *(side.id for side in sides))
    for label, *cells in compared(sides):
        table.add_row(Text(label, style="dim"), *(Text(one_line(cell, width=200)) for cell in cells))
    console.print(table)
    if best := verdict(sides):
        console.print(f"\n{best} Keep one with: orchestrator keep N")


def print_projects(
    projects: Sequence[Project], figures: "Mapping[ProjectName, ProjectFigures]", archived: Collection[ProjectName]
) -> None:
    """A listing of projects."""
    console = page()
    if not projects:
        console.print("No projects yet. Bind one with: orchestrator init")
        return
    rows = [_project_cells(each, figures.get(each.name), archived=each.name in archived) for each in projects]
    columns = ("project", "open", "tasks", "cost", "repository")
    console.print(
        aligned(columns, rows, width=console.width, flexible="repository", numbers=("open", "tasks", "cost"), wrap=True)
    )


def print_figures(figures: "Sequence[ProjectFigures]", *, now: datetime) -> None:
    """Projects side by side."""
    console = page()
    if not figures:
        console.print(f"No tasks yet. Start with: {START}")
        return
    table = listing("project", "tasks", "done", "failed", "open", "success", "usual time", "cost", "a task", "last")
    for column in table.columns[1:]:
        column.justify = "right"
    for each in sorted(figures, key=lambda one: -one.tasks):
        table.add_row(*map(Text, _figure_cells(each, now=now)))
    console.print(table)


def print_task(view: "TaskView", *, now: datetime, diff: str) -> None:
    """One task as its card, what it asks, its bill, and its diff when given."""
    screen = Screen(output=sys.stdout, keyboard=None)
    screen.show(task_card(view, now=now))
    for approval in view.waiting:
        screen.show(approval_card(approval))
    if view.bill.calls:
        screen.show(bill_card(view))
    if diff:
        page().print(Text(printable(diff)), soft_wrap=True)


def print_card(card: Card) -> None:
    """One card."""
    Screen(output=sys.stdout, keyboard=None).show(card)


def aligned(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    flexible: str,
    numbers: Collection[str] = (),
    wrap: bool = False,
) -> Table:
    """All columns whole but the `flexible` one, which gets what is left of `width`: cut to it, or wrapped."""
    fixed = sum(
        max(map(cell_len, (name, *cells))) + _GAP
        for name, *cells in zip(columns, *rows, strict=True)
        if name != flexible
    )
    room = max(_LEAST_FLEXIBLE, width - fixed)
    table = listing()
    for name in columns:
        folds = wrap and name == flexible
        justify = "right" if name in numbers else "left"
        table.add_column(name, no_wrap=not folds, overflow="fold" if folds else "crop", justify=justify)
    for row in rows:
        cells = zip(columns, row, strict=True)
        table.add_row(*(Text(cut(cell, width=room) if name == flexible and not wrap else cell) for name, cell in cells))
    return table


def _tasks(views: "Sequence[TaskView]", *, now: datetime, width: int) -> Table:
    rows = [_cells(view, now=now) for view in views]
    return aligned(_COLUMNS, rows, width=width, flexible=_TITLE, numbers=("cost", "time"))


def _cells(view: "TaskView", *, now: datetime) -> tuple[str, ...]:
    task = view.task
    return (
        task.id,
        _state(task),
        one_line(task.project, width=_PROJECT_COLUMNS),
        one_line(task.title),
        shown_usd(view.bill.cost_usd),
        shown_duration(task_duration_s(task, now=now)),
    )


def _state(task: Task) -> str:
    """The state, and how its priority is when it still matters."""
    state = task.state.value.replace("_", " ")
    matters = task.priority is not Priority.NORMAL and task.state not in FINAL_TASK_STATES
    return f"{state}, {task.priority.value}" if matters else state


def _agent_cells(entry: "AgentEntry", doing: str, *, now: datetime) -> tuple[str, ...]:
    run = entry.run
    return (
        run.id,
        one_line(run.role, width=_ROLE_COLUMNS),
        one_line(short_model(run.model), width=_MODEL_COLUMNS),
        run.state.value,
        since(run, now=now),
        shown_usd(entry.bill.cost_usd),
        one_line(doing, width=_OUTCOME_COLUMNS if run.finished_at else _DOING_COLUMNS),
    )


def _project_cells(project: Project, figures: "ProjectFigures | None", *, archived: bool) -> tuple[str, ...]:
    counted = (f"{figures.open}", f"{figures.tasks}", shown_usd(figures.cost_usd)) if figures else ("0", "0", "$0.00")
    where = one_line(without_password(project.repository))
    return (one_line(project.name, width=_PROJECT_COLUMNS), *counted, f"{where} (archived)" if archived else where)


def _figure_cells(figures: "ProjectFigures", *, now: datetime) -> tuple[str, ...]:
    states = figures.by_state
    each = figures.cost_usd / figures.tasks if figures.tasks else Decimal(0)
    return (
        one_line(figures.project, width=_PROJECT_COLUMNS),
        f"{figures.tasks}",
        f"{states.get(TaskState.COMPLETED, 0)}",
        f"{states.get(TaskState.FAILED, 0)}",
        f"{figures.open}",
        shown_share(figures.success),
        shown_duration(figures.median_s) if figures.median_s is not None else "",
        shown_usd(figures.cost_usd),
        shown_usd(each),
        f"{shown_elapsed(figures.last_at, now)} ago" if figures.last_at else "",
    )


def _line(text: str) -> Text:
    return Text(one_line(text), overflow="fold")
