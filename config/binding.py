"""The project that a `[projects.NAME]` table binds."""

from datetime import time

from config.places import Bases
from config.sections import McpSection, NotifySection, ProjectAccessSection, ProjectSection
from core.domain.access import DecisionRules
from core.domain.identity import Access, ProjectName
from core.domain.notification import NotificationRules, QuietHours
from core.domain.project import IssueLabels, McpBinding, Project


def bound(name: str, section: ProjectSection, *, bases: Bases, time_zone: str) -> Project:
    """The project a `[projects.NAME]` table binds; its folders are absolute. `time_zone` is that of the whole file."""
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
        github=section.github,
        publish_gate=section.publish_gate,
        labels=IssueLabels(**dict(section.labels)),
        environment=section.environment,
        agents=section.agents,
        task_budget_usd=section.task_budget_usd,
        time_zone=section.time_zone or time_zone,
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
