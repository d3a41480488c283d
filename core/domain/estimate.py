"""What work is expected to take, told before it begins: dollars, tokens and seconds, each as a band."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.identity import ProjectName, StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Half of like work stays at or under `p50`, nine in ten at or under `p90`."""

    p50: float
    p90: float


class Likeness(StrEnum):
    """What the tasks behind an estimate have in common with the work that is estimated."""

    TYPE = "type"
    COMPLEXITY = "complexity"
    PROJECT = "project"
    MODEL = "model"
    """Their agents used the same models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEstimate:
    """One step of it. `tokens` are all that its model calls read and write."""

    step: StepName
    role: str
    model: str
    cost_usd: Band
    tokens: Band
    duration_s: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The whole, and its steps in the order they begin; the p90 of the steps add up to more than its own."""

    cost_usd: Band
    tokens: Band
    duration_s: Band
    tasks: int
    """How many completed tasks are behind it; 0 when it rests on stated priors alone."""
    alike: tuple[Likeness, ...] = ()
    """What those have in common with it; () where there are none."""
    steps: tuple[StepEstimate, ...] = ()
    others: tuple[ProjectName, ...] | None = ()
    """Projects besides its own that could be looked at, None for all: who sees the estimate may not see those."""
