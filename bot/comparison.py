"""Tasks side by side: what each cost, how long it took, whether its tests passed, what it changed (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.cards.elapsed import shown_duration
from core.domain.cost import shown_usd
from core.domain.event import WorkVerified

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import TaskView


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffStat:
    """What a diff changes, counted as git does."""

    files: tuple[str, ...] = ()
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the tasks compared."""

    id: str
    title: str
    state: str
    workflow: str
    models: tuple[str, ...]
    forked_from: str
    duration_s: float
    cost_usd: Decimal
    model_calls: int
    tokens: int
    agent_runs: int
    rounds: int
    """Most often that one step was begun."""
    tests: str
    """`passed`, `failed`, or '' when the verify command never ran."""
    diff: DiffStat


def side_of(view: "TaskView", verified: Sequence[WorkVerified], diff: str, *, now: datetime) -> Side:
    """What is compared of one task; `verified` oldest first."""
    task, usage = view.task, view.bill.usage
    runs = [part.run for step in view.steps for part in step.runs]
    return Side(
        id=task.id,
        title=task.title,
        state=task.state.value,
        workflow=task.workflow.name,
        models=tuple(dict.fromkeys(run.model for run in runs)),
        forked_from=task.forked_from or "",
        duration_s=round(((task.finished_at or now) - (task.started_at or task.created_at)).total_seconds(), 3),
        cost_usd=view.bill.cost_usd,
        model_calls=view.bill.calls,
        tokens=usage.prompt_tokens + usage.output_tokens,
        agent_runs=len(runs),
        rounds=max((step.step.round for step in view.steps), default=0),
        tests=("passed" if verified[-1].passed else "failed") if verified else "",
        diff=diff_stat(diff),
    )


def diff_stat(diff: str) -> DiffStat:
    """Files and lines of a diff as `git diff` prints it."""
    files: list[str] = []
    added = removed = 0
    in_hunk = False
    for line in diff.splitlines():
        if line.startswith("diff --git "):
            files.append(line.rpartition(" b/")[2])
            in_hunk = False
        elif line.startswith("@@"):
            in_hunk = True
        elif in_hunk:
            added += line.startswith("+")
            removed += line.startswith("-")
    return DiffStat(files=tuple(files), added=added, removed=removed)


def compared(sides: Sequence[Side]) -> list[tuple[str, ...]]:
    """Rows of a table: what is compared, then a cell for each task."""
    facts = (
        ("title", [side.title for side in sides]),
        ("state", [side.state.replace("_", " ") for side in sides]),
        ("forked from", [side.forked_from for side in sides]),
        ("workflow", [side.workflow for side in sides]),
        ("models", [", ".join(side.models) for side in sides]),
        ("time", [shown_duration(side.duration_s) for side in sides]),
        ("cost", [shown_usd(side.cost_usd) for side in sides]),
        ("model calls", [f"{side.model_calls:,}" for side in sides]),
        ("tokens", [f"{side.tokens:,}" for side in sides]),
        ("agents", [f"{side.agent_runs}" for side in sides]),
        ("rounds", [f"{side.rounds}" for side in sides]),
        ("tests", [side.tests or "not run" for side in sides]),
        ("files", [f"{len(side.diff.files)}" for side in sides]),
        ("lines", [f"+{side.diff.added} -{side.diff.removed}" for side in sides]),
        ("only here", [_only(side, sides) for side in sides]),
    )
    return [(label, *cells) for label, cells in facts if any(cells)]


def _only(side: Side, sides: Sequence[Side]) -> str:
    """Files that only this task changes."""
    others = {file for other in sides if other is not side for file in other.diff.files}
    return ", ".join(file for file in side.diff.files if file not in others)


def verdict(sides: Sequence[Side]) -> str:
    """One line: which is cheapest and which fastest among those that completed with passing tests; '' for none."""
    good = [side for side in sides if side.state == "completed" and side.tests != "failed"]
    if not good:
        return ""
    cheapest = min(good, key=lambda side: side.cost_usd)
    fastest = min(good, key=lambda side: side.duration_s)
    if len(good) == 1:
        return f"Only {cheapest.id} completed with its tests passing."
    if cheapest is fastest:
        return f"{cheapest.id} was cheapest and fastest."
    return f"{cheapest.id} was cheapest, {fastest.id} fastest."


def side_document(side: Side) -> dict[str, Any]:
    """One side as JSON."""
    return {
        "id": side.id,
        "title": side.title,
        "state": side.state,
        "workflow": side.workflow,
        "models": list(side.models),
        "forked_from": side.forked_from or None,
        "duration_s": side.duration_s,
        "cost_usd": float(side.cost_usd),
        "model_calls": side.model_calls,
        "tokens": side.tokens,
        "agent_runs": side.agent_runs,
        "rounds": side.rounds,
        "tests": side.tests or None,
        "diff": {"files": list(side.diff.files), "added": side.diff.added, "removed": side.diff.removed},
    }
