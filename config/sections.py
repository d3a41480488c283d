"""The shape of `orchestrator.toml`: its tables, their defaults, and what each value may be."""

import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, model_validator

from config.documents import Document
from core.domain.access import Decider
from core.domain.notification import Happening
from core.domain.project import PlanGate

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


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Europe/Berlin.") from error
    return name


def _listen_address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if text and not (colon and host and port.isdigit() and int(port) < 65536):
        raise ValueError('write an address and a port, such as "127.0.0.1:9464".')
    return text


PersonPattern = Annotated[str, Field(pattern=r"^[a-z]+:\S+$")]


class ClaudeSection(Document):
    """`[claude]`: how the agent program reaches its model."""

    api_key: SecretStr = SecretStr("")
    api_url: str = ""
    """'' means the agent program's own default."""
    cli_path: Path | None = None
    """None means the program that comes with the library."""
    sandbox: Sandbox = "auto"


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
    """How often an agent is tried when what fails may pass by itself; the pauses double from 10 s to 10 min."""
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
    """`[retention]`: how long finished work is kept on disk."""

    worktrees_days: Annotated[float, Field(ge=0)] = 14.0
    worktrees_max: Annotated[int, Field(ge=1)] = 200
    """Tasks wait when this many worktrees are in use; those of ended tasks give way first."""
    logs_days: Annotated[float, Field(ge=0)] = 90.0
    """How long the file logs of ended tasks are kept."""


class PlanningSection(Document):
    """`[planning]`: who decides on the steps of a task."""

    by: Literal["auto", "rules"] = "auto"
    """`auto`: the planner's typed plan, when it holds; `rules`: always the workflow as it is written."""
    model: str = ""
    """Model of the planner; '' means the role's own."""


class MetricsSection(Document):
    """`[metrics]`: the opt-in port for Prometheus and for health checks."""

    listen: Annotated[str, AfterValidator(_listen_address)] = ""
    """Address and port, such as `127.0.0.1:9464`; '' means none."""


class TracingSection(Document):
    """`[tracing]`: where OpenTelemetry spans go."""

    endpoint: str = ""
    """OTLP over HTTP, such as `http://localhost:4318`; '' means nowhere."""


class SlackSection(Document):
    """`[slack]`: the app people talk to, and where it may be talked to. Without a bot token there is no Slack."""

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    """For Socket Mode."""
    signing_secret: SecretStr = SecretStr("")
    """For HTTP mode."""
    mode: Literal["socket", "http"] = "socket"
    listen: Annotated[str, AfterValidator(_listen_address)] = "127.0.0.1:3000"
    """Address and port of HTTP mode, for what forwards Slack's requests."""
    api_url: str = "https://slack.com/api/"
    workspaces: tuple[Annotated[str, Field(pattern=r"^[TE][A-Z0-9]+$")], ...] = ()
    """Ids of the workspaces (or organisations) whose people are listened to; nobody else is."""
    channels: tuple[Annotated[str, Field(pattern=r"^(?:[CG][A-Z0-9]+|\*)$")], ...] = ()
    """Channels it may be used in besides those bound to a project; `*` for all. Direct messages are always open."""


class AccessSection(Document):
    """`[access]`: who may do everything, in every project."""

    admins: tuple[PersonPattern, ...] = ()


class ApprovalsSection(Document):
    """`[approvals]`: what happens while nobody answers."""

    remind_after_s: Annotated[float, Field(gt=0)] = 3600.0
    """A question that nobody answered is asked again after this long, and again after each doubling of it."""
    escalate_after_s: Annotated[float, Field(gt=0)] = 14400.0
    """The project's admins are told."""


class ProjectAccessSection(Document):
    """`[projects.NAME.access]`: people as `slack:T0123/U0456`; `slack:T0123/*` is everybody of that workspace."""

    admins: tuple[PersonPattern, ...] = ()
    developers: tuple[PersonPattern, ...] = ()
    viewers: tuple[PersonPattern, ...] = ()


class DecideSection(Document):
    """`[projects.NAME.decide]`: who may decide what."""

    plan: Decider = Decider.DEVELOPER
    tool: Decider = Decider.DEVELOPER
    budget: Decider = Decider.ADMIN
    publish: Decider = Decider.DEVELOPER
    question: Decider = Decider.DEVELOPER
    result: Decider = Decider.DEVELOPER
    conflict: Decider = Decider.DEVELOPER


class NotifySection(Document):
    """`[projects.NAME.notify]`: who is told of what beside the task's own thread, and when not."""

    channel: tuple[Happening, ...] = ()
    """Told in the channel itself, not only in the thread."""
    direct: tuple[Happening, ...] = (Happening.APPROVAL, Happening.BUDGET)
    """Told to the person who asked for the task."""
    quiet: Annotated[str, Field(pattern=r"^(?:(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d)?$")] = ""
    """Hours without direct messages, such as `22:00-07:00`; what came meanwhile is told after them."""
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"


class ProjectChatSection(Document):
    """`[projects.NAME.chat]`: the channels that talk about the project, as `slack:T0123/C0456`."""

    channels: tuple[Annotated[str, Field(pattern=r"^[a-z]+:[^/\s]+/[^/\s]+$")], ...] = ()


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
    environment: dict[str, str] = Field(default_factory=dict[str, str])
    agents: Annotated[int, Field(ge=1, le=1000)] | None = None
    """At work at once in this project; none means `agents.per_project`."""
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
    claude: ClaudeSection = ClaudeSection()
    agents: AgentsSection = AgentsSection()
    commits: CommitsSection = CommitsSection()
    retention: RetentionSection = RetentionSection()
    planning: PlanningSection = PlanningSection()
    metrics: MetricsSection = MetricsSection()
    tracing: TracingSection = TracingSection()
    slack: SlackSection = SlackSection()
    access: AccessSection = AccessSection()
    approvals: ApprovalsSection = ApprovalsSection()
    projects: dict[Annotated[str, AfterValidator(_project_name)], ProjectSection] = Field(
        default_factory=dict[str, ProjectSection]
    )
