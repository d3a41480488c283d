"""The effective settings of a process: environment variables over `orchestrator.toml` over defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

from config.documents import checked, dotted, toml_of
from config.places import FILE_NAME, Bases, find_file
from config.sections import (
    AccessSection,
    AgentsSection,
    ApprovalsSection,
    ClaudeSection,
    CommitsSection,
    LogFormat,
    LogLevel,
    McpSection,
    MetricsSection,
    NotifySection,
    PlanningSection,
    ProjectAccessSection,
    ProjectSection,
    RetentionSection,
    SettingsDocument,
    SlackSection,
    TracingSection,
)
from config.tree import leaves, origin_of, placed
from config.urls import MASK, password_in, without_password
from config.variables import SECRET_NAME, secret_values, settings_in
from core.domain.access import DecisionRules
from core.domain.errors import ConfigurationError, NotFoundError
from core.domain.identity import Access, ProjectName
from core.domain.notification import NotificationRules, QuietHours
from core.domain.project import McpBinding, Project

DATABASE_NAME = "orchestrator.sqlite3"
DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """One effective setting for people: its value without secrets, and where it came from."""

    value: str | int | float | list[str] | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What this process runs with; made by `load_settings` only."""

    home: Path
    database_url: str = field(repr=False)
    """Never empty: `sqlite:///…` in `home` unless another one is set."""
    database_timeout_s: float
    log_level: LogLevel
    log_format: LogFormat
    claude: ClaudeSection
    agents: AgentsSection
    commits: CommitsSection
    retention: RetentionSection
    planning: PlanningSection
    metrics: MetricsSection
    tracing: TracingSection
    slack: SlackSection
    access: AccessSection
    approvals: ApprovalsSection
    projects: Mapping[str, Project] = field(repr=False)
    config_file: Path | None
    sources: Mapping[str, str]
    """Setting → `environment variable X` or the file; what is missing here is a default."""
    environment_secrets: tuple[str, ...] = field(default=(), repr=False)

    def project(self, name: str) -> Project:
        """The project called `name`; NotFoundError with the known names otherwise."""
        if name in self.projects:
            return self.projects[name]
        known = ", ".join(sorted(self.projects))
        hint = f"Known projects: {known}." if known else f"Add [projects.{name or 'NAME'}] to {FILE_NAME}."
        raise NotFoundError("project", name, hint=hint)

    def secrets(self) -> tuple[str, ...]:
        """Every secret value this process knows of, for masking."""
        urls = (self.database_url, self.claude.api_url, *(project.repository for project in self.projects.values()))
        keys = (self.claude.api_key, self.slack.bot_token, self.slack.app_token, self.slack.signing_secret)
        found = [*(key.get_secret_value() for key in keys), *map(password_in, urls), *self.environment_secrets]
        for project in self.projects.values():
            found += secret_values(project.environment)
            for binding in project.mcp.values():
                found += [*secret_values(binding.environment), *binding.headers.values(), password_in(binding.url)]
        return tuple(dict.fromkeys(value for value in found if value))

    def agent_environment(self, project: Project, *, environ: Mapping[str, str]) -> dict[str, str]:
        """The variables an agent working in `project` gets: the allow-listed ones, then the project's own."""
        allowed = {
            name: value
            for name, value in environ.items()
            if any(fnmatchcase(name, pattern) for pattern in self.agents.environment)
        }
        return {**allowed, **project.environment}

    def shown(self) -> dict[str, ShownSetting]:
        """Every effective setting by dotted key, secrets masked, with its source."""
        values: dict[str, str | int | float | list[str] | None] = {
            "home": str(self.home),
            "database_url": without_password(self.database_url),
            "database_timeout_s": self.database_timeout_s,
            "log_level": self.log_level,
            "log_format": self.log_format,
            "claude.api_key": MASK if self.claude.api_key.get_secret_value() else "",
            "claude.api_url": without_password(self.claude.api_url),
            "claude.cli_path": str(self.claude.cli_path) if self.claude.cli_path else None,
            "claude.sandbox": self.claude.sandbox,
            "agents.concurrency": self.agents.concurrency,
            "agents.per_project": self.agents.per_project,
            "agents.per_model": self.agents.per_model,
            "agents.timeout_s": self.agents.timeout_s,
            "agents.stuck_after_s": self.agents.stuck_after_s,
            "agents.transient_attempts": self.agents.transient_attempts,
            "agents.max_memory_mb": self.agents.max_memory_mb,
            "agents.cpus": self.agents.cpus,
            "agents.environment": list(self.agents.environment),
            "commits.name": self.commits.name,
            "commits.email": self.commits.email,
            "retention.worktrees_days": self.retention.worktrees_days,
            "retention.worktrees_max": self.retention.worktrees_max,
            "retention.logs_days": self.retention.logs_days,
            "planning.by": self.planning.by,
            "planning.model": self.planning.model,
            "metrics.listen": self.metrics.listen,
            "tracing.endpoint": without_password(self.tracing.endpoint),
        }
        for project in self.projects.values():
            values |= shown_project(project)
        return {key: ShownSetting(value=value, source=self._source(key)) for key, value in values.items()}

    def _source(self, key: str) -> str:
        if key.endswith(".repository"):
            table = key.removesuffix(".repository")
            return self.sources.get(f"{table}.path") or self.sources.get(f"{table}.url") or DEFAULT
        return self.sources.get(key, DEFAULT)


