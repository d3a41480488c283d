"""The steps of a task in a terminal: one line each, aligned, the activity cut where there is no more room."""

from rich.console import RenderableType
from rich.table import Table as RichTable
from rich.text import Text as RichText

from adapters.chat.card import StepRow
from adapters.console.glyphs import Glyphs
from core.domain.task import StepState

ROOMY_COLUMNS = 64
"""From here on the role has a column of its own."""
_LONGEST_ROLE = 12

_STYLE = {
    StepState.PENDING: "dim",
    StepState.RUNNING: "cyan",
    StepState.WAITING: "yellow",
    StepState.COMPLETED: "green",
    StepState.FAILED: "red",
    StepState.SKIPPED: "dim",
    StepState.CANCELLED: "dim",
}
_ACTIVITY_STYLE = {StepState.RUNNING: "", StepState.WAITING: "yellow", StepState.FAILED: "red"}


def step_grid(rows: tuple[StepRow, ...], *, glyphs: Glyphs, width: int) -> RenderableType:
    """Sign, name, role, activity, duration and cost of each row, in `width` columns."""
    grid = RichTable.grid(expand=True, padding=(0, 2, 0, 0))
    overflow = "crop" if glyphs.ascii_only else "ellipsis"
    grid.add_column(no_wrap=True, width=1)
    grid.add_column(no_wrap=True, overflow=overflow, max_width=max(8, width // 4))
    if width >= ROOMY_COLUMNS:
        grid.add_column(no_wrap=True, overflow=overflow, max_width=_LONGEST_ROLE, style="dim")
    grid.add_column(no_wrap=True, overflow=overflow, ratio=1)
    grid.add_column(no_wrap=True, overflow=overflow, justify="right", style="dim")
    grid.add_column(no_wrap=True, overflow=overflow, justify="right", style="dim")
    for row in rows:
        grid.add_row(*_cells(row, glyphs=glyphs, roomy=width >= ROOMY_COLUMNS))
    return grid


def step_name(row: StepRow, *, glyphs: Glyphs) -> str:
    """The step's name, with its round from the second on."""
    name = glyphs.line(row.name)
    return f"{name} ({row.round})" if row.round > 1 else name


def _cells(row: StepRow, *, glyphs: Glyphs, roomy: bool) -> list[RichText]:
    name = RichText(step_name(row, glyphs=glyphs), style="dim" if row.state is StepState.PENDING else "")
    activity = RichText(glyphs.line(row.activity), style=_ACTIVITY_STYLE.get(row.state, "dim"))
    return [
        RichText(glyphs.steps[row.state], style=_STYLE[row.state]),
        name,
        *([RichText(glyphs.line(row.role))] if roomy else []),
        activity,
        RichText(glyphs.line(row.duration)),
        RichText(glyphs.line(row.cost)),
    ]
