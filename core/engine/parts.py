"""What the engine works with: every port and collaborator, handed in by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.agents.permissions import PermissionPolicy
from core.agents.runner import AgentRunner
from core.domain.cost import PriceList
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.domain.role import Role
from core.forge import Forge
from core.store.store import Store
from core.workspaces.sandbox import Sandbox
from core.workspaces.workspaces import Workspaces


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """The engine's collaborators; all of them may be doubles."""

    store: Store
    workspaces: Workspaces
    runner: AgentRunner
    forge: Forge
    roles: Mapping[str, Role]
    prices: PriceList
    policy: Callable[[Project], PermissionPolicy]
    project: Callable[[ProjectName], Project]
    environment: Callable[[Project], Mapping[str, str]]
    """The whole environment of a project's agents and verify command."""
    log_folder: Path
    """Parent of one folder per task, with one folder per agent run."""
    sandbox: Sandbox = field(default_factory=lambda: Sandbox("off"))
    """Where the project's own verify command runs."""
    keep_worktrees_days: float = 14.0
    """How long an ended task's worktree stays on disk."""
    mask: Callable[[str], str]
    """Takes known secrets and secret shapes out of a text."""
