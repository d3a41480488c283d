"""Who is asked to decide."""

from dataclasses import replace

import pytest

from bot.delivery.deciders import MOST, deciders, may_look
from core.domain.access import Decider, DecisionRules
from core.domain.approval import ApprovalKind
from core.domain.identity import Access, Person, PersonId, ProjectName
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
    return deciders(project, kind, requester=Person(id=by, name=""), admins=("slack:T9/*",), platform="slack")


def test_whoever_may_decide_by_a_role_is_asked_too() -> None:
    role, dan = "discord:7/role:8", PersonId("discord:9")
    shop = replace(SHOP, access={role: Access.DEVELOPER, "discord:10": Access.ADMIN}, decide=DecisionRules())
    with_it, without = Person(id=dan, name="", groups=(role,)), Person(id=dan, name="")

    def who(person: Person) -> tuple[PersonId, ...]:
        return deciders(shop, ApprovalKind.TOOL, requester=person, admins=(role,), platform="discord")

    assert who(with_it) == (dan,)
    # a role is nobody to be written to
    assert who(without) == ("discord:10",)
    assert may_look(with_it, shop, admins=())
    assert not may_look(without, shop, admins=())


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
