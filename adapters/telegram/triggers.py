"""What a person did just now and may be answered with a form: for a minute, and with one form."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from adapters.chat.errors import FormExpiredError
from core.domain.identity import Person, Place

OPENS_WITHIN_S = 60.0
"""A form that comes later would surprise. Telegram itself has no such limit: a form is only a message there."""
_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Who made a trigger, and where."""

    person: Person
    place: Place
    until: float


class Triggers:
    """The triggers of the last minute. `clock` counts seconds."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._made: OrderedDict[str, Made] = OrderedDict()

    def make(self, trigger: str, person: Person, place: Place) -> None:
        """Let `trigger` stand for what the person did; what was used stays used."""
        if trigger and trigger not in self._made:
            self._made[trigger] = Made(person=person, place=place, until=self._clock() + OPENS_WITHIN_S)
            while len(self._made) > _MOST:
                self._made.popitem(last=False)

    def use(self, trigger: str) -> Made:
        """Whoever made `trigger`; FormExpiredError when it was used, is too old or never was."""
        made = self._made.pop(trigger, None)
        if made is None or self._clock() >= made.until:
            raise FormExpiredError("That was too long ago for a form.", code="expired_trigger")
        return made
