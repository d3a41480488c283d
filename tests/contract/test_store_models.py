"""How models stand is stored alike on both databases."""

from dataclasses import fields
from datetime import timedelta

from core.domain.model import ModelStanding
from core.store import Store, tables
from tests.support.values import NOON

HELD = ModelStanding(
    model="claude-opus",
    failures=4,
    limited_until=NOON + timedelta(seconds=90, microseconds=1),
    broken_until=NOON + timedelta(minutes=2),
    reason="529 Overloaded",
)


async def test_a_model_that_never_failed_stands_as_new_and_is_not_listed(store: Store) -> None:
    async with store.reading() as unit:
        assert await unit.models.get("claude-opus") == ModelStanding(model="claude-opus")
        assert await unit.models.all() == {}


async def test_a_standing_comes_back_as_it_was_stored(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.models.save(HELD)
    async with store.reading() as unit:
        assert await unit.models.get("claude-opus") == HELD
        assert await unit.models.all() == {"claude-opus": HELD}


async def test_saving_again_replaces_every_field_of_that_model_only(store: Store) -> None:
    other = ModelStanding(model="claude-haiku", failures=1, reason="A cut stream.")
    async with store.transaction() as unit:
        await unit.models.save(HELD)
        await unit.models.save(other)
    async with store.transaction() as unit:
        await unit.models.save(ModelStanding(model="claude-opus"))
    async with store.reading() as unit:
        assert await unit.models.all() == {"claude-opus": ModelStanding(model="claude-opus"), "claude-haiku": other}


def test_a_table_has_a_column_for_each_field() -> None:
    assert {column.name for column in tables.models.columns} == {field.name for field in fields(ModelStanding)}
    assert all(getattr(HELD, field.name) != field.default for field in fields(ModelStanding))
