"""The audit trail is one chain, however many write it, and shows what was tampered with, on both databases."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.domain.audit import BEGINNING, AuditEntry, entry_hash, first_broken
from core.domain.identity import PersonId, Place
from core.store import Store
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.values import NOON

pytestmark = pytest.mark.slack

ALICE, BOB = PersonId("slack:T0123/U1"), PersonId("slack:T0123/U2")
THREAD = Place(platform="slack", space="T0123", channel="C0456", thread="1.2")


async def append(store: Store, number: int = 0, *, actor: PersonId = ALICE) -> AuditEntry:
    async with store.transaction() as unit:
        return await unit.audit.append(actor=actor, act="approve", subject=f"A{number}", allowed=True)


async def trail(store: Store) -> list[AuditEntry]:
    async with store.reading() as unit:
        return (await unit.audit.entries(1000))[::-1]


async def broken(store: Store) -> int | None:
    async with store.reading() as unit:
        return await unit.audit.first_broken()


async def tamper(store: Store, statement: str) -> None:
    async with store.transaction() as unit:
        await unit.connection.execute(sa.text(statement))


async def test_a_row_comes_back_as_it_was_written_and_fits_its_hash(store: Store) -> None:
    detail = "ünsafe \x00 \ud800"
    async with store.transaction() as unit:
        written = await unit.audit.append(
            actor=ALICE, act="deny", subject="A17", place=THREAD, allowed=False, detail=detail
        )
    (read,) = await trail(store)
    assert read == written
    assert (read.seq, read.at, read.place, read.detail) == (1, NOON, "slack/T0123/C0456/1.2", detail)
    assert (read.previous, read.hash) == (BEGINNING, entry_hash(read))


async def test_the_newest_rows_come_first_and_only_those_by_somebody_or_about_something_when_asked(
    store: Store,
) -> None:
    for number, actor in enumerate([ALICE, BOB, ALICE], start=1):
        await append(store, number, actor=actor)
    async with store.reading() as unit:
        assert [entry.seq for entry in await unit.audit.entries(2)] == [3, 2]
        assert [entry.seq for entry in await unit.audit.entries(10, by=[ALICE])] == [3, 1]
        assert [entry.seq for entry in await unit.audit.entries(10, about=["A2", "A3"])] == [3, 2]


async def test_rows_written_by_several_processes_at_once_are_one_chain(store: Store, open_store: OpenStore) -> None:
    stores = [store, await open_store(store.url)]
    await asyncio.gather(*(append(stores[number % 2], number) for number in range(20)))
    entries = await trail(store)
    assert [entry.seq for entry in entries] == list(range(1, 21))
    assert first_broken(entries) is None
    assert await broken(store) is None


async def test_several_rows_of_one_unit_are_a_chain_and_undone_together(store: Store) -> None:
    await append(store)
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as unit:
            await unit.audit.append(actor=BOB, act="cancel", allowed=True)
            raise ZeroDivisionError
    async with store.transaction() as unit:
        await unit.audit.append(actor=BOB, act="cancel", allowed=True)
        await unit.audit.append(actor=BOB, act="cancel", allowed=False)
    assert [entry.seq for entry in await trail(store)] == [1, 2, 3]
    assert await broken(store) is None


async def test_an_empty_trail_is_sound(store: Store) -> None:
    assert await broken(store) is None


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE audit SET actor = 'slack:T0123/U9' WHERE seq = 3", 3),
        ("UPDATE audit SET at = '2026-03-01 12:00:01.000000' WHERE seq = 1", 1),
        ("UPDATE audit SET hash = previous WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq >= 4", 4),
        ("DELETE FROM audit", 1),
        ("UPDATE counters SET value = 2 WHERE name = 'audit'", 3),
    ],
)
async def test_the_first_row_that_was_tampered_with_is_found(store: Store, statement: str, first: int) -> None:
    for number in range(5):
        await append(store, number)
    await tamper(store, statement)
    assert await broken(store) == first


async def refuse(store: Store, *, actor: PersonId = ALICE, place: Place = THREAD, detail: str = "No.") -> AuditEntry:
    async with store.transaction() as unit:
        return await unit.audit.append(actor=actor, act="home_opened", place=place, allowed=False, detail=detail)


async def test_whoever_knocks_all_day_is_written_down_once_an_hour(store: Store, clock: FakeClock) -> None:
    for _ in range(150):
        clock.advance(minutes=1)
        await refuse(store)
    rows = await trail(store)
    assert [(row.at - rows[0].at).total_seconds() for row in rows] == [0, 3600, 7200]
    assert await broken(store) is None


async def test_another_person_place_or_reason_is_another_refusal(store: Store) -> None:
    first = await refuse(store)
    others = [
        await refuse(store, actor=BOB),
        await refuse(store, place=replace(THREAD, thread="")),
        await refuse(store, detail="Not there either."),
    ]
    assert await refuse(store) == first
    assert await trail(store) == [first, *others]


async def test_what_was_allowed_is_always_written_down(store: Store) -> None:
    await append(store, 1)
    await append(store, 1)
    assert len(await trail(store)) == 2
