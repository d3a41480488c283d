"""What the bot is told: kept until it is confirmed, handed out to whoever polls; doubled, held, reordered at will."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.message import Json
from tests.platforms.telegram.world import Bell

KEPT_S = 24 * 3600.0
"""Updates wait this long for the bot: core.telegram.org/bots/api#getting-updates."""
NUMBERED_ANEW_S = 7 * 24 * 3600.0
"""After so long a silence ids go on anywhere: core.telegram.org/bots/api#update."""
ONLY_WHEN_ASKED = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
_OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
_OTHER_WAY = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update; `payload` carries the update's id, too."""

    id: int
    kind: str
    payload: Json
    at: float


@dataclass(slots=True, kw_only=True)
class _Poll:
    """Somebody who waits for updates."""

    alive: Callable[[], bool]
    """Whether the connection still stands."""
    ended: str = ""
    """Why it must stop waiting."""
    dropped: bool = False


@dataclass(slots=True, kw_only=True)
class Updates:
    """The queue of one bot. `webhook` is the address they are sent to; '' while they are polled."""

    now: Callable[[], float]
    bell: Bell
    webhook: str = ""
    allowed: frozenset[str] | None = None
    """The kinds the bot asked for; None for all but those of ONLY_WHEN_ASKED."""
    twice: bool = False
    """Whether what was confirmed comes once more, as after a confirmation that got lost."""
    pending: list[Update] = field(default_factory=list[Update])
    told: list[Update] = field(default_factory=list[Update])
    """Everything the bot was to be told, in order."""
    conflicts: int = 0
    """How often two asked for updates at the same time."""
    _again: list[Update] = field(default_factory=list[Update])
    _repeated: set[int] = field(default_factory=set[int])
    _held: list[Update] | None = None
    _poll: _Poll | None = None
    _closed: bool = False
    _next: int = 700_000_001

    @property
    def polled(self) -> bool:
        """Whether somebody waits for updates."""
        return self._poll is not None and self._poll.alive()

    @property
    def quiet(self) -> bool:
        """Whether the bot has confirmed everything."""
        return not (self.pending or self._again or self._held)

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for updates of this kind."""
        return kind not in ONLY_WHEN_ASKED if self.allowed is None else kind in self.allowed

    def add(self, kind: str, payload: Json) -> Update | None:
        """Something happened that the bot is to be told of; None when it never asked for that."""
        if not self.wants(kind):
            return None
        if self.told and self.now() - self.told[-1].at > NUMBERED_ANEW_S:
            self._next //= 2
        update = Update(id=self._next, kind=kind, payload={"update_id": self._next, kind: payload}, at=self.now())
        self._next += 1
        self.told.append(update)
        (self.pending if self._held is None else self._held).append(update)
        self.bell.ring()
        return update

    def hold(self) -> None:
        """Keep back what happens from now on, until `release`."""
        self._held = []

    def release(self, order: Callable[[list[Update]], Iterable[Update]] = list) -> None:
        """Hand out what was held in this order, such as `reversed`."""
        held, self._held = self._held or [], None
        self.pending += order(held)
        self.bell.ring()

    def repeat(self, last: int = 1) -> None:
        """Send the last ones once more, with the same ids, as after a confirmation that got lost."""
        self._again += self.told[-last:]
        self.bell.ring()

    def forget(self) -> None:
        """Drop everything that waits."""
        self.pending, self._again = [], []
        self.bell.ring()

    def firsts(self) -> dict[int, Update]:
        """What a webhook is sent next, of each chat: those of one chat go one after the other."""
        waiting: dict[int, Update] = {}
        for update in self._waiting():
            waiting.setdefault(_chat_of(update), update)
        return waiting

    def confirm(self, update: Update) -> None:
        """A webhook took it."""
        if update in self._again:
            self._again.remove(update)
        else:
            self._confirm(lambda each: each.id == update.id)
        self.bell.ring()

    async def poll(self, *, offset: int, limit: int, timeout_s: float, alive: Callable[[], bool]) -> list[Json]:
        """getUpdates: what there is, at once or within `timeout_s`.

        RefusedError when it has to make way, ConnectionResetError when the connection is to break.
        """
        if self.webhook:
            raise RefusedError(_OTHER_WAY, code=409)
        if offset < 0:
            self._confirm(lambda each: each not in self.pending[offset:])
        elif offset <= self._next:
            # an id from before a long silence confirms nothing: bots that keep it go on hearing
            self._confirm(lambda each: each.id < offset)
        self.conflicts += self.polled
        self.end_poll(_OTHER_POLL)
        mine = self._poll = _Poll(alive=alive)
        self.bell.ring()
        try:
            async with asyncio.timeout(timeout_s):
                while not (self._waiting() or mine.ended or mine.dropped or self._closed):
                    await self.bell.wait()
        except TimeoutError:
            pass
        finally:
            self._poll = None if self._poll is mine else self._poll
        if mine.ended:
            raise RefusedError(mine.ended, code=409)
        if mine.dropped:
            raise ConnectionResetError
        batch = self._waiting()[:limit]
        self._again = [each for each in self._again if each not in batch]
        return [each.payload for each in batch]

    def end_poll(self, why: str) -> None:
        """Whoever waits is sent away."""
        if self._poll is not None:
            self._poll.ended, self._poll = why, None
            self.bell.ring()

    def drop_poll(self) -> None:
        """The connection of whoever waits breaks; what happens next waits for the next one."""
        if self._poll is not None:
            self._poll.dropped, self._poll = True, None
            self.bell.ring()

    def close(self) -> None:
        """Whoever waits gets nothing more."""
        self._closed = True
        self.bell.ring()

    def _waiting(self) -> list[Update]:
        self.pending = [each for each in self.pending if self.now() - each.at < KEPT_S]
        return [*self._again, *self.pending]

    def _confirm(self, which: Callable[[Update], bool]) -> None:
        confirmed = [each for each in self.pending if which(each)]
        self.pending = [each for each in self.pending if each not in confirmed]
        if self.twice:
            self._again += [each for each in confirmed if each.id not in self._repeated]
            self._repeated |= {each.id for each in confirmed}
        self.bell.ring()


def _chat_of(update: Update) -> int:
    said: Json = update.payload[update.kind]
    chat: Json = said.get("chat") or said.get("message", {}).get("chat") or {}
    return int(chat.get("id", 0))
