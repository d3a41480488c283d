"""What a typed query comes to: figures or a list of tasks, as frozen values; numbers come from the ledger alone."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.costs.query import Query
from core.domain.identity import PersonId, ProjectName, TaskId
from core.domain.task import TaskState, TaskType


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Some figure. `value` is in what the metric counts: dollars, tokens, calls, tasks, seconds.

    `of` says what it is counted or averaged over: model calls, or tasks where the metric counts in tasks.
    """

    value: Decimal = Decimal(0)
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The amount of one of a group; `key` is its name, or the first day (ISO date) of a day, week or month."""

    key: str
    amount: Amount
    note: str = ""
    """What else tells it apart: the title of a task, the role of an agent; '' for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`rows` as the query orders them; `total` is over all there is, also what is not among them."""

    query: Query
    zone: str
    rows: tuple[Row, ...]
    total: Amount
    left_out: bool = False
    """Whether there is more than `rows`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTask:
    """One task in a list; `at` is when it ended, or was asked for while it is open."""

    id: TaskId
    title: str
    project: ProjectName
    person: PersonId
    state: TaskState
    type: TaskType
    cost_usd: Decimal
    at: datetime
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Tasks, the newest first; `of` is how many there are in all."""

    query: Query
    zone: str
    tasks: tuple[ListedTask, ...]
    of: int
