"""What a preview looks at besides the store, handed in by the composition root."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from core.agents.permissions import Rule
from core.domain.cost import PriceList
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.engine.parts import AgentLimits


def no_rules(_project: ProjectName) -> Sequence[Rule]:
    """None are known."""
    return ()


async def nothing_wrong(_project: Project) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything has a default under which it finds no trouble."""

    rules: Callable[[ProjectName], Sequence[Rule]] = no_rules
    """What the tools of a project's agents are judged by, in order."""
    prices: PriceList | None = None
    plans_count: bool = True
    """Whether a planner's plan replaces the steps after it."""
    limits: AgentLimits = field(default_factory=AgentLimits)
    check: Callable[[Project], Awaitable[None]] = nothing_wrong
    """Raises OrchestratorError for a repository that cannot be worked with, as far as this machine can tell."""
    issue: Callable[[Project, str], Awaitable[object]] | None = None
    """Looks an issue up at the project's forge; NotFoundError when it has none of that name."""
