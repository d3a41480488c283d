"""Who may do what: each access may what the weaker ones may, and nobody without one may anything."""

import pytest

from core.domain.access import Act, Decider, DecisionRules, may, may_decide, needed, strongest
from core.domain.approval import ApprovalKind
from core.domain.identity import Access, PersonId

ALICE, BOB = PersonId("slack:T0123/U1"), PersonId("slack:T0123/U2")
MAY = {
    Access.VIEWER: {Act.LOOK},
    Access.DEVELOPER: {Act.LOOK, Act.SUBMIT, Act.STEER, Act.CONTROL, Act.DECIDE},
    Access.ADMIN: set(Act),
}


@pytest.mark.parametrize("access", Access)
def test_each_access_may_exactly_what_is_written_here(access: Access) -> None:
    assert {act for act in Act if may(access, act)} == MAY[access]


@pytest.mark.parametrize("act", Act)
def test_nobody_without_a_membership_may_anything(act: Act) -> None:
    assert not may(None, act)
    assert may(needed(act), act)


@pytest.mark.parametrize(
    ("decider", "may_be"),
    [
        (Decider.DEVELOPER, {(ALICE, Access.DEVELOPER), (BOB, Access.DEVELOPER), (BOB, Access.ADMIN)}),
        (Decider.ADMIN, {(BOB, Access.ADMIN)}),
        (Decider.REQUESTER, {(ALICE, Access.DEVELOPER), (BOB, Access.ADMIN)}),
        (Decider.OTHER, {(BOB, Access.DEVELOPER), (BOB, Access.ADMIN)}),
    ],
)
def test_who_decides_what_alice_asked_for(decider: Decider, may_be: set[tuple[PersonId, Access]]) -> None:
    asked = [
        (ALICE, Access.DEVELOPER),
        (ALICE, Access.VIEWER),
        (ALICE, None),
        (BOB, Access.DEVELOPER),
        (BOB, Access.ADMIN),
        (BOB, Access.VIEWER),
        (BOB, None),
    ]
    found = {(who, has) for who, has in asked if may_decide(who, has, requester=ALICE, decider=decider)}
    assert found == may_be


def test_two_people_are_involved_also_when_an_admin_asks() -> None:
    assert not may_decide(ALICE, Access.ADMIN, requester=ALICE, decider=Decider.OTHER)


@pytest.mark.parametrize("kind", ApprovalKind)
def test_every_kind_of_approval_has_its_decider(kind: ApprovalKind) -> None:
    rules = DecisionRules(**{kind.value: Decider.OTHER})
    assert rules.decider(kind) is Decider.OTHER
    assert [other for other in ApprovalKind if rules.decider(other) is Decider.OTHER] == [kind]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ((), None),
        ((None, None), None),
        ((None, Access.VIEWER), Access.VIEWER),
        ((Access.ADMIN, Access.VIEWER), Access.ADMIN),
        ((Access.VIEWER, Access.DEVELOPER), Access.DEVELOPER),
    ],
)
def test_of_several_memberships_the_strongest_counts(given: tuple[Access | None, ...], found: Access | None) -> None:
    assert strongest(*given) is found
