"""Which projects are archived is stored alike on both databases."""

import pytest

from core.domain.errors import ConflictError
from core.domain.identity import PersonId, ProjectName
from core.store import Store

SHOP, GARDEN = ProjectName("shop"), ProjectName("garden")
ALICE = PersonId("console:alice")


async def archived(store: Store) -> frozenset[ProjectName]:
    async with store.reading() as unit:
        return await unit.archived_projects.names()


async def test_projects_are_archived_and_taken_back_one_by_one(store: Store) -> None:
    assert await archived(store) == frozenset()
    async with store.transaction() as unit:
        await unit.archived_projects.add(SHOP, by=ALICE)
        await unit.archived_projects.add(GARDEN, by=ALICE)
    assert await archived(store) == {SHOP, GARDEN}
    async with store.transaction() as unit:
        assert await unit.archived_projects.remove(SHOP)
    assert await archived(store) == {GARDEN}


async def test_archiving_twice_is_a_conflict(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.archived_projects.add(SHOP, by=ALICE)
    with pytest.raises(ConflictError):
        async with store.transaction() as unit:
            await unit.archived_projects.add(SHOP, by=PersonId("console:bob"))
    assert await archived(store) == {SHOP}


async def test_taking_back_what_is_not_archived_says_so(store: Store) -> None:
    async with store.transaction() as unit:
        assert not await unit.archived_projects.remove(SHOP)
