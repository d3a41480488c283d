"""Prices from `prices.toml`; the user's own file adds models or replaces their prices."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.documents import Document, checked, toml_of
from config.user_files import SHIPPED
from core.domain.cost import LongPromptPrice, Price, PriceList

FILE_NAME = "prices.toml"
# Read through its text, so that 0.1 in the file means a tenth and not the nearest binary fraction.
Dollars = Annotated[Decimal, Field(ge=0, le=10_000, allow_inf_nan=False)]


class TokenPriceDocument(Document):
    """US dollars per million tokens."""

    input_usd: Dollars
    output_usd: Dollars
    cache_read_usd: Dollars
    cache_write_usd: Dollars


class LongPromptDocument(TokenPriceDocument):
    """What a call costs whose prompt has more than `over_tokens` tokens."""

    over_tokens: Annotated[int, Field(gt=0)]


class PriceDocument(TokenPriceDocument):
    """One model's prices."""

    long_prompt: LongPromptDocument | None = None


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
        prices={prefix: priced(document) for prefix, document in models.items()},
        fallback=priced(own.fallback or shipped.fallback),
    )


def priced(document: PriceDocument) -> Price:
    """The domain's value of one price."""
    long = document.long_prompt
    by_token = _by_token(document)
    if long is None:
        return by_token
    return replace(by_token, long_prompt=LongPromptPrice(over_tokens=long.over_tokens, price=_by_token(long)))


def _by_token(document: TokenPriceDocument) -> Price:
    return Price(
        input_usd=document.input_usd,
        output_usd=document.output_usd,
        cache_read_usd=document.cache_read_usd,
        cache_write_usd=document.cache_write_usd,
    )
