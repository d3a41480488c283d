"""Threads, and cards that are kept true, are stored alike on both databases."""

import asyncio
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from core.domain.conversation import PostedCard, Thread
from core.domain.errors import ConflictError, NotFoundError
from core.domain.identity import Place, task_id
from core.store import Store, chat_tables
from tests.support.values import NOON, T1, a_task

pytestmark = pytest.mark.slack

CHANNEL = Place(platform="slack", space="T0123", channel="C0456")
THREAD = replace(CHANNEL, thread="1700000000.000100")
DIRECT = Place(platform="slack", space="T0123", channel="D0789")


def a_card(key: str = "T1:card", place: Place = CHANNEL, **changes: object) -> PostedCard:
    card = PostedCard(key=key, place=place, message="1700000000.000100", thread=THREAD, posted_at=NOON)
    return replace(card, **changes)  # type: ignore[arg-type]


async def stale(store: Store, *, platform: str = "slack", limit: int = 100) -> list[PostedCard]:
    async with store.reading() as unit:
        return await unit.cards.stale(platform, limit)


async def test_a_thread_is_found_by_its_task_and_by_its_place(store: Store) -> None:
    thread = Thread(task=T1, place=THREAD, message="1700000000.000100", url="https://shop.example/p1")
    async with store.transaction() as unit:
        await unit.tasks.add(a_task(1))
        assert await unit.threads.of(T1) is None
        await unit.threads.set(replace(thread, place=CHANNEL, url=""))
        await unit.threads.set(thread)
    async with store.reading() as unit:
        assert await unit.threads.of(T1) == thread
        assert await unit.threads.at(THREAD) == thread
        assert await unit.threads.at(CHANNEL) is None
        assert await unit.threads.at(replace(THREAD, space="T9")) is None


async def test_of_several_tasks_in_one_thread_the_newest_is_meant(store: Store) -> None:
    async with store.transaction() as unit:
        for number in (2, 10, 9):
            await unit.tasks.add(a_task(number))
            await unit.threads.set(Thread(task=task_id(number), place=THREAD))
    async with store.reading() as unit:
        found = await unit.threads.at(THREAD)
    assert found is not None
    assert found.task == "T10"


async def test_a_thread_belongs_to_a_task_that_exists(store: Store) -> None:
    with pytest.raises(ConflictError):
        async with store.transaction() as unit:
            await unit.threads.set(Thread(task=T1, place=THREAD))


async def test_a_card_comes_back_as_it_was_posted(store: Store) -> None:
    odd = Place(platform="slack", space="T/0%1", channel="C 2", thread="")
    card = a_card(place=odd, wanted_seq=7, drawn_seq=5, gone=True, posted_at=NOON + timedelta(microseconds=1))
    async with store.transaction() as unit:
        assert await unit.cards.add(card)
    async with store.reading() as unit:
        assert await unit.cards.get(card.key, odd) == card
        assert await unit.cards.of(card.key) == [card]
        with pytest.raises(NotFoundError):
            await unit.cards.get(card.key, CHANNEL)


async def test_a_card_stands_once_at_a_place_and_at_several_places(store: Store) -> None:
    async with store.transaction() as unit:
        assert await unit.cards.add(a_card("A17"))
        assert not await unit.cards.add(a_card("A17", message="another"))
        assert await unit.cards.add(a_card("A17", DIRECT, posted_at=NOON + timedelta(seconds=1)))
        assert [card.place for card in await unit.cards.of("A17")] == [CHANNEL, DIRECT]
        assert (await unit.cards.get("A17", CHANNEL)).message == a_card().message


async def test_a_change_is_wanted_wherever_the_card_stands_and_never_taken_back(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.cards.add(a_card("A17"))
        await unit.cards.add(a_card("A17", DIRECT))
        await unit.cards.add(a_card("A18"))
        await unit.cards.want("A17", 5)
        await unit.cards.want("A17", 3)
        await unit.cards.want("nothing", 9)
        assert {card.wanted_seq for card in await unit.cards.of("A17")} == {5}
    assert {card.key for card in await stale(store)} == {"A17"}


async def test_drawing_a_card_does_not_lose_what_was_wanted_meanwhile(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.cards.add(a_card(wanted_seq=4))
        read = await unit.cards.get("T1:card", CHANNEL)
    async with store.transaction() as unit:
        await unit.cards.want("T1:card", 6)
    async with store.transaction() as unit:
        await unit.cards.save(replace(read, drawn_seq=4))
    (left,) = await stale(store)
    assert (left.wanted_seq, left.drawn_seq) == (6, 4)
    async with store.transaction() as unit:
        await unit.cards.save(replace(left, drawn_seq=6))
    assert await stale(store) == []


async def test_a_card_that_was_never_posted_cannot_be_saved(store: Store) -> None:
    with pytest.raises(NotFoundError):
        async with store.transaction() as unit:
            await unit.cards.save(a_card())


async def test_stale_cards_come_longest_out_of_date_first_and_gone_ones_never(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.cards.add(a_card("T3:card", wanted_seq=9, drawn_seq=8))
        await unit.cards.add(a_card("T2:card", wanted_seq=3))
        await unit.cards.add(a_card("T4:card", wanted_seq=5, drawn_seq=5))
        await unit.cards.add(a_card("T5:card", wanted_seq=2, gone=True))
        await unit.cards.add(a_card("T6:card", replace(CHANNEL, platform="discord"), wanted_seq=1))
    assert [card.key for card in await stale(store)] == ["T2:card", "T3:card"]
    assert [card.key for card in await stale(store, limit=1)] == ["T2:card"]
    assert [card.key for card in await stale(store, platform="discord")] == ["T6:card"]


async def test_a_message_is_known_in_whichever_thread_it_is_met(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.cards.add(a_card("T1:card", CHANNEL, message="1.1"))
        await unit.cards.add(a_card("A17", THREAD, message="1.2"))
    async with store.reading() as unit:
        assert [await key_at(unit.cards, place, "1.1") for place in (CHANNEL, THREAD)] == ["T1:card", "T1:card"]
        assert [await key_at(unit.cards, place, "1.2") for place in (CHANNEL, THREAD)] == ["A17", "A17"]
        assert await key_at(unit.cards, DIRECT, "1.1") is None
        assert await key_at(unit.cards, replace(CHANNEL, space="T9"), "1.1") is None


async def key_at(cards: object, place: Place, message: str) -> str | None:
    found = await cards.at(place, message)  # type: ignore[attr-defined]
    return None if found is None else found.key


async def test_cards_wanted_by_many_at_once_end_with_the_newest(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.cards.add(a_card())

    async def want(seq: int) -> None:
        async with store.transaction() as unit:
            await unit.cards.want("T1:card", seq)

    await asyncio.gather(*(want(seq) for seq in (3, 8, 5, 1, 7)))
    async with store.reading() as unit:
        assert (await unit.cards.get("T1:card", CHANNEL)).wanted_seq == 8


def test_tables_have_a_column_for_each_field() -> None:
    for table, value in ((chat_tables.cards, PostedCard), (chat_tables.threads, Thread)):
        assert {field.name for field in fields(value)} <= {column.name for column in table.columns}
