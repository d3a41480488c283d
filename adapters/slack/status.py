"""What goes on in a thread, said at the thread itself: with a Stop button where the workspace has agents' sessions."""

from collections import OrderedDict
from collections.abc import Callable

from adapters.chat.errors import ChatError, MessageGoneError, NotReachableError, RejectedError
from adapters.slack.calls import Calls
from core.domain.identity import Place

SESSIONS = "agents.sessions.setStatus"
"""Shows that work goes on, with a Stop button."""
THREADS = "assistant.threads.setStatus"
"""Shows a line of text for two minutes."""
_MISSING = frozenset(
    {"feature_disabled", "unknown_method", "missing_scope", "not_allowed_token_type", "no_permission", "access_denied"}
)
"""What Slack says when the app or the workspace has no such thing; about one thread it says other things."""
_LONGEST = 100
"""Characters: one line beside the app's name."""
_SAY_AGAIN_S = {SESSIONS: 600.0, THREADS: 60.0}
"""What stands there is not said again before this; the line of text goes by itself after two minutes."""
_MOST_THREADS = 2000


class Status:
    """The status of threads. What the workspace turns out not to have is not asked for again until a restart.

    `clock` counts seconds.
    """

    def __init__(self, calls: Calls, *, clock: Callable[[], float]) -> None:
        self._calls = calls
        self._clock = clock
        self._ways: tuple[str, ...] = (SESSIONS, THREADS)
        self._standing: OrderedDict[Place, tuple[str, float]] = OrderedDict()

    @property
    def possible(self) -> bool:
        """Whether there is a way that did not turn out to be missing."""
        return bool(self._ways)

    async def show(self, place: Place, text: str) -> None:
        """Say `text` at the thread, '' for nothing any more. Where Slack cannot, nothing happens."""
        while place.thread and self._ways:
            way = self._ways[0]
            said = ("processing" if text else "active") if way == SESSIONS else text[:_LONGEST]
            if self._stands(place, said, for_s=_SAY_AGAIN_S[way]):
                return
            try:
                await self._calls.call(
                    way, repeatable=True, channel_id=place.channel, thread_ts=place.thread, status=said
                )
            except ChatError as error:
                if error.code in _MISSING:
                    # another caller may have found out meanwhile
                    self._ways = tuple(each for each in self._ways if each != way)
                    continue
                if not isinstance(error, (NotReachableError, RejectedError, MessageGoneError)):
                    raise
                # else it is this thread that cannot show it, and will not be able to in a moment
            self._note(place, said)
            return

    def _stands(self, place: Place, said: str, *, for_s: float) -> bool:
        before, at = self._standing.get(place, ("-", 0.0))
        return before == said and self._clock() - at < for_s

    def _note(self, place: Place, said: str) -> None:
        self._standing[place] = (said, self._clock())
        self._standing.move_to_end(place)
        while len(self._standing) > _MOST_THREADS:
            self._standing.popitem(last=False)
