"""Lanes: what is to be acted on, in the order in which each person said it at each place, and nothing twice."""

from collections import deque
from collections.abc import Iterator
from itertools import islice

from adapters.chat.inbound import HomeOpened, Inbound
from core.domain.identity import PersonId, Place

Lane = tuple[PersonId, Place]


class Lanes:
    """What is in hand. The first of a lane is being acted on, or will be next."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, deque[Inbound]] = {}
        self._in_hand: set[str] = set()

    def __iter__(self) -> Iterator[Lane]:
        return iter(tuple(self._lanes))

    def __contains__(self, event_id: object) -> bool:
        return event_id in self._in_hand

    def add(self, inbound: Inbound) -> Lane | None:
        """Put it at the end of its lane, unless it is in hand; the lane when it is a new one, which nobody works on."""
        lane = (inbound.person.id, inbound.place)
        if inbound.event_id in self._in_hand:
            return None
        waiting = self._lanes.get(lane)
        if waiting is None:
            self._lanes[lane] = deque([inbound])
        elif isinstance(inbound, HomeOpened) and _shows_page(waiting):
            return None
        else:
            waiting.append(inbound)
        self._in_hand.add(inbound.event_id)
        return lane if waiting is None else None

    def first(self, lane: Lane) -> Inbound | None:
        """What is next in `lane`; None, and the lane is gone, when nothing is."""
        if waiting := self._lanes.get(lane):
            return waiting[0]
        self._lanes.pop(lane, None)
        return None

    def done(self, lane: Lane) -> None:
        """The first of `lane` was acted on."""
        self._in_hand.discard(self._lanes[lane].popleft().event_id)

    def clear(self) -> dict[str, Inbound]:
        """Let go of everything: what it was, by the ids of the events, in order within each lane."""
        left = {each.event_id: each for lane in self._lanes.values() for each in lane}
        self._lanes.clear()
        self._in_hand.clear()
        return left


def _shows_page(lane: deque[Inbound]) -> bool:
    """Whether the page is drawn anyway after what is under way: drawing it once more would show the same."""
    return any(isinstance(each, HomeOpened) for each in islice(lane, 1, None))
