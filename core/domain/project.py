"""A project: a repository, its settings, and how work in it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.domain.access import DecisionRules
from core.domain.identity import Access, ProjectName
from core.domain.notification import NotificationRules


class PlanGate(StrEnum):
    """When the plan is shown for approval before work starts."""

    ALWAYS = "always"
    COMPLEX = "complex"
    """Only when the request was judged complex."""
    NEVER = "never"


class PublishGate(StrEnum):
    """Whether a person is asked before a task's branch leaves the machine."""

    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLabels:
    """What an issue is labelled while a task works on it, after it asked something, and at the end; '' for not."""

    in_progress: str = ""
    needs_approval: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class McpBinding:
    """An outside tool server of a project; either `command` or `url` is given."""

    tools: tuple[str, ...]
    """What may be used, as the server names it."""
    roles: tuple[str, ...] = ()
    """Who gets it; () means every role."""
    command: tuple[str, ...] = ()
    url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """As bound in `orchestrator.toml`; `repository` is an absolute path or a URL git understands."""

    name: ProjectName
    repository: str
    base_branch: str = ""
    """'' means the branch the repository's HEAD names."""
    workflow: str = ""
    """'' means: chosen from the request."""
    model: str = ""
    """'' means the role's own model."""
    plan_gate: PlanGate = PlanGate.ALWAYS
    verify: str = ""
    """Shell command that must succeed in the worktree before the work counts as tested; '' for none."""
    verify_timeout_s: float = 600.0
    issues: str = ""
    """Folder of the local forge's issues; '' means the default place for it."""
    github: str = ""
    """`owner/repo` when issues and pull requests are at GitHub; '' when its address tells, or they are not."""
    publish_gate: PublishGate = PublishGate.NEVER
    labels: IssueLabels = IssueLabels()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variables the agents of this project get, besides the allow-listed ones."""
    agents: int | None = None
    """At work at once in this project; None for the limit that holds for every project."""
    task_budget_usd: Decimal | None = None
    """What each new task may cost; None for no limit."""
    time_zone: str = "UTC"
    """IANA name: where its days, weeks and months of money begin."""
    mcp: Mapping[str, McpBinding] = field(default_factory=dict[str, McpBinding])
    access: Mapping[str, Access] = field(default_factory=dict[str, Access])
    """Person id, or a pattern such as `slack:T0123/*` → what they may do; who is in none may do nothing in a chat."""
    decide: DecisionRules = field(default_factory=DecisionRules)
    notify: NotificationRules = field(default_factory=NotificationRules)
    channels: tuple[str, ...] = ()
    """Channels that talk about this project, as `slack:T0123/C0456`; the first is its own."""
