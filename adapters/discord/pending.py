"""What somebody did and waits to be answered: Discord takes a first answer for three seconds, others for 15 minutes."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum, auto

from adapters.discord import limits
from core.domain.identity import PersonId, Place

MOST = 2_000
"""Interactions kept at once."""
MARGIN_S = 30.0
"""So much before its end a token is not used any more."""


class Stage(Enum):
    """How far the answer to an interaction is."""

    OPEN = auto()
    """Nothing was answered; a form can be opened."""
    THINKING = auto()
    """Put off: the person sees that something goes on until the first answer takes its place."""
    QUIET = auto()
    """Put off, or answered: the person sees nothing that waits. Further answers follow."""
    GONE = auto()
    """Discord does not know it any more."""


@dataclass(slots=True, kw_only=True, eq=False)
class Pending:
    """One interaction. `shows` says whether the person sees that an answer is waited for once it is put off."""

    id: str
    token: str = field(repr=False)
    person: PersonId
    place: Place
    shows: bool
    at_s: float
    """When it came, by the clock."""
    message: str = ""
    """The message whose button it was."""
    stage: Stage = Stage.OPEN
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once people can see what came of it, or may."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once nothing more can come that has to be the first answer, such as a form."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One answer at a time."""

    def settle(self) -> None:
        """What came of it is there to see."""
        self.answered.set()
        self.settled.set()

    def lives(self, now_s: float) -> bool:
        """Whether it can still be answered."""
        return self.stage is not Stage.GONE and now_s - self.at_s < limits.TOKEN_LIVES_S - MARGIN_S


class Waiting:
    """The interactions of the last minutes."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Pending] = OrderedDict()

    def add(self, pending: Pending) -> None:
        """Keep it; the oldest gives way."""
        self._all[pending.id] = pending
        while len(self._all) > MOST:
            self._all.popitem(last=False)

    def find(self, interaction: str) -> Pending | None:
        """The one with this id."""
        return self._all.get(interaction)

    def of(self, person: PersonId, place: Place, now_s: float) -> Pending | None:
        """The one by which `person` can be shown something at `place`: the oldest that waits there, else the newest."""
        mine = [each for each in self._all.values() if each.person == person and each.lives(now_s)]
        # who is in a thread does not see what is shown in its channel, nor the other way round
        here = [each for each in mine if each.place == place]
        waiting = [each for each in here if not each.answered.is_set()]
        return next(iter(waiting), None) or next(reversed(here), None)

    def open(self) -> list[Pending]:
        """Those to which nothing was answered."""
        return [each for each in self._all.values() if each.stage is Stage.OPEN]

    def at(self, place: Place) -> list[Pending]:
        """Those that wait for an answer in the channel of `place`."""
        return [
            each
            for each in self._all.values()
            if not each.answered.is_set() and (each.place.space, each.place.channel) == (place.space, place.channel)
        ]
