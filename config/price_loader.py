"""Prices from `prices.toml`, with the days on which they change; the user's own file adds models or replaces theirs."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, cast

from pydantic import BeforeValidator, Field, model_validator

from config.documents import Document, checked, toml_of
from config.user_files import SHIPPED
from core.domain.cost import LongPromptPrice, Price, PriceChange, PriceList, Tariff

FILE_NAME = "prices.toml"
# Read through its text, so that 0.1 in the file means a tenth and not the nearest binary fraction.
Dollars = Annotated[Decimal, Field(ge=0, le=10_000, allow_inf_nan=False)]
KINDS = ("input_usd", "output_usd", "cache_read_usd", "cache_write_usd")


def _moment(value: object) -> datetime:
    """A day of the file is its first moment in UTC; a time says its zone."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time needs its zone, such as 2026-10-07T09:00:00Z.")
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=UTC)
    raise ValueError("must be a day, without quotes: 2026-10-07.")


def _table_of_each(value: object) -> object:
    if isinstance(value, list | tuple):
        return cast("object", value)
    # pydantic turns a ValueError into one of its own
    raise ValueError("each change is a table of its own, in double brackets: [[models.NAME.changes]].")


class TokenPriceDocument(Document):
    """US dollars per million tokens."""

    input_usd: Dollars
    output_usd: Dollars
    cache_read_usd: Dollars
    cache_write_usd: Dollars


class LongPromptDocument(TokenPriceDocument):
    """What a call costs whose prompt has more than `over_tokens` tokens."""

    over_tokens: Annotated[int, Field(gt=0)]


class ChangeDocument(Document):
    """What is different from a day on; what is not named stays as it was."""

    begin: Annotated[datetime, BeforeValidator(_moment), Field(alias="from")]
    input_usd: Dollars | None = None
    output_usd: Dollars | None = None
    cache_read_usd: Dollars | None = None
    cache_write_usd: Dollars | None = None
    long_prompt: LongPromptDocument | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> "ChangeDocument":
        if self.long_prompt is None and not self.amounts:
            raise ValueError(f"names no price. Name what changes: {', '.join(KINDS)} or long_prompt.")
        return self

    @property
    def amounts(self) -> dict[str, Decimal]:
        """The prices of tokens that it names."""
        return {kind: amount for kind in KINDS if (amount := getattr(self, kind)) is not None}


class PriceDocument(TokenPriceDocument):
    """One model's prices: the first ones, and what changed or will change, the earliest first."""

    long_prompt: LongPromptDocument | None = None
    changes: Annotated[tuple[ChangeDocument, ...], BeforeValidator(_table_of_each)] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "PriceDocument":
        for early, late in pairwise(change.begin for change in self.changes):
            if early == late:
                raise ValueError(f"two changes begin on {_shown(late)}. Make them one.")
            if early > late:
                raise ValueError(f"the change of {_shown(late)} stands after that of {_shown(early)}. Earliest first.")
        return self


class UserPricesDocument(Document):
    """A price file in the home: every part may be missing."""

    fallback: PriceDocument | None = None
    models: dict[str, PriceDocument] = Field(default_factory=dict[str, PriceDocument])


class PricesDocument(Document):
    """The shipped price file."""

    fallback: PriceDocument
    models: dict[str, PriceDocument]


def load_prices(home: Path) -> PriceList:
    """The shipped prices with those of `prices.toml` in `home` over them."""
    shipped = checked(PricesDocument, toml_of(SHIPPED / FILE_NAME), source=str(SHIPPED / FILE_NAME))
    path = home / FILE_NAME
    own = checked(UserPricesDocument, toml_of(path) if path.is_file() else {}, source=str(path))
    models = {**shipped.models, **own.models}
    return PriceList(
        tariffs={prefix: tariff(document) for prefix, document in models.items()},
        fallback=tariff(own.fallback or shipped.fallback),
    )


def tariff(document: PriceDocument) -> Tariff:
    """The domain's value of one model's prices."""
    first = price = _priced(document, document.long_prompt)
    changes: list[PriceChange] = []
    for change in document.changes:
        long_prompt = _long(change.long_prompt) or price.long_prompt
        price = replace(price, **change.amounts, long_prompt=long_prompt)
        changes.append(PriceChange(begin=change.begin, price=price))
    return Tariff(first=first, changes=tuple(changes))


def _priced(document: TokenPriceDocument, long_prompt: LongPromptDocument | None = None) -> Price:
    return Price(
        input_usd=document.input_usd,
        output_usd=document.output_usd,
        cache_read_usd=document.cache_read_usd,
        cache_write_usd=document.cache_write_usd,
        long_prompt=_long(long_prompt),
    )


def _long(document: LongPromptDocument | None) -> LongPromptPrice | None:
    return document and LongPromptPrice(over_tokens=document.over_tokens, price=_priced(document))


def _shown(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat()