def load_settings(*, config: Path | None, cwd: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings; ConfigurationError names every unknown key and wrong value at once."""
    path = find_file(config=config, cwd=cwd, environ=environ)
    file = str(path or "settings")
    tree = toml_of(path) if path else {}
    sources = dict.fromkeys(leaves(tree), file)
    variables = overlaid(tree, environ=environ, sources=sources)
    document = checked(
        SettingsDocument,
        tree,
        source=file,
        origin=lambda location: origin_of(location, sources=sources, file=file),
        hint="Correct what is named; `orchestrator config show` lists every setting.",
    )
    bases = Bases(file=path.parent if path else cwd, cwd=cwd, home=environ.get("HOME", ""), variables=variables)
    return settled(document, path=path, bases=bases, sources=sources, environment_secrets=secret_values(environ))


def overlaid(tree: dict[str, object], *, environ: Mapping[str, str], sources: dict[str, str]) -> frozenset[str]:
    """Put what `environ` sets over `tree`, note it in `sources`, and return the keys it set."""
    projects = tree.get("projects")
    # Something else than a table is told about when the whole is checked; only names are wanted here.
    names = [str(name) for name in cast("dict[object, object]", projects)] if isinstance(projects, dict) else []
    keys: set[str] = set()
    for location, value, variable in settings_in(environ, projects=names):
        key = dotted(location)
        if not placed(tree, location, value):
            raise ConfigurationError(
                f"environment variable {variable}: {key} is not inside a table.",
                source=variable,
                hint=f"Unset {variable}, or correct its name.",
            )
        keys.add(key)
        sources[key] = f"environment variable {variable}"
    return frozenset(keys)


def settled(
    document: SettingsDocument,
    *,
    path: Path | None,
    bases: Bases,
    sources: Mapping[str, str],
    environment_secrets: tuple[str, ...],
) -> Settings:
    """The settings `document` stands for, every path absolute."""
    home = bases.absolute(document.home, key="home")
    cli = document.claude.cli_path
    claude = document.claude.model_copy(
        update={"cli_path": bases.absolute(str(cli), key="claude.cli_path") if cli else None}
    )
    return Settings(
        home=home,
        database_url=document.database_url or f"sqlite:///{home / DATABASE_NAME}",
        database_timeout_s=document.database_timeout_s,
        log_level=document.log_level,
        log_format=document.log_format,
        claude=claude,
        agents=document.agents,
        commits=document.commits,
        retention=document.retention,
        planning=document.planning,
        metrics=document.metrics,
        tracing=document.tracing,
        slack=document.slack,
        access=document.access,
        approvals=document.approvals,
        projects={name: bound(name, section, bases=bases) for name, section in document.projects.items()},
        config_file=path,
        sources=sources,
        environment_secrets=environment_secrets,
    )


def bound(name: str, section: ProjectSection, *, bases: Bases) -> Project:
    """The project a `[projects.NAME]` table binds."""
    repository = section.url or str(bases.absolute(section.path, key=f"projects.{name}.path"))
    issues = str(bases.absolute(section.issues, key=f"projects.{name}.issues")) if section.issues else ""
    return Project(
        name=ProjectName(name),
        repository=repository,
        base_branch=section.base_branch,
        workflow=section.workflow,
        model=section.model,
        plan_gate=section.plan_gate,
        verify=section.verify,
        verify_timeout_s=section.verify_timeout_s,
        issues=issues,
        environment=section.environment,
        agents=section.agents,
        mcp={server: _binding(given) for server, given in section.mcp.items()},
        access=_access(section.access),
        decide=DecisionRules(**dict(section.decide)),
        notify=_rules(section.notify),
        channels=section.chat.channels,
    )


def _access(section: ProjectAccessSection) -> dict[str, Access]:
    """Person or pattern → access; who is named twice has the stronger one."""
    named = ((Access.VIEWER, section.viewers), (Access.DEVELOPER, section.developers), (Access.ADMIN, section.admins))
    return {pattern: access for access, patterns in named for pattern in patterns}


def _rules(section: NotifySection) -> NotificationRules:
    begin, _, end = section.quiet.partition("-")
    quiet = (
        QuietHours(begin=time.fromisoformat(begin), end=time.fromisoformat(end), time_zone=section.time_zone)
        if section.quiet
        else None
    )
    return NotificationRules(channel=frozenset(section.channel), direct=frozenset(section.direct), quiet=quiet)


def _binding(section: McpSection) -> McpBinding:
    return McpBinding(
        tools=section.tools,
        roles=section.roles,
        command=section.command,
        url=section.url,
        environment=section.environment,
        headers=section.headers,
    )


def shown_project(project: Project) -> dict[str, str | int | float | list[str] | None]:
    """The rows of one project for `Settings.shown`."""
    table = f"projects.{project.name}"
    values: dict[str, str | int | float | list[str] | None] = {
        f"{table}.repository": without_password(project.repository),
        f"{table}.base_branch": project.base_branch,
        f"{table}.workflow": project.workflow,
        f"{table}.model": project.model,
        f"{table}.plan_gate": project.plan_gate.value,
        f"{table}.verify": project.verify,
        f"{table}.verify_timeout_s": project.verify_timeout_s,
        f"{table}.issues": project.issues,
        f"{table}.agents": project.agents,
    }
    for server, binding in project.mcp.items():
        values |= _shown_binding(f"{table}.mcp.{server}", binding)
    for name, value in project.environment.items():
        values[f"{table}.environment.{name}"] = MASK if SECRET_NAME.search(name) else value
    return values


def _shown_binding(table: str, binding: McpBinding) -> dict[str, str | int | float | list[str] | None]:
    values: dict[str, str | int | float | list[str] | None] = {
        f"{table}.command": list(binding.command),
        f"{table}.url": without_password(binding.url),
        f"{table}.tools": list(binding.tools),
        f"{table}.roles": list(binding.roles),
    }
    for name, value in binding.environment.items():
        values[f"{table}.environment.{name}"] = MASK if SECRET_NAME.search(name) else value
    # what a header carries is nearly always a key
    values |= {f"{table}.headers.{name}": MASK for name in binding.headers}
    return values
