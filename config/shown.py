"""The effective settings for people: every one by dotted key, secrets masked, each with where it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from config.documents import Document
from config.urls import MASK, without_password
from config.variables import SECRET_NAME
from core.domain.approval import ApprovalKind
from core.domain.identity import Access
from core.domain.notification import NotificationRules
from core.domain.project import McpBinding, Project

if TYPE_CHECKING:
    from config.settings import Settings

DEFAULT = "default"
Value = str | int | float | list[str] | None
_URLS = frozenset({"api_url", "endpoint", "url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """One effective setting: its value without secrets, and where it came from."""

    value: Value
    source: str


def shown(settings: "Settings") -> dict[str, ShownSetting]:
    """Every effective setting by dotted key, secrets masked, with its source."""
    values: dict[str, Value] = {
        "home": str(settings.home),
        "database_url": without_password(settings.database_url),
        "database_timeout_s": settings.database_timeout_s,
        "log_level": settings.log_level,
        "log_format": settings.log_format,
        "time_zone": settings.time_zone,
    }
    for name, section in settings.sections().items():
        values |= _section(name, section)
    for project in settings.projects.values():
        values |= _project(project)
        values |= _section(f"projects.{project.name}.budgets", settings.project_budgets[project.name])
    return {
        key: ShownSetting(value=value, source=_source(key, sources=settings.sources)) for key, value in values.items()
    }


def _source(key: str, *, sources: Mapping[str, str]) -> str:
    if key.endswith(".repository"):
        table = key.removesuffix(".repository")
        return sources.get(f"{table}.path") or sources.get(f"{table}.url") or DEFAULT
    if key.startswith("projects.") and key.count(".") == 2 and key.endswith(".time_zone"):
        return sources.get(key) or sources.get("time_zone", DEFAULT)
    return sources.get(key, DEFAULT)


def _section(name: str, section: Document) -> Iterator[tuple[str, Value]]:
    """The rows of one table, in the order in which it is declared."""
    for key, value in section:
        yield f"{name}.{key}", _plain(key, value)


def _plain(key: str, value: object) -> Value:
    match value:
        case SecretStr():
            return MASK if value.get_secret_value() else ""
        case tuple():
            return [str(item) for item in value]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # whatever it holds
        case str() if key in _URLS:
            return without_password(value)
        case None | int() | float():
            return value
        case _:
            return str(value)


def _project(project: Project) -> dict[str, Value]:
    table = f"projects.{project.name}"
    values: dict[str, Value] = {
        f"{table}.repository": without_password(project.repository),
        f"{table}.base_branch": project.base_branch,
        f"{table}.workflow": project.workflow,
        f"{table}.model": project.model,
        f"{table}.plan_gate": project.plan_gate.value,
        f"{table}.verify": project.verify,
        f"{table}.verify_timeout_s": project.verify_timeout_s,
        f"{table}.issues": project.issues,
        f"{table}.github": project.github,
        f"{table}.publish_gate": project.publish_gate.value,
        f"{table}.labels.in_progress": project.labels.in_progress,
        f"{table}.labels.needs_approval": project.labels.needs_approval,
        f"{table}.labels.done": project.labels.done,
        f"{table}.agents": project.agents,
        f"{table}.task_budget_usd": None if project.task_budget_usd is None else str(project.task_budget_usd),
        f"{table}.time_zone": project.time_zone,
    }
    values |= _access(f"{table}.access", project.access)
    values |= {f"{table}.decide.{kind.value}": project.decide.decider(kind).value for kind in ApprovalKind}
    values |= _notify(f"{table}.notify", project.notify)
    values[f"{table}.chat.channels"] = list(project.channels)
    for server, binding in project.mcp.items():
        values |= _binding(f"{table}.mcp.{server}", binding)
    return values | _environment(f"{table}.environment", project.environment)


def _access(table: str, given: Mapping[str, Access]) -> dict[str, Value]:
    return {
        f"{table}.{access.value}s": [person for person, has in given.items() if has is access]
        for access in (Access.ADMIN, Access.DEVELOPER, Access.VIEWER)
    }


def _notify(table: str, rules: NotificationRules) -> dict[str, Value]:
    values: dict[str, Value] = {
        f"{table}.channel": sorted(rules.channel),
        f"{table}.direct": sorted(rules.direct),
    }
    quiet = rules.quiet
    if quiet is None:
        return values | {f"{table}.quiet": ""}
    hours = f"{quiet.begin:%H:%M}-{quiet.end:%H:%M}"
    return values | {f"{table}.quiet": hours, f"{table}.time_zone": quiet.time_zone}


def _binding(table: str, binding: McpBinding) -> dict[str, Value]:
    values: dict[str, Value] = {
        f"{table}.command": list(binding.command),
        f"{table}.url": without_password(binding.url),
        f"{table}.tools": list(binding.tools),
        f"{table}.roles": list(binding.roles),
    }
    values |= _environment(f"{table}.environment", binding.environment)
    # what a header carries is nearly always a key
    return values | {f"{table}.headers.{name}": MASK for name in binding.headers}


def _environment(table: str, variables: Mapping[str, str]) -> dict[str, Value]:
    return {f"{table}.{name}": MASK if SECRET_NAME.search(name) else value for name, value in variables.items()}
