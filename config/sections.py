"""The shape of `orchestrator.toml`: its tables, their defaults, and what each value may be."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from config.budget_binding import book_of
from config.budget_sections import BudgetsSection, ProjectBudgetsSection, UnusualSection
from config.chat_sections import (
    AccessSection,
    ApprovalsSection,
    DecideSection,
    DiscordSection,
    NotifySection,
    ProjectAccessSection,
    ProjectChatSection,
    SlackSection,
    TelegramSection,
)
from config.chat_words import as_time_zone, listen_address
from config.documents import Document
from config.github_section import GitHubSection, LabelsSection, repository
from core.budgets.book import BudgetBook
from core.domain.budget import MOST_USD
from core.domain.project import PlanGate, PublishGate

DEFAULT_AGENT_ENVIRONMENT = ("PATH", "LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "TMPDIR", "USER", "LOGNAME", "SHELL")
PROJECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
VARIABLE_PATTERN = re.compile(r"[A-Za-z_*?][A-Za-z0-9_*?]*", re.ASCII)

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
Sandbox = Literal["auto", "on", "off"]


def _project_name(name: str) -> str:
    # Project names become folder names, so what a path could misread is refused here.
    if not PROJECT_NAME.fullmatch(name):
        raise ValueError("a project's name is letters, digits, dots, dashes and underscores, at most 63.")
    return name


def _variable_pattern(name: str) -> str:
    if not VARIABLE_PATTERN.fullmatch(name) or not name.strip("*?"):
        raise ValueError(f"{name!r} is not the name of a variable (LC_* is one; * alone would let every secret out).")
    return name


class ClaudeSection(Document):
    """`[claude]`: how the agent program reaches its model."""

    api_key: SecretStr = SecretStr("")
    api_url: str = ""
    """'' means the agent program's own default."""
    cli_path: Path | None = None
    """None means the program that comes with the library."""
    sandbox: Sandbox = "auto"
    patience_s: Annotated[float, Field(ge=0)] = 60.0
    """How long an agent waits by itself for a provider that cannot answer, before it is put off."""


class AgentsSection(Document):
    """`[agents]`: how many at once, for how long, with how much of the machine and of the environment."""

    concurrency: Annotated[int, Field(ge=1, le=1000)] = 5
    """At work at once, over all processes that share the database."""
    per_project: Annotated[int, Field(ge=1, le=1000)] | None = None
    per_model: Annotated[int, Field(ge=1, le=1000)] | None = None
    timeout_s: Annotated[float, Field(gt=0)] = 1800.0
    stuck_after_s: Annotated[float, Field(gt=0)] = 600.0
    """Without any sign of progress for this long an agent is nudged, then begun again, then failed."""
    transient_attempts: Annotated[int, Field(ge=1, le=20)] = 6
    """How often an agent is tried when what fails may pass by itself; the pauses double up to 10 min."""
    first_pause_s: Annotated[float, Field(gt=0, le=600)] = 10.0
    """The pause before the second try."""
    max_memory_mb: Annotated[int, Field(ge=256)] | None = None
    """Memory of all processes of one agent together; none means no limit."""
    cpus: Annotated[int, Field(ge=1)] | None = None
    """Processors one agent may use; none means all."""
    environment: tuple[Annotated[str, AfterValidator(_variable_pattern)], ...] = DEFAULT_AGENT_ENVIRONMENT


class CommitsSection(Document):
    """`[commits]`: who the commits are by."""

    name: Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f<>]+$")] = "Orchestrator"
    email: Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x20<>]+$")] = "orchestrator@localhost"


class RetentionSection(Document):
    """`[retention]`: how long what is left of finished work is kept."""

    worktrees_days: Annotated[float, Field(ge=0)] = 14.0
    worktrees_max: Annotated[int, Field(ge=1)] = 200
    """Tasks wait when this many worktrees are in use; those of ended tasks give way first."""
    logs_days: Annotated[float, Field(ge=0)] = 90.0
    """How long the file logs of ended tasks are kept."""
    chats_days: Annotated[float, Field(ge=1)] = 30.0
    """How long the database knows what was said in chats about ended tasks."""


class PlanningSection(Document):
    """`[planning]`: who decides on the steps of a task."""

    by: Literal["auto", "rules"] = "auto"
    """`auto`: the planner's typed plan, when it holds; `rules`: always the workflow as it is written."""
    model: str = ""
    """Model of the planner; '' means the role's own."""


class QuestionsSection(Document):
    """`[questions]`: who reads questions about money that the rules do not understand."""

    model: str = ""
    """A model that turns them into typed queries, such as a small and cheap one; '' means nobody."""


class PicturesSection(Document):
    """`[pictures]`: pictures of costs that go with answers in chats."""

    send: bool = True
    dark: bool = False
    """Light letters on a dark ground."""


class MetricsSection(Document):
    """`[metrics]`: the opt-in port for Prometheus and for health checks."""

    listen: Annotated[str, AfterValidator(listen_address)] = ""
    """Address and port, such as `127.0.0.1:9464`; '' means none."""


class TracingSection(Document):
    """`[tracing]`: where OpenTelemetry spans go."""

    endpoint: str = ""
    """OTLP over HTTP, such as `http://localhost:4318`; '' means nowhere."""


