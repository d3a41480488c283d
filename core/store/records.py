"""Domain values as rows: for tables whose columns are named like the fields of the value they hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, RowMapping, Select, Table, and_, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.errors import NotFoundError

Value = TypeVar("Value")


class Records(Generic[Value]):
    """Reads and writes the values of one dataclass in one table. `kind` is what people call such a value.

    With `locking`, a value read alone stays locked until the transaction ends, so that changing and saving it loses
    nobody else's change. (SQLite holds the one write lock anyway.)
    """

    def __init__(
        self, connection: AsyncConnection, table: Table, of: type[Value], *, kind: str, hint: str, locking: bool
    ) -> None:
        self._connection = connection
        self._table = table
        self._of = of
        self._kind = kind
        self._hint = hint
        self._locking = locking
        self._columns = _columns(table, of)
        self._key = list(table.primary_key.columns)

    def select(self) -> Select[Any]:
        """A query for values, to be narrowed and ordered."""
        return _selection(self._table, self._of)

    async def add(self, values: Sequence[Value]) -> None:
        """Insert new values."""
        if values:
            await self._connection.execute(insert(self._table), [self.row(value) for value in values])

    async def add_once(self, row: Mapping[str, object]) -> bool:
        """Insert `row` unless one with the same key, whichever key, is there; then False, and nothing changes."""
        done = await self._connection.execute(self._insert()(self._table).values(row).on_conflict_do_nothing())
        return done.rowcount == 1

    async def put(self, row: Mapping[str, object], *, leave: Collection[str] = ()) -> None:
        """Insert `row`, or replace the one with the same primary key, whose columns `leave` stay as they are."""
        key = [column.name for column in self._key]
        changes = {name: value for name, value in row.items() if name not in leave}
        statement = self._insert()(self._table).values(row)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changes))

    async def all(self, query: Select[Any]) -> list[Value]:
        """The values `query` finds."""
        rows = await self._connection.execute(query)
        return [self._value(row) for row in rows.mappings()]

    async def first(self, query: Select[Any]) -> Value | None:
        """The first value `query` finds, locked when this transaction writes."""
        if self._locking:
            # key_share: rows that refer to this one can still be added meanwhile
            query = query.with_for_update(key_share=True, of=self._table)
        row = (await self._connection.execute(query.limit(1))).mappings().first()
        return None if row is None else self._value(row)

    async def get(self, *key: str) -> Value:
        """The value with this primary key; NotFoundError when there is none."""
        found = await self.first(self.select().where(self._is(key)))
        if found is None:
            raise self.missing(*key)
        return found

    async def save(self, value: Value) -> None:
        """Replace the stored value that has the same primary key; NotFoundError when there is none."""
        row = self.row(value)
        key = [row[column.name] for column in self._key]
        changed = await self._connection.execute(update(self._table).where(self._is(key)).values(row))
        if changed.rowcount == 0:
            raise self.missing(*map(str, key))

    def missing(self, *key: str) -> NotFoundError:
        """The error that says so."""
        return NotFoundError(self._kind, " ".join(key), hint=self._hint)

    def _insert(self) -> type[postgresql.Insert | sqlite.Insert]:
        return postgresql.Insert if self._connection.dialect.name == "postgresql" else sqlite.Insert

    def _is(self, key: Sequence[object]) -> ColumnElement[bool]:
        return and_(*(column == part for column, part in zip(self._key, key, strict=True)))

    def row(self, value: Value) -> dict[str, object]:
        """The columns of `value`'s fields."""
        return {column.name: getattr(value, column.name) for column in self._columns}

    def _value(self, row: RowMapping) -> Value:
        return self._of(**row)


@cache
def _columns(table: Table, of: type[Any]) -> tuple[Column[Any], ...]:
    """The columns of the fields; worked out once, because every unit of work asks for those of every table."""
    return tuple(table.c[field.name] for field in fields(of))


@cache
def _selection(table: Table, of: type[Any]) -> Select[Any]:
    return select(*_columns(table, of))
