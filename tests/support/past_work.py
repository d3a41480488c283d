"""Work and past tasks for tests of estimates: roles, models and prices in round numbers."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.domain.cost import Price, PriceList, Tariff, TokenUsage
from core.domain.identity import ProjectName, StepName, task_id
from core.domain.project import Project
from core.domain.role import ResultKind, Role
from core.domain.task import Complexity, TaskType
from core.domain.workflow import StepDefinition, Workflow
from core.estimates.priors import BySize, Prior, Priors
from core.estimates.work import Work, work_of
from core.store.past_tasks import PastPart, PastTask
from tests.support.values import NOON

SHOP = ProjectName("shop")
CHEAP, DEAR = "cheap-1", "dear-1"


def tariff(usd: str) -> Tariff:
    """So many dollars for a million tokens, whatever they are."""
    each = Decimal(usd)
    return Tariff(first=Price(input_usd=each, output_usd=each, cache_read_usd=each, cache_write_usd=each))


PRICES = PriceList(tariffs={CHEAP: tariff("1"), DEAR: tariff("10")}, fallback=tariff("20"))
PRIOR = Prior(
    calls=BySize(simple=5, moderate=10, complex=20),
    tokens_in=90_000,
    tokens_out=10_000,
    cached=0.5,
    seconds=BySize(simple=50, moderate=100, complex=200),
    spread=2.5,
)
PRIORS = Priors(fallback=PRIOR)
"""A moderate step: a million tokens, a dollar with the cheap model, 100 seconds."""
RESULTS = {"planner": ResultKind.PLAN, "tester": ResultKind.TEST_REPORT}
ROLES = {
    name: Role(name=name, description="", prompt="", model=CHEAP, result=RESULTS.get(name, ResultKind.CHANGE))
    for name in ("planner", "builder", "tester", "writer")
}


def a_workflow(*steps: tuple[str, str, Sequence[str]], whens: Mapping[str, str] | None = None) -> Workflow:
    """Steps as (name, role, needs)."""
    definitions = tuple(
        StepDefinition(
            name=StepName(name), role=role, needs=tuple(map(StepName, needs)), when=(whens or {}).get(name, "")
        )
        for name, role, needs in steps
    )
    return Workflow(name="w", description="", steps=definitions)


BUILD_AND_TEST = a_workflow(("build", "builder", ()), ("test", "tester", ("build",)))


def some_work(workflow: Workflow = BUILD_AND_TEST, **changes: Any) -> Work:
    """A moderate bug fix in the shop."""
    given: dict[str, Any] = {
        "project": Project(name=SHOP, repository="/shop"),
        "type": TaskType.BUG_FIX,
        "complexity": Complexity.MODERATE,
        "roles": ROLES,
        **changes,
    }
    return work_of(workflow, **given)


def a_past_task(
    number: int = 1,
    *,
    tokens: Mapping[str, float] | None = None,
    seconds: float = 60.0,
    duration_s: float | None = None,
    workflow: Workflow = BUILD_AND_TEST,
    model: str = CHEAP,
    project: ProjectName = SHOP,
    complexity: Complexity = Complexity.MODERATE,
) -> PastTask:
    """A completed task whose steps took so many tokens each (a million), a dollar a million with the cheap model."""
    usd = float(PRICES.price(model, NOON).input_usd) / 1_000_000
    taken = {step.name: (tokens or {}).get(step.name, 1_000_000.0) for step in workflow.steps}
    parts = tuple(
        PastPart(
            step=step.name,
            role=step.role,
            model=model,
            usage=TokenUsage(input_tokens=round(taken[step.name])),
            cost_usd=taken[step.name] * usd,
        )
        for step in workflow.steps
    )
    return PastTask(
        id=task_id(number),
        project=project,
        complexity=complexity,
        finished_at=NOON + timedelta(minutes=number),
        duration_s=seconds * len(parts) if duration_s is None else duration_s,
        parts=parts,
        seconds={part.step: seconds for part in parts},
        workflow=json.dumps({"steps": [{"name": step.name, "needs": step.needs} for step in workflow.steps]}),
    )
