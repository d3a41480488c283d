"""The gate on platforms whose people are the same everywhere: Telegram and Discord."""

from dataclasses import replace

import pytest

from bot.access import Gate, channel_name, is_own
from core.domain.identity import Access, Person, PersonId, Place, ProjectName
from core.domain.project import Project

SHOP = ProjectName("shop")
ALICE, BOB, SAM = (PersonId(f"telegram:{number}") for number in (1, 2, 3))
DAN, ROLE = PersonId("discord:9"), "discord:70/role:8"
GROUP = Place(platform="telegram", channel="-1001")
PRIVATE = Place(platform="telegram", channel="D1")


@pytest.fixture
def gate() -> Gate:
    access = {ALICE: Access.DEVELOPER, ROLE: Access.ADMIN}
    shop = Project(name=SHOP, repository="/shop", access=access, channels=("telegram:-1001", "discord:70/5"))
    return Gate(
        projects={SHOP: shop},
        admins=(BOB,),
        spaces={"telegram": frozenset({""}), "discord": frozenset({"", "70"})},
    )


def test_a_group_is_named_as_settings_write_it(gate: Gate) -> None:
    assert channel_name(GROUP) == "telegram:-1001"
    assert gate.bound(GROUP) == SHOP
    assert channel_name(Place(platform="discord", space="70", channel="5")) == "discord:70/5"


def test_only_who_is_named_is_listened_to(gate: Gate) -> None:
    assert is_own(PRIVATE)
    assert not is_own(GROUP)
    for place in (GROUP, PRIVATE):
        assert gate.listened_to(ALICE, place) is None
        assert gate.listened_to(BOB, place) is None
        assert gate.listened_to(SAM, place) is not None
    assert gate.listened_to(ALICE, Place(platform="telegram", channel="-1002")) is not None


def test_a_number_that_begins_like_somebodys_is_somebody_else(gate: Gate) -> None:
    assert gate.access(PersonId("telegram:11"), SHOP) is None


def test_a_role_gives_access_for_as_long_as_the_platform_says_so(gate: Gate) -> None:
    here = Place(platform="discord", space="70", channel="5")
    assert gate.listened_to(DAN, here) is not None
    gate.meet(Person(id=DAN, name="dan", groups=("discord:70/role:7", ROLE)))
    assert gate.access(DAN, SHOP) is Access.ADMIN
    assert gate.listened_to(DAN, here) is None
    gate.meet(Person(id=DAN, name="dan", groups=("discord:70/role:7",)))
    assert gate.access(DAN, SHOP) is None


def test_another_server_is_not_listened_to(gate: Gate) -> None:
    gate.meet(Person(id=DAN, name="dan", groups=(ROLE,)))
    refusal = gate.listened_to(DAN, Place(platform="discord", space="71", channel="5"))
    assert refusal is not None
    assert refusal.text == "This server is not set up for me."


def test_who_has_left_every_server_is_not_listened_to_in_a_conversation_of_two(gate: Gate) -> None:
    gate = replace(gate, admins=(DAN,), members={"discord": frozenset({"discord:70/member"})})
    alone, there = Place(platform="discord", space="", channel="D5"), Place(platform="discord", space="70", channel="5")
    for groups, listened in (((), False), (("discord:71/member",), False), (("discord:70/member",), True)):
        gate.meet(Person(id=DAN, name="dan", groups=groups))
        assert (gate.listened_to(DAN, alone) is None) is listened
        assert gate.listened_to(DAN, there) is None


def test_a_role_is_nobody_to_be_asked(gate: Gate) -> None:
    assert gate.admins_of(SHOP) == (BOB,)
