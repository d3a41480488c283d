"""Where the last question of each person in each place is kept, so that "and last week?" knows what it is about."""

from core.domain.conversation import place_path
from core.domain.identity import PersonId, Place

REMEMBERED_S = 3600.0
"""How long it is."""
MEMORY = "questions"
"""What stands for the platform among the values that are kept."""
_MOST_LETTERS = 80


def memory_key(person: PersonId, place: Place) -> str:
    """Under which key."""
    return f"{person} {place_path(place)}"


def may_go_on(text: str, place: Place) -> bool:
    """Whether words nobody said to us may go on from a question all the same: short ones, in a thread, that ask."""
    return bool(place.thread) and text.rstrip().endswith("?") and len(text) <= _MOST_LETTERS
