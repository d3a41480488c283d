"""Past tasks as samples for an estimate: step by step, their dollars told at the models and prices of today (pure)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from core.domain.cost import Tariff
from core.domain.identity import StepName
from core.estimates.work import Taken, Work
from core.store.past_tasks import PastPart, PastTask

Shape = tuple[tuple[StepName, tuple[StepName, ...]], ...]
"""Steps with what each of them needs, in an order in which every step comes after what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStep:
    """One step of a past task, all its rounds together."""

    name: StepName
    role: str
    taken: Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWork:
    """A past task at the prices of today."""

    whole: Taken
    steps: tuple[PastStep, ...]
    shape: Shape


def measured(work: Work, task: PastTask, tariffs: Mapping[str, Tariff], *, now: datetime) -> PastWork:
    """`task` as a sample for `work`; `tariffs` holds every model of both."""
    steps: dict[StepName, PastStep] = {}
    for part in task.parts:
        before = steps[part.step].taken if part.step in steps else Taken()
        taken = Taken(
            cost_usd=before.cost_usd + _repriced(work, task, part, tariffs, now=now),
            tokens=before.tokens + part.usage.prompt_tokens + part.usage.output_tokens,
            duration_s=task.seconds.get(part.step, 0.0),
        )
        steps[part.step] = PastStep(name=part.step, role=part.role, taken=taken)
    whole = Taken(
        cost_usd=sum(step.taken.cost_usd for step in steps.values()),
        tokens=sum(step.taken.tokens for step in steps.values()),
        duration_s=task.duration_s,
    )
    return PastWork(whole=whole, steps=tuple(steps.values()), shape=shape_of(task.workflow))


def _repriced(work: Work, task: PastTask, part: PastPart, tariffs: Mapping[str, Tariff], *, now: datetime) -> float:
    """What the part would cost with the model its role gets now."""
    model = work.models.get(part.role, part.model)
    if part.model.startswith(model):
        model = part.model
    then, today = tariffs[part.model].price(task.finished_at), tariffs[model].price(now)
    if then is today:
        return part.cost_usd
    before, after = float(then.cost_usd(part.usage)), float(today.cost_usd(part.usage))
    return part.cost_usd * after / before if before else after


@lru_cache(maxsize=1024)  # most tasks have the same workflow
def shape_of(workflow: str) -> Shape:
    """The shape of a workflow as it is stored."""
    steps = json.loads(workflow)["steps"]
    needs = {step["name"]: tuple(step.get("needs", ())) for step in steps}
    ordered: list[tuple[StepName, tuple[StepName, ...]]] = []
    while needs:
        ready = [name for name, wanted in needs.items() if not any(each in needs for each in wanted)]
        ordered += [(StepName(name), needs.pop(name)) for name in ready or list(needs)]
    return tuple(ordered)
