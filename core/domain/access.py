"""Who may do what in a project: viewer < developer < admin, and nobody without a membership."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from core.domain.approval import ApprovalKind
from core.domain.identity import Access, PersonId

_RANK = {Access.VIEWER: 1, Access.DEVELOPER: 2, Access.ADMIN: 3}


class Act(StrEnum):
    """What somebody wants to do, as the audit trail names it."""

    LOOK = "look"
    """See tasks, costs, logs and diffs."""
    SUBMIT = "submit"
    STEER = "steer"
    """Talk to agents, answer their questions."""
    CONTROL = "control"
    """Cancel, pause, resume, retry, rewind, fork, keep, change the priority."""
    DECIDE = "decide"
    """Approve, deny or send back."""
    MANAGE = "manage"
    """Bind channels, archive projects, change budgets and other people's schedules."""


_NEEDED = {
    Act.LOOK: Access.VIEWER,
    Act.SUBMIT: Access.DEVELOPER,
    Act.STEER: Access.DEVELOPER,
    Act.CONTROL: Access.DEVELOPER,
    Act.DECIDE: Access.DEVELOPER,
    Act.MANAGE: Access.ADMIN,
}


class Decider(StrEnum):
    """Who may decide an approval."""

    REQUESTER = "requester"
    """Who asked for the task, and admins."""
    DEVELOPER = "developer"
    ADMIN = "admin"
    OTHER = "other"
    """A developer who did not ask for the task: two people are involved in everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRules:
    """Who may decide what in a project."""

    plan: Decider = Decider.DEVELOPER
    tool: Decider = Decider.DEVELOPER
    budget: Decider = Decider.ADMIN
    publish: Decider = Decider.DEVELOPER
    question: Decider = Decider.DEVELOPER
    result: Decider = Decider.DEVELOPER
    conflict: Decider = Decider.DEVELOPER

    def decider(self, kind: ApprovalKind) -> Decider:
        """Who decides approvals of `kind`."""
        found: Decider = getattr(self, kind.value)
        return found


def may(access: Access | None, act: Act) -> bool:
    """Whether somebody with `access` (None: no membership) may do `act`."""
    return access is not None and _RANK[access] >= _RANK[_NEEDED[act]]


def needed(act: Act) -> Access:
    """The weakest access that may do `act`."""
    return _NEEDED[act]


def may_decide(person: PersonId, access: Access | None, *, requester: PersonId, decider: Decider) -> bool:
    """Whether `person` may decide what `decider` says about a task that `requester` asked for."""
    if not may(access, Act.DECIDE):
        return False
    match decider:
        case Decider.DEVELOPER:
            return True
        case Decider.ADMIN:
            return access is Access.ADMIN
        case Decider.REQUESTER:
            return person == requester or access is Access.ADMIN
        case Decider.OTHER:
            return person != requester
        case _:
            assert_never(decider)


def strongest(*given: Access | None) -> Access | None:
    """The strongest of several memberships, None when there is none at all."""
    return max((each for each in given if each is not None), key=_RANK.__getitem__, default=None)
