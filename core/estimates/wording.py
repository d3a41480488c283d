"""An estimate in one line of plain words, for who approves a plan in whatever place."""

from decimal import Decimal

from core.domain.cost import shown_usd
from core.domain.estimate import Band, Estimate, Likeness

_SHARED = {
    Likeness.TYPE: "kind",
    Likeness.COMPLEXITY: "size",
    Likeness.PROJECT: "project",
    Likeness.MODEL: "models",
}


def told_estimate(estimate: Estimate) -> str:
    """`$0.42, up to $1.10 · 12 min, up to 30 min · 120k tokens, up to 300k. From 14 completed tasks …`."""
    money = f"{_usd(estimate.cost_usd.p50)}, up to {_usd(estimate.cost_usd.p90)}"
    tokens = f"{told_count(estimate.tokens.p50)} tokens, up to {told_count(estimate.tokens.p90)}"
    return f"{money} · {_time(estimate.duration_s)} · {tokens}. {told_ground(estimate)}"


def told_ground(estimate: Estimate) -> str:
    """What it rests on: `From 14 completed tasks of the same kind, size and project.`."""
    if not estimate.tasks:
        return "No task like it was completed yet, so this rests on stated assumptions."
    shared = [_SHARED[each] for each in estimate.alike] or ["kind"]
    same = shared[0] if len(shared) == 1 else f"{', '.join(shared[:-1])} and {shared[-1]}"
    tasks = "1 completed task" if estimate.tasks == 1 else f"{estimate.tasks} completed tasks"
    return f"From {tasks} of the same {same}."


def told_count(count: float) -> str:
    """`940`, `120k`, `1.4M`."""
    if count < 1_000:
        return f"{count:.0f}"
    return f"{count / 1_000:.0f}k" if count < 999_500 else f"{count / 1_000_000:.1f}M"


def _time(band: Band) -> str:
    return f"{_minutes(band.p50)}, up to {_minutes(band.p90)}"


def _minutes(seconds: float) -> str:
    if seconds < 60:
        return "under a minute"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _usd(amount: float) -> str:
    return shown_usd(Decimal(str(round(amount, 6))))
