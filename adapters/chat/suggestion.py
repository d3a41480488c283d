"""What somebody who types a value may mean."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.domain.identity import Person, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One value, and what stands beside it in the list: `T142`, `T142 · Fix the login`."""

    value: str
    label: str


Suggest = Callable[[str, str, Person, Place], Awaitable[Sequence[Suggestion]]]
"""Given the kind of value (`task`, `approval`, `project`, `workflow`, `template`, `model`), what is typed by now, who
types and where: what they may mean, best first. Never what the person may not see."""


async def no_suggestions(kind: str, typed: str, person: Person, place: Place) -> Sequence[Suggestion]:
    """Nothing: people type it themselves."""
    return ()
