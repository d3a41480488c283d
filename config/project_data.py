"""Roles, workflows and tool rules of every project: its own over the user's over the shipped ones, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from config.permission_loader import load_permissions
from config.role_loader import load_roles
from config.settings import Settings
from config.workflow_loader import load_workflows
from core.agents.permissions import PermissionPolicy, Rule
from core.agents.rule_policy import RulePolicy
from core.domain.errors import NotFoundError
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.domain.role import Role
from core.domain.workflow import Workflow

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectData:
    """What each bound project works with; NotFoundError for a project that is not bound (any more)."""

    roles_by_project: Mapping[str, Mapping[str, Role]]
    workflows_by_project: Mapping[str, Mapping[str, Workflow]]
    rules_by_project: Mapping[str, PermissionPolicy]

    def roles(self, project: ProjectName) -> Mapping[str, Role]:
        """The roles of a project, by name."""
        return _of(self.roles_by_project, project)

    def workflows(self, project: ProjectName) -> Mapping[str, Workflow]:
        """The workflows of a project, by name."""
        return _of(self.workflows_by_project, project)

    def policy(self, project: Project) -> PermissionPolicy:
        """What the agents of a project may do by themselves."""
        return _of(self.rules_by_project, project.name)

    def rules(self, project: ProjectName) -> tuple[Rule, ...]:
        """The rules that policy is made of, in the order in which they are looked at."""
        policy = _of(self.rules_by_project, project)
        return policy.rules if isinstance(policy, RulePolicy) else ()


def load_project_data(settings: Settings) -> ProjectData:
    """Read it all; ConfigurationError when something cannot be used."""
    home, timeout_s = settings.home, settings.agents.timeout_s
    roles = {name: load_roles(home, timeout_s=timeout_s, project=name) for name in settings.projects}
    return ProjectData(
        roles_by_project=roles,
        workflows_by_project={name: load_workflows(home, own, project=name) for name, own in roles.items()},
        rules_by_project={name: load_permissions(home, project=name) for name in settings.projects},
    )


def _of(table: Mapping[str, Found], project: str) -> Found:
    if project not in table:
        raise NotFoundError("project", project, hint="Bind it in orchestrator.toml again.")
    return table[project]
