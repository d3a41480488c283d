"""The port for a model that reads what the rules do not understand, and may only hand back a typed query."""

from dataclasses import dataclass
from typing import Protocol

from core.costs.query import Query
from core.costs.words.known import Known
from core.domain.identity import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question on its way to a model. `text` is data, whatever it says."""

    text: str
    known: Known
    asker: PersonId
    last: Query | None = None
    """What was asked before in the same place, for follow-ups."""


class QuestionReader(Protocol):
    """Reads questions. What reading costs is in the ledger."""

    async def read(self, reading: Reading) -> Query | None:
        """The typed query; None when it is no question of this kind, or cannot be read in time."""
        ...
