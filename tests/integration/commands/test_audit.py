"""The audit trail read in a chat: by admins, alone, checked each time, and loud when it is broken."""

import pytest
import sqlalchemy as sa

from adapters.chat.card import Card, Table, Text, Tone, Weight
from bot.commands.reply import Private, Reply
from tests.integration.commands.conftest import OPEN, Talk, person

pytestmark = pytest.mark.slack


def card_of(reply: Reply) -> Card:
    """The card of an answer to one person."""
    assert isinstance(reply, Private)
    return reply.card


def rows(card: Card) -> list[tuple[str, ...]]:
    """What stands in its table, without the time."""
    return [row[1:] for part in card.sections if isinstance(part, Table) for row in part.rows]


def notes(card: Card, weight: Weight) -> list[str]:
    """Its texts of this weight."""
    return [part.text for part in card.sections if isinstance(part, Text) and part.weight is weight]


@pytest.fixture
async def written(talk: Talk) -> Talk:
    """Four rows, two of them refusals."""
    async with talk.context.seen.store.transaction() as uow:
        for name in ("dev", "vic"):
            await uow.people.see(person(name).id, name)
    for name, act, subject, allowed in (
        ("dev", "submit", "T3", True),
        ("vic", "cancel", "T1", False),
        ("dev", "approve", "A1", True),
        ("vic", "look", "T3", False),
    ):
        asker = await talk.context.asker(person(name), OPEN, event_id=f"{name} {act}")
        await talk.context.note(asker, act, subject=subject, detail="said so", allowed=allowed)
    return talk


async def test_an_admin_of_everything_sees_it_all_and_that_it_is_whole(written: Talk) -> None:
    card = card_of(await written.says("root", "audit"))
    assert rows(card) == [
        ("vic", "refused: look T3", "said so"),
        ("dev", "approve A1", "said so"),
        ("vic", "refused: cancel T1", "said so"),
        ("dev", "submit T3", "said so"),
    ]
    assert notes(card, Weight.MUTED) == ["The trail is whole: 4 rows, each checked."]


async def test_it_can_be_about_one_person_or_one_task_with_its_approvals(written: Talk) -> None:
    assert [row[0] for row in rows(card_of(await written.says("root", "audit --person @Vic")))] == ["vic", "vic"]
    by_id = card_of(await written.says("root", "audit --person slack:T1/UDEV --limit 1"))
    assert [row[1] for row in rows(by_id)] == ["approve A1"]
    card = card_of(await written.says("dev", "audit --task T3"))
    assert [row[1] for row in rows(card)] == ["refused: look T3", "approve A1", "submit T3"]
    assert "No row fits" in str(card_of(await written.says("root", "audit --person nobody")))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ada", "audit", "The whole trail is for admins of everything. Of one task: audit --task T142"),
        ("vic", "audit --task T1", "You may look in shop, but not manage the project: that takes an admin."),
        ("ada", "audit --task T3", "There is no task T3."),
        ("root", "audit --task build", "'build' is not a task."),
    ],
)
async def test_everybody_else_is_told_what_they_may_ask(written: Talk, name: str, text: str, said: str) -> None:
    card = card_of(await written.says(name, text))
    assert card.title == said
    assert rows(card) == []


async def test_a_broken_chain_is_the_first_thing_that_is_said(written: Talk) -> None:
    async with written.context.seen.store.transaction() as uow:
        await uow.connection.execute(sa.text("UPDATE audit SET allowed = 1 WHERE seq = 2"))
    card = card_of(await written.says("root", "audit"))
    assert card.title == "THE AUDIT TRAIL IS BROKEN: row 2 was changed, taken away or put in."
    assert card.tone is Tone.BAD
    assert notes(card, Weight.PROBLEM) == ["Trust no row from there on. Compare the table audit with a backup."]
