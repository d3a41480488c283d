"""Column types that turn domain values into what both SQLite and Postgres can hold, and back."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from core.domain.conversation import place_at, place_path
from core.domain.identity import Place
from core.store import codec

PICO_PER_USD = Decimal(10**12)

Serial = BigInteger().with_variant(Integer(), "sqlite")
"""64-bit key; SQLite makes a key its row id only when the type is spelled INTEGER."""


class OpenText(TypeDecorator[str]):
    """Any Python string, with NUL and unpaired surrogates escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else codec.escaped_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else codec.unescaped_text(value)


class Words(TypeDecorator[StrEnum]):
    """A member of a StrEnum, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.members(value)


class PlaceText(TypeDecorator[Place]):
    """A place as its path: readable, and the same text for the same place, so that it can be looked up."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Place | None, dialect: Dialect) -> str | None:
        return None if value is None else codec.escaped_text(place_path(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Place | None:
        return None if value is None else place_at(codec.unescaped_text(value))


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite has no zones, so there it is stored without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: stored times are aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON text: of plain values, or of the domain type `hint`. Kept as text, so that every string survives."""

    impl = Text
    cache_ok = True

    def __init__(self, hint: object = None) -> None:
        super().__init__()
        self.hint = hint

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return codec.to_json(value) if self.hint is None else codec.encode(self.hint, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return codec.from_json(value) if self.hint is None else codec.decode(self.hint, value)


class Usd(TypeDecorator[Decimal]):
    """Money as whole picodollars (1e-12 $), so that sums in the database are exact.

    Exact for prices with up to six decimals per million tokens, finer ones are rounded once per row. Holds ±9.2
    million dollars, a sum on SQLite as well.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * PICO_PER_USD).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        # a sum of 64-bit integers is an exact Decimal on Postgres and an int on SQLite
        return None if value is None else Decimal(value) / PICO_PER_USD
