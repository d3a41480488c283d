"""Carries what waits in the inbox to one agent: each message is said once, and known to be heard when it is stored.

Messages are handed to the CLI only between two turns of the model, from inside a hook, never while a tool runs: so
none lies in the CLI's own queue when a call is deferred or the run ends.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from adapters.claude import briefing
from adapters.claude.transcript import Entry, words
from core.agents.runner import AgentInbox, AgentMessage
from core.domain.identity import MessageId

Say = Callable[[str], Awaitable[None]]


class Delivery:
    """The messages of one run, over all processes it takes. Without an inbox there are none."""

    def __init__(self, inbox: AgentInbox | None) -> None:
        self._inbox = inbox
        self._waiting: deque[AgentMessage] = deque()
        self._said: dict[MessageId, AgentMessage] = {}
        self._heard: deque[MessageId] = deque()
        self._known = ""

    def begin(self, known: str) -> None:
        """A process begins on a session in which `known` was said; what an earlier one has not heard waits again."""
        self._known = known
        self._waiting.extendleft(reversed(self._said.values()))
        self._said.clear()

    async def collect(self) -> None:
        """Take messages out of the inbox as they come; ends when there is no inbox, else only by being cancelled."""
        while self._inbox is not None:
            message = await self._inbox.next()
            if briefing.mark_of(message.id) in self._known:
                # An earlier process heard it, and ended before it could say so.
                self._heard.append(message.id)
            else:
                self._waiting.append(message)

    @property
    def due(self) -> bool:
        """Whether something waits to be said."""
        return bool(self._waiting)

    @property
    def in_flight(self) -> bool:
        """Whether something was said that is not part of the session yet."""
        return bool(self._said)

    def take(self) -> list[str]:
        """The words for all that waits, which count as said from now on."""
        taken = list(self._waiting)
        self._waiting.clear()
        self._said.update((message.id, message) for message in taken)
        return [briefing.message(message) for message in taken]

    def stored(self, entries: Iterable[Entry]) -> None:
        """Look for what was said in entries that have become part of the session."""
        if not self._said:
            return
        text = words(entries)
        for message in [message for message in self._said if briefing.mark_of(message) in text]:
            del self._said[message]
            self._heard.append(message)

    def heard(self) -> list[MessageId]:
        """Messages that have become part of the session and were not told by this yet, in order."""
        told = list(self._heard)
        self._heard.clear()
        return told
