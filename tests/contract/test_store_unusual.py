"""Unusual spending is kept once for each thing, and found by time and project, on both databases."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.domain.identity import task_id
from core.domain.period import day
from core.domain.unusual import Oddity, Unusual
from core.store import Store
from tests.support.values import NOON

pytestmark = pytest.mark.money

SEEN = Unusual(
    key="task:T1",
    kind=Oddity.TASK,
    project="shop",
    task=task_id(1),
    about="T1",
    found=Decimal("4.200000000001"),
    usual=Decimal("1.35"),
    over=12,
    at=NOON,
)
CACHE = replace(
    SEEN, key="cache:docs", kind=Oddity.CACHE, project="docs", found=Decimal("0.313131313131"), usual=Decimal("0.78"),
    at=NOON - timedelta(days=1),
)  # fmt: skip


async def test_each_thing_is_seen_once(store: Store) -> None:
    async with store.transaction() as uow:
        assert await uow.unusual.see(SEEN)
        assert await uow.unusual.see(CACHE)
    async with store.transaction() as uow:
        assert not await uow.unusual.see(replace(SEEN, found=Decimal(9)))
    async with store.reading() as uow:
        assert await uow.unusual.within(None, projects=None) == [SEEN, CACHE]


async def test_what_was_seen_is_found_by_time_and_project(store: Store) -> None:
    async with store.transaction() as uow:
        await uow.unusual.see(SEEN)
        await uow.unusual.see(CACHE)
    async with store.reading() as uow:
        assert await uow.unusual.within(day(NOON, "UTC"), projects=None) == [SEEN]
        assert await uow.unusual.within(None, projects={"docs"}) == [CACHE]
        assert await uow.unusual.within(None, projects=()) == []
