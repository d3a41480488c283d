"""Threads that grow from our messages: opened when something is to be said there, named after what they are about."""

import contextlib

from adapters.chat.card import Card, StepList, Tone
from adapters.chat.errors import ChatError, ChatUnavailableError, RateLimitedError, RejectedError
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.measure import fitted
from adapters.chat.port import Posted
from adapters.chat.text import one_line
from adapters.discord import limits
from adapters.discord.calls import Calls
from adapters.discord.channels import Channels
from adapters.discord.errors import THREAD_EXISTS
from adapters.discord.ids import is_direct
from core.domain.identity import Place

_KEEP_S = 90 * 86_400.0
_RENAMED_S = 600.0
"""So long a change of a thread's name counts (two are allowed)."""
_ARCHIVE_MINUTES = 4_320
"""A thread without a word for three days leaves the list; it opens by itself when something is said."""
_UNNAMED = "Task"
_SIGN = {Tone.GOOD: "✓", Tone.BAD: "✗"}
_TAGS = {
    Tone.NEUTRAL: ("stopped", "cancelled"),
    Tone.WORKING: ("working", "running", "in progress"),
    Tone.WAITING: ("waiting", "needs answer"),
    Tone.GOOD: ("done", "completed", "finished"),
    Tone.BAD: ("failed",),
}
"""A forum whose tags have such names has its posts tagged with how the task stands."""


class Threads:
    """The threads of our messages. What they are to be called outlives the process."""

    def __init__(self, calls: Calls, channels: Channels, kept: KeyValueStore) -> None:
        self._calls = calls
        self._channels = channels
        self._kept = kept

    async def remember(self, posted: Posted, card: Card) -> None:
        """Keep what the thread of a message is to be called, and open it at once where a task's work is shown."""
        if is_direct(posted.place) or posted.place.thread:
            return
        await self._kept.set(f"name/{posted.message}", thread_name(card), for_s=_KEEP_S)
        if is_live(card):
            # who answers the card in its channel is heard in its thread
            await self._kept.set(f"thread/{posted.message}", posted.message, for_s=_KEEP_S)
            # one that cannot be opened now is opened when something is said there
            with contextlib.suppress(ChatError):
                await self.open(posted.thread)

    async def open(self, thread: Place) -> None:
        """Open the thread that grows from the message of its id; any error of the port."""
        name = await self._kept.get(f"name/{thread.thread}") or _UNNAMED
        try:
            await self._calls.call(
                "POST",
                f"/channels/{thread.channel}/messages/{thread.thread}/threads",
                json={"name": name, "auto_archive_duration": _ARCHIVE_MINUTES},
                # a message has one thread
                repeatable=True,
            )
        except RejectedError as error:
            if error.code != THREAD_EXISTS:
                raise

    async def unarchive(self, thread: str) -> None:
        """Open an archived thread again; any error of the port."""
        await self._calls.call("PATCH", f"/channels/{thread}", json={"archived": False}, repeatable=True)

    async def show_state(self, posted: Posted, card: Card) -> None:
        """Let the thread's name, or its tag in a forum, say how the task stands; what Discord refuses is left.

        Names may be changed twice in ten minutes, so they tell the end alone; that it was none only where a change is
        left for the next end. What is too soon is tried again with the next change of the card.
        """
        if not is_live(card) or is_direct(posted.place) or posted.place.thread not in {"", posted.message}:
            # a thread that did not grow from our message is not ours to name
            return
        thread, told = posted.thread.thread, card.tone.value
        before = await self._kept.get(f"shown/{thread}")
        if before == told:
            return
        goes_on = before in _SIGN and card.tone not in _SIGN
        keeps_sign = goes_on and await self._kept.get(f"renamed/{thread}") is not None
        change = self._change(posted, card, was="" if keeps_sign else before or "")
        if keeps_sign and not change:
            return
        if change:
            try:
                await self._calls.call("PATCH", f"/channels/{thread}", json=change, repeatable=True)
            except (RateLimitedError, ChatUnavailableError):
                return
            except ChatError:
                pass  # it would say no again
        if "name" in change:
            await self._kept.set(f"renamed/{thread}", "", for_s=_RENAMED_S)
        await self._kept.set(f"shown/{thread}", told, for_s=_KEEP_S)

    def _change(self, posted: Posted, card: Card, *, was: str) -> dict[str, object]:
        """What is changed of the thread, which told the tone `was`; nothing while there is nothing worth it."""
        change: dict[str, object] = {}
        if card.tone in _SIGN:
            change["name"] = thread_name(card, sign=_SIGN[card.tone])
        elif was in _SIGN:
            # what ended goes on: a sign of the end would be wrong until the next one
            change["name"] = thread_name(card)
        parent = self._channels.known(posted.place.channel)
        if parent is not None and parent.forum:
            wanted = _TAGS[card.tone]
            tags = [tag for tag, name in parent.tags if name.casefold() in wanted][:1]
            change |= {"applied_tags": tags} if tags else {}
        return change


def is_live(card: Card) -> bool:
    """Whether the card shows a task while it is worked on."""
    return any(isinstance(section, StepList) for section in card.sections)


def thread_name(card: Card, *, sign: str = "") -> str:
    """What the thread of `card` is called."""
    title = one_line(card.title) or _UNNAMED
    return fitted(f"{sign} {title}".strip(), limit=limits.THREAD_NAME)
