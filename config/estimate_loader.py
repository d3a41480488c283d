"""What work is expected to take, from `estimates.toml`; the user's own file replaces single tables of it."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.documents import Document, checked, toml_of
from config.user_files import SHIPPED
from core.domain.role import ResultKind
from core.estimates.priors import BySize, Prior, Priors

FILE_NAME = "estimates.toml"
Positive = Annotated[float, Field(gt=0, le=10_000_000, allow_inf_nan=False)]


class BySizeDocument(Document):
    """One figure for each complexity."""

    simple: Positive
    moderate: Positive
    complex: Positive


class PriorDocument(Document):
    """What a step takes."""

    calls: BySizeDocument
    tokens_in: Positive
    tokens_out: Positive
    cached: Annotated[float, Field(ge=0, le=1)]
    seconds: BySizeDocument
    spread: Annotated[float, Field(gt=1, le=20)]


class EstimatesDocument(Document):
    """Roles by what they hand in, and single roles."""

    results: dict[ResultKind, PriorDocument] = Field(default_factory=dict[ResultKind, PriorDocument])
    roles: dict[str, PriorDocument] = Field(default_factory=dict[str, PriorDocument])


def load_estimates(home: Path) -> Priors:
    """What is shipped, with the tables of `estimates.toml` in `home` over it."""
    shipped = checked(EstimatesDocument, toml_of(SHIPPED / FILE_NAME), source=str(SHIPPED / FILE_NAME))
    path = home / FILE_NAME
    own = checked(EstimatesDocument, toml_of(path) if path.is_file() else {}, source=str(path))
    return Priors(
        roles={name: stated(each) for name, each in {**shipped.roles, **own.roles}.items()},
        results={kind: stated(each) for kind, each in {**shipped.results, **own.results}.items()},
    )


def stated(document: PriorDocument) -> Prior:
    """The core's value of one table."""
    return Prior(
        calls=_by_size(document.calls),
        tokens_in=document.tokens_in,
        tokens_out=document.tokens_out,
        cached=document.cached,
        seconds=_by_size(document.seconds),
        spread=document.spread,
    )


def _by_size(document: BySizeDocument) -> BySize:
    return BySize(simple=document.simple, moderate=document.moderate, complex=document.complex)
