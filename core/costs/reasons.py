"""Why a task cost what it did: what stands out in its bill, said in sentences; pure."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from core.domain.cost import Bill, shown_usd
from core.domain.task import TaskState
from core.views import AgentRunView, StepView, TaskView

_MUCH = Decimal("0.4")
"""Share of the bill from which one part explains it."""
_MOST = 5


def reasons(view: TaskView, *, usual_usd: Decimal | None = None) -> tuple[str, ...]:
    """At most five sentences, what explains most first; () for a task that cost nothing.

    `usual_usd` is what a task of its kind costs on average, None when nobody knows.
    """
    if not view.bill.cost_usd:
        return ()
    found = [
        _against_estimate(view),
        _against_usual(view.bill, usual_usd),
        _largest("step", [(step.step.name, step.bill) for step in view.steps], view.bill),
        _largest("model", _by(view, lambda each: each.run.model), view.bill),
        *_rounds(view.steps),
        _again(view),
        _cache(view.bill),
    ]
    return tuple(sentence for sentence in found if sentence)[:_MOST]


def _against_estimate(view: TaskView) -> str:
    """What was expected before the work began; nothing where nobody estimated it."""
    if view.task.estimate is None:
        return ""
    likely, most = (
        Decimal(str(round(each, 6))) for each in (view.task.estimate.cost_usd.p50, view.task.estimate.cost_usd.p90)
    )
    expected = f"{shown_usd(likely)}, up to {shown_usd(most)}"
    if view.task.state is not TaskState.COMPLETED:
        return f"It was expected to cost {expected}."
    spent = view.bill.cost_usd
    how = "no more than was likely" if spent <= likely else "within that" if spent <= most else "more than that"
    return f"It was expected to cost {expected}: it cost {shown_usd(spent)}, {how}."


def _against_usual(bill: Bill, usual_usd: Decimal | None) -> str:
    if not usual_usd:
        return ""
    times = bill.cost_usd / usual_usd
    if times >= 2:
        return f"That is {times:.1f} times what such a task costs on average ({shown_usd(usual_usd)})."
    if times <= Decimal("0.5"):
        return f"That is less than half of what such a task costs on average ({shown_usd(usual_usd)})."
    return f"That is about usual: such a task costs {shown_usd(usual_usd)} on average."


def _largest(kind: str, parts: Sequence[tuple[str, Bill]], whole: Bill) -> str:
    """What one part was most of; nothing where there is only one."""
    paid = [(name, bill) for name, bill in parts if bill.cost_usd]
    if len(paid) < 2:
        return ""
    name, bill = max(paid, key=lambda each: each[1].cost_usd)
    share = bill.cost_usd / whole.cost_usd
    return f"The {kind} {name} was {share:.0%} of it: {shown_usd(bill.cost_usd)}." if share >= _MUCH else ""


def _by(view: TaskView, key: Callable[[AgentRunView], str]) -> list[tuple[str, Bill]]:
    found: dict[str, Bill] = {}
    for each in (run for step in view.steps for run in step.runs):
        known = found.get(key(each), Bill())
        found[key(each)] = Bill(
            calls=known.calls + each.bill.calls,
            usage=known.usage + each.bill.usage,
            cost_usd=known.cost_usd + each.bill.cost_usd,
        )
    return list(found.items())


def _rounds(steps: Sequence[StepView]) -> list[str]:
    """Steps that were done more than once, the most expensive first."""
    again = sorted((step for step in steps if step.step.round > 1), key=lambda step: -step.bill.cost_usd)
    return [
        f"{step.step.name} was done {step.step.round} times: {shown_usd(step.bill.cost_usd)}." for step in again[:2]
    ]


def _again(view: TaskView) -> str:
    """Work that was begun anew after a failure was paid for twice."""
    runs = [each.run for step in view.steps for each in step.runs]
    times = sum(run.restarts + run.interruptions for run in runs)
    if not times and view.task.life == 1:
        return ""
    parts = [f"agents were begun again {times} times" if times > 1 else "an agent was begun again"] if times else []
    if view.task.life > 1:
        parts.append(f"the task was tried {view.task.life} times")
    said = " and ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _cache(bill: Bill) -> str:
    """How much of what the models read came from the cache, which costs a tenth."""
    if not bill.usage.prompt_tokens:
        return ""
    share = Decimal(bill.usage.cache_read_tokens) / bill.usage.prompt_tokens
    calls = f"{bill.calls:,} model calls read {bill.usage.prompt_tokens:,} tokens"
    return f"{calls}, {share:.0%} of them from the cache, and wrote {bill.usage.output_tokens:,}."
