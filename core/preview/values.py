"""What is told of a request before it is begun."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.agents.permissions import Effect
from core.domain.approval import Risk
from core.domain.estimate import Estimate
from core.domain.identity import ProjectName, StepName
from core.domain.task import Complexity, TaskType
from core.domain.workflow import Loop, Mode
from core.planning.assessment import Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a request was taken for, and what it may take."""

    text: str
    """The request, cleaned and without secrets."""
    project: ProjectName
    judged: Assessment
    workflow: str
    estimate: Estimate


class Certainty(StrEnum):
    """Whether a step is done at all, as far as it can be told before the work begins."""

    SURE = "sure"
    OPEN = "open"
    """What earlier steps find decides it."""
    SKIPPED = "skipped"
    """Its condition does not hold for this request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPreview:
    """One step in the order of the work."""

    name: StepName
    role: str
    model: str
    needs: tuple[StepName, ...] = ()
    beside: tuple[StepName, ...] = ()
    """Steps that may run at the same time."""
    certainty: Certainty = Certainty.SURE
    when: str = ""
    """Its condition as it is written; '' when it has none."""
    approved: str = ""
    """What of it a person approves before the steps after it start: `plan` or `result`; '' for nothing."""
    loop: Loop | None = None
    """Where it may send the work back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRule:
    """Calls that a person decides, or that never happen, for one and the same reason."""

    effect: Effect
    reason: str
    risk: Risk
    examples: tuple[str, ...]
    """Commands or tools it is about, such as `curl`; () where only the reason says it."""
    roles: tuple[str, ...]
    """Whose tools it is about."""


class TroubleKind(StrEnum):
    """What is likely to go wrong."""

    ARCHIVED = "archived"
    REPOSITORY = "repository"
    ISSUE = "issue"
    USED_UP = "used_up"
    BUDGET = "budget"
    MODEL = "model"
    PRICE = "price"
    QUEUE = "queue"
    FAILURES = "failures"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is likely to go wrong, and what can be done about it; both are whole sentences."""

    kind: TroubleKind
    text: str
    hint: str = ""
    stops: bool = False
    """Whether nothing can be begun, or goes on, until it is settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would come of a request. Nothing of it is kept, and nothing is begun."""

    request: str
    title: str
    project: ProjectName
    type: TaskType
    complexity: Complexity
    reasons: tuple[str, ...]
    """Why it is taken for that."""
    workflow: str
    mode: Mode
    steps: tuple[StepPreview, ...]
    may_be_divided: bool
    """Whether a planner's plan may put other steps in the place of those after it."""
    asks_to_publish: bool
    """Whether a person agrees before what is done leaves this machine."""
    estimate: Estimate
    rules: tuple[ToolRule, ...]
    budget_usd: Decimal | None
    trouble: tuple[Trouble, ...]
    """What stops the work first."""

    @property
    def done(self) -> tuple[StepPreview, ...]:
        """The steps that are done, or may be."""
        return tuple(step for step in self.steps if step.certainty is not Certainty.SKIPPED)