class McpSection(Document):
    """`[projects.NAME.mcp.SERVER]`: an outside tool server, who may use it, and which of its tools."""

    command: tuple[str, ...] = ()
    url: str = ""
    tools: Annotated[tuple[str, ...], Field(min_length=1)]
    """What may be used, as the server names it; every other tool is denied."""
    roles: tuple[str, ...] = ()
    """Roles that get it; () means all."""
    environment: dict[str, str] = Field(default_factory=dict[str, str])
    headers: dict[str, str] = Field(default_factory=dict[str, str])

    @model_validator(mode="after")
    def _one_way(self) -> "McpSection":
        if bool(self.command) == bool(self.url):
            raise ValueError('give either command = ["…"] (a program) or url = "…" (a server).')
        return self


class ProjectSection(Document):
    """`[projects.NAME]`: one repository and how work in it is done."""

    path: str = ""
    url: str = ""
    base_branch: str = ""
    workflow: str = ""
    model: str = ""
    plan_gate: PlanGate = PlanGate.ALWAYS
    verify: str = ""
    verify_timeout_s: Annotated[float, Field(gt=0)] = 600.0
    issues: str = ""
    github: Annotated[str, AfterValidator(repository)] = ""
    """`owner/repo`, where a folder is given by `path` and its issues and pull requests are at GitHub."""
    publish_gate: PublishGate = PublishGate.NEVER
    """Whether a person is asked before the branch is pushed and the pull request opened."""
    labels: LabelsSection = LabelsSection()
    environment: dict[str, str] = Field(default_factory=dict[str, str])
    agents: Annotated[int, Field(ge=1, le=1000)] | None = None
    """At work at once in this project; none means `agents.per_project`."""
    task_budget_usd: Annotated[Decimal, Field(gt=0, le=MOST_USD)] | None = None
    """What each new task may cost, in US dollars; none means no limit."""
    time_zone: Annotated[str, AfterValidator(lambda name: as_time_zone(name) if name else name)] = ""
    """Where its days and weeks of money begin, such as `Europe/Berlin`; '' means the `time_zone` of the whole file."""
    budgets: ProjectBudgetsSection = ProjectBudgetsSection()
    mcp: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")], McpSection] = Field(
        default_factory=dict[str, McpSection]
    )
    access: ProjectAccessSection = ProjectAccessSection()
    decide: DecideSection = DecideSection()
    notify: NotifySection = NotifySection()
    chat: ProjectChatSection = ProjectChatSection()

    @model_validator(mode="after")
    def _one_repository(self) -> "ProjectSection":
        if bool(self.path) == bool(self.url):
            raise ValueError('give either path = "…" (a folder) or url = "…" (what git clones).')
        return self


class SettingsDocument(Document):
    """The whole file; the same shape is what environment variables set."""

    home: str = "~/.orchestrator"
    database_url: str = ""
    """'' means a SQLite file in `home`."""
    database_timeout_s: Annotated[float, Field(gt=0, le=3600)] = 30.0
    """How long to wait for a lock that another process holds on the database."""
    log_level: LogLevel = "info"
    log_format: LogFormat = "text"
    time_zone: Annotated[str, AfterValidator(as_time_zone)] = "UTC"
    """Where days and weeks of money begin, such as `Europe/Berlin`."""
    claude: ClaudeSection = ClaudeSection()
    agents: AgentsSection = AgentsSection()
    commits: CommitsSection = CommitsSection()
    retention: RetentionSection = RetentionSection()
    planning: PlanningSection = PlanningSection()
    questions: QuestionsSection = QuestionsSection()
    pictures: PicturesSection = PicturesSection()
    metrics: MetricsSection = MetricsSection()
    tracing: TracingSection = TracingSection()
    slack: SlackSection = SlackSection()
    telegram: TelegramSection = TelegramSection()
    discord: DiscordSection = DiscordSection()
    github: GitHubSection = GitHubSection()
    access: AccessSection = AccessSection()
    approvals: ApprovalsSection = ApprovalsSection()
    budgets: BudgetsSection = BudgetsSection()
    unusual: UnusualSection = UnusualSection()
    projects: dict[Annotated[str, AfterValidator(_project_name)], ProjectSection] = Field(
        default_factory=dict[str, ProjectSection]
    )

    @property
    def budget_book(self) -> BudgetBook:
        """Every budget that is named, and where its days begin."""
        return book_of(
            self.budgets,
            {name: project.budgets for name, project in self.projects.items()},
            time_zone=self.time_zone,
            zones={name: project.time_zone or self.time_zone for name, project in self.projects.items()},
        )

    @model_validator(mode="after")
    def _budgets_hold(self) -> "SettingsDocument":
        # so that what is wrong about them is told with everything else
        assert self.budget_book is not None
        return self

    @model_validator(mode="after")
    def _one_project_a_channel(self) -> "SettingsDocument":
        named: dict[str, str] = {}
        for name, project in self.projects.items():
            for channel in project.chat.channels:
                first = named.setdefault(channel, name)
                if first != name:
                    raise ValueError(
                        f"projects.{first}.chat.channels and projects.{name}.chat.channels both name {channel}; "
                        "a channel talks about one project."
                    )
        return self
