"""What the inbox must not keep, and what must not stop it."""

import asyncio
from pathlib import Path

import pytest

from adapters.chat.inbound import FormSubmitted, Inbound, MessageReceived
from bot.inbox import Inbox
from core.domain.conversation import Thread
from core.domain.identity import Person, PersonId, Place, task_id
from core.masking import SecretMask
from core.store.store import Store
from tests.conftest import OpenStore
from tests.integration.conversation.test_inbox import Acts, running, said, settled
from tests.support.clock import FakeClock
from tests.support.engine import copied_database
from tests.support.values import a_task

pytestmark = pytest.mark.slack

KEY = "sk-ant-abcdefghijklmnop"


@pytest.fixture
async def store(tmp_path: Path, sqlite_template: Path, open_store: OpenStore) -> Store:
    return await open_store(copied_database(sqlite_template, tmp_path))


@pytest.fixture
def acts() -> Acts:
    return Acts()


def written(event: str, *, thread: str, mention: bool = False, direct: bool = False, text: str = "hm") -> Inbound:
    return MessageReceived(
        event_id=event,
        person=Person(id=PersonId("memory:S1/alice"), name="alice"),
        place=Place(platform="memory", space="S1", channel="C1", thread=thread),
        text=text,
        message=event,
        mentions_us=mention,
        direct=direct,
    )


async def kept(store: Store) -> dict[str, str]:
    """Everything that is in the database, by event."""
    async with store.reading() as uow:
        return {each.event_id: str(each.said) for each in await uow.hearings.waiting("memory", limit=100)}


async def test_what_people_say_to_each_other_is_not_kept_at_all(store: Store, acts: Acts, clock: FakeClock) -> None:
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(1))
        ours = Place(platform="memory", space="S1", channel="C1", thread="ours")
        await uow.threads.set(Thread(task=task_id(1), place=ours))
    inbox = Inbox(store=store, act=acts, platform="memory", clock=clock)

    await inbox.hear(written("chatter", thread="theirs"))
    await inbox.hear(written("in our thread", thread="ours"))
    await inbox.hear(written("called", thread="theirs", mention=True))
    await inbox.hear(written("alone", thread="", direct=True))

    assert list(await kept(store)) == ["in our thread", "called", "alone"]


async def test_no_secret_lies_in_the_database_because_somebody_pasted_it(
    store: Store,
    acts: Acts,
    clock: FakeClock,
) -> None:
    inbox = Inbox(store=store, act=acts, platform="memory", clock=clock, mask=SecretMask([]).mask)
    person, place = Person(id=PersonId("memory:S1/alice"), name="alice"), Place(platform="memory", space="S1")

    await inbox.hear(said("typed", text=f"use {KEY} please"))
    await inbox.hear(written("written", thread="", direct=True, text=KEY))
    await inbox.hear(
        FormSubmitted(event_id="form", person=person, place=place, token="sk-token", values={"why": f"as {KEY}"})
    )

    rows = await kept(store)
    assert sorted(rows) == ["form", "typed", "written"]
    assert all(KEY not in row and "•••" in row for row in rows.values())
    assert "sk-token" in rows["form"]


async def test_what_cannot_be_kept_spoils_nothing_that_comes_after(store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = Inbox(store=store, act=acts, platform="memory", clock=clock)
    poison = said("poison")
    object.__setattr__(poison, "event_id", 7j)  # no database takes it

    async with running(inbox):
        await asyncio.gather(inbox.hear(poison), return_exceptions=True)
        async with asyncio.timeout(90):
            await inbox.hear(said("e1"))
        await acts.until(lambda: acts.names == ["e1"])


async def test_any_characters_can_be_said(store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = Inbox(store=store, act=acts, platform="memory", clock=clock)
    async with running(inbox):
        await inbox.hear(said("e\ud800", text="a\x00b\ud800c\U0001f600"))
        await settled(store)

    assert [getattr(each, "text", "") for each in acts.done] == ["a\x00b\ud800c\U0001f600"]


async def test_a_cancellation_inside_one_message_does_not_silence_its_writer(store: Store, clock: FakeClock) -> None:
    heard: list[str] = []
    done = asyncio.Event()

    async def act(inbound: Inbound) -> None:
        heard.append(inbound.event_id)
        if inbound.event_id == "e1":
            raise asyncio.CancelledError
        done.set()

    inbox = Inbox(store=store, act=act, platform="memory", clock=clock)
    async with running(inbox):
        await inbox.hear(said("e1"))
        await inbox.hear(said("e2"))
        async with asyncio.timeout(90):
            await done.wait()
        await settled(store)

    assert heard == ["e1", "e2"]
