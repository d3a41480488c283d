"""The shape of `orchestrator.toml`: its tables, their defaults, and what each value may be."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from config.documents import Document
from core.domain.project import PlanGate

DEFAULT_AGENT_ENVIRONMENT = ("PATH", "LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "TMPDIR", "USER", "LOGNAME", "SHELL")
PROJECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
VARIABLE_PATTERN = re.compile(r"[A-Za-z_*?][A-Za-z0-9_*?]*", re.ASCII)

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


class AgentsSection(Document):
    """`[agents]`: how many at once, for how long, and what of the environment they see."""

    concurrency: Annotated[int, Field(ge=1, le=1000)] = 5
    timeout_s: Annotated[float, Field(gt=0)] = 1800.0
    environment: tuple[Annotated[str, AfterValidator(_variable_pattern)], ...] = DEFAULT_AGENT_ENVIRONMENT


class CommitsSection(Document):
    """`[commits]`: who the commits are by."""

    name: Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f<>]+$")] = "Orchestrator"
    email: Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x20<>]+$")] = "orchestrator@localhost"


class RetentionSection(Document):
    """`[retention]`: how long finished work is kept on disk."""

    worktrees_days: Annotated[float, Field(ge=0)] = 14.0


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
    claude: ClaudeSection = ClaudeSection()
    agents: AgentsSection = AgentsSection()
    commits: CommitsSection = CommitsSection()
    retention: RetentionSection = RetentionSection()
    projects: dict[Annotated[str, AfterValidator(_project_name)], ProjectSection] = Field(
        default_factory=dict[str, ProjectSection]
    )
