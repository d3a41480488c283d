"""What is likely to go wrong with a request, from what is known before it is begun (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from core.domain.cost import shown_usd
from core.domain.model import ModelStanding
from core.domain.project import Project
from core.domain.task import Task, TaskState, TaskType
from core.failures import Failure, patterns
from core.preview.values import StepPreview, Trouble, TroubleKind

_FEWEST_FAILED = 2
_MANY = 1 / 3
"""Share of like tasks that failed from which it is worth a word."""
_REASON = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How many agents may be at work where a limit is reached, and how many wait for a place already."""

    places: int
    where: str
    """Whose places they are: ` in shop`, ` on claude-opus-5-5`, or '' for all there are."""
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAhead:
    """A budget that the work draws on: the task's own, or one that tasks share."""

    name: str
    """`the monthly budget of api`; its own has none."""
    left_usd: Decimal
    passed_at: tuple[int, str] | None = None
    """Number and name of the step at which nothing is likely to be left; None for no such step."""
    possible: bool = False
    """Whether one in ten like it takes more than is left."""
    until: str = ""
    """When a shared one begins anew, as shown; '' for the task's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """All that may stand in the way of a request."""

    now: datetime
    project: Project
    type: TaskType
    steps: Sequence[StepPreview]
    """Those that are done, or may be."""
    changes_files: bool
    archived: bool = False
    repository: tuple[str, str] | None = None
    """What is wrong with the repository, and what helps; None for nothing."""
    missing_issue: str = ""
    """The issue it names, where the forge knows none of that name."""
    unpriced: Sequence[str] = ()
    """Models without a listed price."""
    standings: Mapping[str, ModelStanding] = field(default_factory=dict[str, ModelStanding])
    fallbacks: Mapping[str, str] = field(default_factory=dict[str, str])
    """Model → the one that agents use instead while it is broken."""
    queue: Queue | None = None
    budgets: Sequence[BudgetAhead] = ()
    lately: Sequence[Task] = ()
    """Ended tasks of the same kind in the project, the newest first."""


def likely_trouble(seen: Circumstances) -> tuple[Trouble, ...]:
    """What is likely to go wrong, each only when it is so; what stops the work comes first."""
    found = [
        *_begin(seen),
        *_money(seen.budgets),
        *_models(seen),
        *_queue(seen.queue),
        *_failures(seen),
        *_verify(seen),
    ]
    return tuple(sorted(found, key=lambda each: not each.stops))


def _begin(seen: Circumstances) -> Iterator[Trouble]:
    name = seen.project.name
    if seen.archived:
        yield Trouble(
            kind=TroubleKind.ARCHIVED,
            text=f"The project {name} is archived and takes no work.",
            hint=f"An admin brings it back: project restore {name}",
            stops=True,
        )
    if seen.repository is not None:
        text, hint = seen.repository
        yield Trouble(kind=TroubleKind.REPOSITORY, text=text, hint=hint, stops=True)
    if seen.missing_issue:
        yield Trouble(
            kind=TroubleKind.ISSUE,
            text=f"There is no issue {seen.missing_issue} in {name}.",
            hint="Check the number, or say in words what is wanted.",
            stops=True,
        )


def _money(budgets: Sequence[BudgetAhead]) -> Iterator[Trouble]:
    for each in budgets:
        hint = _RAISE if each.until else _GIVE_MORE
        if each.left_usd <= 0:
            yield Trouble(
                kind=TroubleKind.USED_UP,
                text=f"{_sentence(each.name)} is used up until {each.until}: the work would wait.",
                hint="Raise it first, or begin later.",
                stops=True,
            )
        elif each.passed_at is not None:
            number, step = each.passed_at
            text = f"{_what_is_left(each)} is likely to be passed at step {number} ({step})."
            yield Trouble(kind=TroubleKind.BUDGET, text=text, hint=hint)
        elif each.possible:
            text = f"{_what_is_left(each)} is most likely enough, but not for the dearest one in ten."
            yield Trouble(kind=TroubleKind.BUDGET, text=text, hint=hint)


def _what_is_left(budget: BudgetAhead) -> str:
    left = shown_usd(budget.left_usd)
    return f"What {budget.name} has left ({left})" if budget.until else f"Its budget of {left}"


_GIVE_MORE = "The work stops there and asks. Give it more with --budget, or use a cheaper --model."
_RAISE = "The work stops there and asks. Raise it first, or use a cheaper --model."


def _models(seen: Circumstances) -> Iterator[Trouble]:
    by_model: dict[str, list[str]] = {}
    for step in seen.steps:
        by_model.setdefault(step.model, []).append(step.name)
    for model, steps in by_model.items():
        standing, who = seen.standings.get(model), ", ".join(steps)
        if standing is not None and standing.held_until(seen.now) is not None:
            yield _held(standing, who, instead=seen.fallbacks.get(model, ""), now=seen.now)
        if model in seen.unpriced:
            yield Trouble(
                kind=TroubleKind.PRICE,
                text=f"No price is listed for {model} ({who}), so its calls are counted at the fallback price.",
                hint="Whoever runs me can list it in prices.toml.",
            )


def _held(standing: ModelStanding, steps: str, *, instead: str, now: datetime) -> Trouble:
    until = standing.held_until(now)
    assert until is not None
    why = "is left alone, as its provider asks," if standing.limited(now) else "failed too often and is left alone"
    waits = f"{standing.model} ({steps}) {why} until {until:%H:%M} UTC"
    if standing.limited(now) or not instead:
        hint = "The work waits that long by itself. Another model with --model may begin at once."
    else:
        hint = f"Agents use {instead} meanwhile."
    return Trouble(kind=TroubleKind.MODEL, text=f"{waits}.", hint=hint)


def _queue(queue: Queue | None) -> Iterator[Trouble]:
    if queue is None:
        return
    places = f"Every place for agents{queue.where} is taken ({queue.places})"
    behind = f", and {queue.waiting} wait already" if queue.waiting else ""
    hint = "It begins by itself once there is room. --priority high goes before others."
    yield Trouble(kind=TroubleKind.QUEUE, text=f"{places}{behind}.", hint=hint)


def _failures(seen: Circumstances) -> Iterator[Trouble]:
    failed = [task for task in seen.lately if task.state is TaskState.FAILED]
    if len(failed) < _FEWEST_FAILED or len(failed) < len(seen.lately) * _MANY:
        return
    known = patterns(_failure(task) for task in failed)[0]
    kind = seen.type.value.replace("_", " ")
    often = "most often" if len(failed) > known.count else "each time"
    reason = known.sample if len(known.sample) <= _REASON else f"{known.sample[:_REASON].rstrip()}…"
    told = f"{len(failed)} of the last {len(seen.lately)} {kind} tasks in {seen.project.name} failed"
    yield Trouble(kind=TroubleKind.FAILURES, text=f"{told}; {often}: {reason}", hint=known.advice)


def _failure(task: Task) -> Failure:
    return Failure(
        task=task.id, where=task.id, at=task.finished_at or task.created_at, reason=task.failure or "no reason given"
    )


def _verify(seen: Circumstances) -> Iterator[Trouble]:
    if seen.changes_files and not seen.project.verify:
        yield Trouble(
            kind=TroubleKind.UNVERIFIED,
            text=f"{seen.project.name} has no verify command, so only agents say whether the tests pass.",
            hint='Whoever runs me can set one, such as verify = "make test".',
        )


def _sentence(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"
