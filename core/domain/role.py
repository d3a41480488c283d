"""A role: what an agent is told, which model and tools it gets, and what it must hand back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Effort = Literal["low", "medium", "high", "max"]


class ResultKind(StrEnum):
    """The typed result a role ends with; `core.agents.results` holds the schema of each."""

    ANALYSIS = "analysis"
    PLAN = "plan"
    CHANGE = "change"
    TEST_REPORT = "test_report"
    REVIEW = "review"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLimits:
    """Bounds of one agent run."""

    timeout_s: float = 1800.0
    max_turns: int = 60
    max_budget_usd: float | None = None
    max_memory_mb: int | None = None
    """Memory of all its processes together; None means the setting of the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Loaded from `config/roles/<name>.md`: front matter plus the prompt."""

    name: str
    description: str
    prompt: str
    model: str
    result: ResultKind
    writes: bool = False
    """Whether its changes to the worktree are kept (committed); others' are undone."""
    tools: tuple[str, ...] = ()
    effort: Effort | None = None
    thinking_tokens: int | None = None
    fallback_model: str | None = None
    simple_model: str = ""
    """For requests judged simple; '' means `model`."""
    complex_model: str = ""
    """For requests judged complex; '' means `model`."""
    limits: RoleLimits = RoleLimits()
