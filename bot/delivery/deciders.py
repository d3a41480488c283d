"""Who is asked to decide something: whoever asked for the task, else people the project names who may (pure)."""

from collections.abc import Collection

from bot.access import ROLE, Gate
from core.domain.access import may_decide
from core.domain.approval import ApprovalKind
from core.domain.identity import Access, Person, PersonId
from core.domain.project import Project

MOST = 5
"""Nobody feels called when everybody is."""


def deciders(
    project: Project, kind: ApprovalKind, *, requester: Person, admins: Collection[str], platform: str
) -> tuple[PersonId, ...]:
    """The people on `platform` to be asked about an approval of `kind`; `admins` are those of everything.

    The requester when they may decide it, which is () when they are not on this platform; else those who are named one
    by one and may, at most five.
    """
    asked = requester.id
    if decides(requester, project, kind, requester=asked, admins=admins):
        return (asked,) if _is_on(platform, asked) else ()
    named = [PersonId(name) for name in dict.fromkeys([*project.access, *admins]) if is_one_person(name)]
    able = [each for each in named if decides(_called(each), project, kind, requester=asked, admins=admins)]
    return tuple(each for each in able if _is_on(platform, each))[:MOST]


def decides(
    person: Person, project: Project, kind: ApprovalKind, *, requester: PersonId, admins: Collection[str]
) -> bool:
    """Whether `person` may decide an approval of `kind` in a task that `requester` asked for."""
    access = _access(person, project, admins=admins)
    return may_decide(person.id, access, requester=requester, decider=project.decide.decider(kind))


def may_look(person: Person, project: Project, *, admins: Collection[str]) -> bool:
    """Whether `person` may see what goes on in `project`, as its settings are now."""
    return _access(person, project, admins=admins) is not None


def named_admins(project: Project, *, admins: Collection[str]) -> tuple[PersonId, ...]:
    """Admins of `project` who are named one by one, at most five; `admins` are those of everything."""
    own = [name for name, access in project.access.items() if access is Access.ADMIN]
    return tuple(PersonId(name) for name in dict.fromkeys([*own, *admins]) if is_one_person(name))[:MOST]


def is_one_person(name: str) -> bool:
    """Whether a name in the settings is one person: no pattern, and no role."""
    return not any(mark in name for mark in ("*", "?", "[", ROLE))


def _access(person: Person, project: Project, *, admins: Collection[str]) -> Access | None:
    gate = Gate(projects={project.name: project}, admins=tuple(admins))
    gate.meet(person)
    return gate.access(person.id, project.name)


def _called(person: PersonId) -> Person:
    """Somebody whom the settings name: what else they belong to does not matter."""
    return Person(id=person, name="")


def _is_on(platform: str, person: PersonId) -> bool:
    return person.partition(":")[0] == platform
