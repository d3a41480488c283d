"""People on cards: by the name their chat gives them, else by their bare id."""

from collections.abc import Mapping

from bot.cards.words import line
from core.domain.identity import PersonId

Names = Mapping[PersonId, str]
NOBODY: Names = {}


def shown_person(person: PersonId | None, names: Names = NOBODY) -> str:
    """`alice`, or of `slack:T1/U2` without a name `U2`; '' for nobody."""
    if person is None:
        return ""
    return line(names.get(person, "") or person.rpartition(":")[2].rpartition("/")[2], 40)
