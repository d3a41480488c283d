"""What the engine works with: every port and collaborator, handed in by the composition root."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.agents.permissions import PermissionPolicy
from core.agents.runner import AgentRunner
from core.budgets.book import BudgetBook
from core.domain.cost import PriceList
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.domain.role import Role
from core.domain.task import Task
from core.engine.forge_patience import ForgePatience
from core.engine.hooks import Hooks
from core.engine.vigil import LoopClock, VigilClock
from core.estimates.estimating import Estimating
from core.forge import ForgeDesk
from core.store.store import Store
from core.unusual.lookout import Lookout
from core.workspaces.sandbox import Sandbox
from core.workspaces.workspaces import Workspaces


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLimits:
    """How many agents work at once, and when one of them is given up. The counts hold over all processes."""

    total: int = 5
    per_project: int | None = None
    per_model: int | None = None
    stuck_after_s: float = 600.0
    """Without a sign of progress for this long a run is nudged, then begun again, then failed."""
    transient_attempts: int = 6
    """How often a run is tried when what fails may pass by itself."""
    first_pause_s: float = 10.0
    longest_pause_s: float = 600.0
    """Each pause before another try is twice as long as the one before, up to this."""
    max_memory_mb: int | None = None
    cpus: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what ended tasks leave on disk and in chats is kept, and how many worktrees there may be."""

    worktrees_days: float = 14.0
    worktrees_max: int = 200
    logs_days: float = 90.0
    chats_days: float = 30.0


async def no_link(_task: Task) -> str:
    """Nobody talks about it anywhere that has an address."""
    return ""


def nowhere(_project: Project) -> bool:
    """No project."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """The engine's collaborators; all of them may be doubles."""

    store: Store
    workspaces: Workspaces
    runner: AgentRunner
    forge: ForgeDesk
    roles: Callable[[ProjectName], Mapping[str, Role]]
    prices: PriceList
    estimating: Estimating
    policy: Callable[[Project], PermissionPolicy]
    project: Callable[[ProjectName], Project]
    environment: Callable[[Project], Mapping[str, str]]
    """The whole environment of a project's agents and verify command."""
    log_folder: Path
    """Parent of one folder per task, with one folder per agent run."""
    notes_folder: Path
    """Parent of the shared notes of each task, one Markdown file each."""
    sandbox: Sandbox = field(default_factory=lambda: Sandbox("off"))
    """Where the project's own verify command runs."""
    limits: AgentLimits = AgentLimits()
    retention: Retention = Retention()
    plans_count: bool = True
    """Whether a planner's typed plan replaces the steps after it; otherwise the workflow stays as it is written."""
    planner_model: str = ""
    """Model of roles that end with a plan; '' means the role's own."""
    hooks: Hooks = field(default_factory=Hooks)
    book: BudgetBook = field(default_factory=BudgetBook)
    """The budgets that tasks share."""
    lookout: Lookout = field(default_factory=lambda: Lookout(BudgetBook()))
    """Tells what is unusual about what is spent."""
    forge_patience: ForgePatience = field(default_factory=ForgePatience)
    comments_on: Callable[[Project], bool] = nowhere
    """Whether issues of the project are told by a comment that work has begun; labels are the project's own."""
    thread_link: Callable[[Task], Awaitable[str]] = no_link
    """Where people talk about a task, as an address that can be opened; '' where there is none."""
    vigil_clock: VigilClock = field(default_factory=LoopClock)
    """What the silence of agents is timed by."""
    mask: Callable[[str], str]
    """Takes known secrets and secret shapes out of a text."""
