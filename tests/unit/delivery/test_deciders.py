"""Who is asked to decide."""

import pytest

from bot.delivery.deciders import MOST, deciders
from core.domain.access import Decider, DecisionRules
from core.domain.approval import ApprovalKind
from core.domain.identity import Access, PersonId, ProjectName
from core.domain.project import Project

pytestmark = pytest.mark.slack
ADA, ALICE, BOB, VERA = (PersonId(f"slack:T1/U{name}") for name in ("ADA", "ALICE", "BOB", "VERA"))
SHOP = Project(
    name=ProjectName("shop"),
    repository="/nowhere",
    access={
        VERA: Access.VIEWER,
        ALICE: Access.DEVELOPER,
        BOB: Access.DEVELOPER,
        ADA: Access.ADMIN,
        "slack:T1/*": Access.VIEWER,
        "telegram:7": Access.ADMIN,
    },
    decide=DecisionRules(plan=Decider.OTHER, tool=Decider.REQUESTER, publish=Decider.ADMIN),
)


def asked(kind: ApprovalKind, *, by: PersonId = ALICE, project: Project = SHOP) -> tuple[PersonId, ...]:
    return deciders(project, kind, requester=by, admins=("slack:T9/*",), platform="slack")


def test_whoever_asked_for_the_task_is_asked_when_they_may_decide() -> None:
    assert asked(ApprovalKind.TOOL) == asked(ApprovalKind.QUESTION) == (ALICE,)
    assert asked(ApprovalKind.PUBLISH, by=ADA) == (ADA,)


def test_four_eyes_means_that_somebody_else_is_asked() -> None:
    assert asked(ApprovalKind.PLAN) == (BOB, ADA)


def test_what_admins_decide_goes_to_admins() -> None:
    assert asked(ApprovalKind.PUBLISH) == asked(ApprovalKind.BUDGET) == (ADA,)


def test_who_has_lost_their_rights_is_not_asked() -> None:
    assert asked(ApprovalKind.TOOL, by=PersonId("slack:T1/UGONE")) == (ADA,)
    assert asked(ApprovalKind.TOOL, by=VERA) == (ADA,)


def test_who_sits_at_the_keyboard_may_decide_and_nobody_is_called() -> None:
    assert asked(ApprovalKind.TOOL, by=PersonId("console:ann")) == ()


def test_not_everybody_is_called() -> None:
    many = {f"slack:T1/U{number}": Access.ADMIN for number in range(50)}
    crowd = Project(name=ProjectName("shop"), repository="/nowhere", access=many)
    assert len(asked(ApprovalKind.BUDGET, project=crowd)) == MOST
