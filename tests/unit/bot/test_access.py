"""The gate: default deny by workspace, channel and person, and who may do what in which project."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access import Gate, channel_name
from core.domain.access import Act, Decider, DecisionRules
from core.domain.approval import ApprovalKind
from core.domain.identity import Access, PersonId, Place, ProjectName
from core.domain.project import Project
from tests.support.values import an_approval

pytestmark = pytest.mark.slack

SHOP, DOCS = ProjectName("shop"), ProjectName("docs")
ROOT, ADA, DEV, VIC = (PersonId(f"slack:T1/U{name}") for name in ("ROOT", "ADA", "DEV", "VIC"))
STRANGER = PersonId("slack:T9/UDEV")
MANAGE = "manage the project: that takes an admin."
HERE = Place(platform="slack", space="T1", channel="COPEN")
DIRECT = Place(platform="slack", space="T1", channel="D77")

GATE = Gate(
    projects={
        SHOP: Project(
            name=SHOP,
            repository="/shop",
            access={"slack:T1/*": Access.VIEWER, DEV: Access.DEVELOPER, ADA: Access.ADMIN},
            channels=("slack:T1/CSHOP",),
        ),
        DOCS: Project(name=DOCS, repository="/docs", access={DEV: Access.ADMIN}),
    },
    admins=(ROOT,),
    spaces={"slack": frozenset({"T1"})},
    channels={"slack": frozenset({"COPEN"})},
)


@pytest.mark.parametrize(
    ("person", "project", "access"),
    [
        (ROOT, SHOP, Access.ADMIN),
        (ROOT, "no longer bound", Access.ADMIN),
        (ADA, SHOP, Access.ADMIN),
        (ADA, DOCS, None),
        (DEV, SHOP, Access.DEVELOPER),
        (VIC, SHOP, Access.VIEWER),
        (VIC, DOCS, None),
        (VIC, "no longer bound", None),
        (STRANGER, SHOP, None),
        (PersonId("telegram:T1/UADA"), SHOP, None),
        (PersonId("slack:T1"), SHOP, None),
        (PersonId("console:ann"), DOCS, Access.ADMIN),
    ],
)
def test_the_strongest_of_what_names_a_person_counts(person: PersonId, project: str, access: Access | None) -> None:
    assert GATE.access(person, project) is access


def test_a_pattern_is_a_whole_workspace_and_not_the_beginning_of_a_name() -> None:
    gate = replace(GATE, admins=("slack:T1/UA*", "slack:T1*"))
    assert gate.access(ADA, DOCS) is None
    assert gate.access(PersonId("slack:T12/U1"), SHOP) is None


@pytest.mark.parametrize(
    ("place", "heard"),
    [
        (HERE, True),
        (replace(HERE, thread="1.2"), True),
        (DIRECT, True),
        (replace(HERE, channel=""), True),
        (replace(HERE, channel="CSHOP"), True),
        (replace(HERE, channel="CELSE"), False),
        (replace(HERE, space="T9"), False),
        (Place(platform="telegram", space="T1", channel="COPEN"), False),
    ],
)
def test_people_are_heard_in_open_and_bound_channels_and_alone_and_nowhere_else(place: Place, heard: bool) -> None:
    refusal = GATE.listened_to(VIC, place)
    assert (refusal is None) is heard
    if refusal is not None:
        assert refusal.text.endswith(".")
        assert refusal.ask[0] == ROOT


def test_somebody_of_another_workspace_is_not_heard_in_ours() -> None:
    assert GATE.listened_to(STRANGER, HERE) is not None


def test_who_is_in_no_list_is_not_heard_even_alone() -> None:
    gate = replace(GATE, projects={DOCS: GATE.projects[DOCS]})
    refusal = gate.listened_to(VIC, DIRECT)
    assert refusal is not None
    assert set(refusal.ask) == {ROOT, DEV}
    assert gate.listened_to(ROOT, DIRECT) is None


def test_a_channel_that_was_bound_in_the_chat_is_open() -> None:
    elsewhere = replace(HERE, channel="CELSE")
    assert GATE.listened_to(VIC, elsewhere, bound=SHOP) is None


def test_an_admin_is_heard_in_any_channel_so_that_it_can_be_bound() -> None:
    elsewhere = replace(HERE, channel="CELSE")
    assert GATE.listened_to(ADA, elsewhere) is None
    assert GATE.listened_to(DEV, elsewhere) is None  # admin of docs
    assert GATE.listened_to(ROOT, replace(elsewhere, space="T9")) is not None


def test_a_star_opens_every_channel() -> None:
    gate = replace(GATE, channels={"slack": frozenset({"*"})})
    assert gate.listened_to(VIC, replace(HERE, channel="CELSE")) is None


@pytest.mark.parametrize(
    ("person", "act", "project", "text"),
    [
        (VIC, Act.SUBMIT, SHOP, "You may look in shop, but not hand work over: that takes a developer."),
        (DEV, Act.MANAGE, SHOP, f"You may hand over and steer work in shop, but not {MANAGE}"),
        (VIC, Act.LOOK, DOCS, "This channel is about a project that you may not see."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_one_may_and_who_can_change_it(person: PersonId, act: Act, project: str, text: str) -> None:
    refusal = GATE.refused(person, act, project)
    assert refusal is not None
    assert refusal.text == text
    assert refusal.ask == ((ADA, ROOT) if project == SHOP else (DEV, ROOT))


PEOPLE = st.sampled_from([ROOT, ADA, DEV, VIC, STRANGER])


@given(act=st.sampled_from(Act), person=PEOPLE, name=st.sampled_from([SHOP, DOCS]))
def test_whoever_may_do_anything_may_look_too_and_an_admin_of_all_may_it_as_well(
    act: Act, person: PersonId, name: ProjectName
) -> None:
    if GATE.refused(person, act, name) is None:
        assert GATE.refused(ROOT, act, name) is None
        assert GATE.refused(person, Act.LOOK, name) is None


@pytest.mark.parametrize(
    ("decider", "person", "may"),
    [
        (Decider.DEVELOPER, DEV, True),
        (Decider.DEVELOPER, VIC, False),
        (Decider.ADMIN, DEV, False),
        (Decider.ADMIN, ADA, True),
        (Decider.REQUESTER, DEV, True),
        (Decider.REQUESTER, ADA, True),
        (Decider.OTHER, DEV, False),
        (Decider.OTHER, ADA, True),
        (Decider.OTHER, STRANGER, False),
    ],
)
def test_the_project_says_who_decides(decider: Decider, person: PersonId, may: bool) -> None:
    shop = replace(GATE.projects[SHOP], decide=DecisionRules(tool=decider))
    gate = replace(GATE, projects={SHOP: shop})
    refusal = gate.refused_to_decide(person, an_approval(kind=ApprovalKind.TOOL), project=SHOP, requester=DEV)
    assert (refusal is None) is may
    if refusal is not None:
        assert refusal.ask


def test_only_people_named_one_by_one_are_asked_and_at_most_three() -> None:
    many = {f"slack:T1/U{number}": Access.ADMIN for number in range(5)} | {"slack:T1/*": Access.ADMIN}
    gate = Gate(projects={SHOP: replace(GATE.projects[SHOP], access=many)})
    assert gate.admins_of(SHOP) == ("slack:T1/U0", "slack:T1/U1", "slack:T1/U2")


def test_settings_name_channels_as_places_do() -> None:
    assert channel_name(replace(HERE, thread="1.2")) == "slack:T1/COPEN"
    assert GATE.bound(replace(HERE, channel="CSHOP")) == SHOP
    assert GATE.bound(HERE) is None
