"""The effective settings of a process: environment variables over `orchestrator.toml` over defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

from config.binding import bound
from config.budget_sections import BudgetsSection, ProjectBudgetsSection, UnusualSection
from config.documents import Document, checked, dotted, toml_of
from config.github_section import GitHubSection
from config.places import FILE_NAME, Bases, find_file
from config.sections import (
    AccessSection,
    AgentsSection,
    ApprovalsSection,
    ClaudeSection,
    CommitsSection,
    DiscordSection,
    LogFormat,
    LogLevel,
    MetricsSection,
    PicturesSection,
    PlanningSection,
    QuestionsSection,
    RetentionSection,
    SettingsDocument,
    SlackSection,
    TelegramSection,
    TracingSection,
)
from config.shown import ShownSetting, shown
from config.tree import leaves, origin_of, placed
from config.urls import password_in
from config.variables import secret_values, settings_in
from core.budgets.book import BudgetBook
from core.domain.errors import ConfigurationError, NotFoundError
from core.domain.project import Project

DATABASE_NAME = "orchestrator.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What this process runs with; made by `load_settings` only."""

    home: Path
    database_url: str = field(repr=False)
    """Never empty: `sqlite:///…` in `home` unless another one is set."""
    database_timeout_s: float
    log_level: LogLevel
    log_format: LogFormat
    time_zone: str
    """IANA name: where days and weeks of money begin when several projects are looked at together."""
    claude: ClaudeSection
    agents: AgentsSection
    commits: CommitsSection
    retention: RetentionSection
    planning: PlanningSection
    questions: QuestionsSection
    pictures: PicturesSection
    metrics: MetricsSection
    tracing: TracingSection
    slack: SlackSection
    telegram: TelegramSection
    discord: DiscordSection
    github: GitHubSection
    access: AccessSection
    approvals: ApprovalsSection
    budgets: BudgetsSection
    unusual: UnusualSection
    budget_book: BudgetBook = field(repr=False)
    """Every budget the settings name, those of projects included."""
    project_budgets: Mapping[str, ProjectBudgetsSection] = field(repr=False)
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
        keys = (
            self.claude.api_key,
            self.slack.bot_token,
            self.slack.app_token,
            self.slack.signing_secret,
            self.telegram.bot_token,
            self.telegram.webhook_secret,
            self.discord.bot_token,
            self.github.token,
            self.github.private_key,
            self.github.webhook_secret,
        )
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

    def sections(self) -> dict[str, Document]:
        """The tables besides projects, by name."""
        return {
            name: value for name in SettingsDocument.model_fields if isinstance(value := getattr(self, name), Document)
        }

    def shown(self) -> dict[str, ShownSetting]:
        """Every effective setting by dotted key, secrets masked, with its source."""
        return shown(self)


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
        time_zone=document.time_zone,
        claude=claude,
        agents=document.agents,
        commits=document.commits,
        retention=document.retention,
        planning=document.planning,
        questions=document.questions,
        pictures=document.pictures,
        metrics=document.metrics,
        tracing=document.tracing,
        slack=document.slack,
        telegram=document.telegram,
        discord=document.discord,
        github=_with_key_file(document.github, bases=bases),
        access=document.access,
        approvals=document.approvals,
        budgets=document.budgets,
        unusual=document.unusual,
        budget_book=document.budget_book,
        project_budgets={name: section.budgets for name, section in document.projects.items()},
        projects={
            name: bound(name, section, bases=bases, time_zone=document.time_zone)
            for name, section in document.projects.items()
        },
        config_file=path,
        sources=sources,
        environment_secrets=environment_secrets,
    )


def _with_key_file(github: GitHubSection, *, bases: Bases) -> GitHubSection:
    file = github.private_key_file
    if file is None:
        return github
    return github.model_copy(update={"private_key_file": bases.absolute(str(file), key="github.private_key_file")})
