"""Who is asked to decide something: whoever asked for the task, else people the project names who may (pure)."""

from collections.abc import Collection

from bot.access import Gate
from core.domain.access import may_decide
from core.domain.approval import ApprovalKind
from core.domain.identity import PersonId
from core.domain.project import Project

MOST = 5
"""Nobody feels called when everybody is."""


def deciders(
    project: Project, kind: ApprovalKind, *, requester: PersonId, admins: Collection[str], platform: str
) -> tuple[PersonId, ...]:
    """The people on `platform` to be asked about an approval of `kind`; `admins` are those of everything.

    The requester when they may decide it, which is () when they are not on this platform; else those who are named one
    by one and may, at most five.
    """
    if decides(requester, project, kind, requester=requester, admins=admins):
        return (requester,) if _is_on(platform, requester) else ()
    named = [PersonId(name) for name in dict.fromkeys([*project.access, *admins]) if is_one_person(name)]
    able = [each for each in named if decides(each, project, kind, requester=requester, admins=admins)]
    return tuple(each for each in able if _is_on(platform, each))[:MOST]


def decides(
    person: PersonId, project: Project, kind: ApprovalKind, *, requester: PersonId, admins: Collection[str]
) -> bool:
    """Whether `person` may decide an approval of `kind` in a task that `requester` asked for."""
    access = Gate(projects={project.name: project}, admins=tuple(admins)).access(person, project.name)
    return may_decide(person, access, requester=requester, decider=project.decide.decider(kind))


def may_look(person: PersonId, project: Project, *, admins: Collection[str]) -> bool:
    """Whether `person` may see what goes on in `project`, as its settings are now."""
    return Gate(projects={project.name: project}, admins=tuple(admins)).access(person, project.name) is not None


def is_one_person(name: str) -> bool:
    """Whether a name in the settings is one person, and no pattern."""
    return not any(mark in name for mark in "*?[")


def _is_on(platform: str, person: PersonId) -> bool:
    return person.partition(":")[0] == platform
