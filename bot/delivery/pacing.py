"""How fast a platform may be written to: pure arithmetic over seconds of a clock that only goes forward.

Posts keep an interval per channel, edits one per message and a rate over a whole space, and both together a rate in
each channel that several people read. A new Pacing takes for granted that everything was used up a moment ago: what a
former process did is not known.
"""

from adapters.chat.port import Pace
from bot.delivery.rate import Rate
from core.domain.identity import Place

BURST_SHARE = 0.1
"""Part of a minute's edits that may come at once."""
GROUP_BURST_SHARE = 0.25
"""The same for posts and edits in a group: the first messages about a task come close together."""
_HAIR_S = 1e-6
_KEPT = 2000
"""Channels or messages that are remembered at least."""


class Pacing:
    """What was sent when, and from when on the next may follow. Every time is in seconds of one clock."""

    def __init__(self, pace: Pace, *, now_s: float) -> None:
        self._pace = pace
        self._begun_s = now_s
        self._posted_s: dict[str, float] = {}
        self._edited_s: dict[str, float] = {}
        self._held_s: dict[str, float] = {}
        self._everywhere_s = now_s
        self._spaces = Rate(pace.edits_per_minute, burst_share=BURST_SHARE, begun_s=now_s)
        self._groups = Rate(pace.per_minute_in_group, burst_share=GROUP_BURST_SHARE, begun_s=now_s)

    def post_wait_s(self, channel: str, *, now_s: float) -> float:
        """Seconds until the next post may go to `channel`; 0 when it may go now."""
        next_s = self._posted_s.get(channel, self._begun_s) + self._pace.post_interval_s
        return _left(max(next_s, self._held(channel), self._group_free_s(channel)), now_s)

    def posted(self, channel: str, *, now_s: float) -> None:
        """Note that something is posted in `channel` now."""
        self._posted_s[channel] = now_s
        self._use_group(channel, now_s=now_s)
        _prune(self._posted_s, before_s=now_s - self._pace.post_interval_s)

    def edit_wait_s(self, message: str, *, place: Place, now_s: float) -> float:
        """Seconds until `message` in `place` may be edited; 0 when it may be now."""
        next_s = self._edited_s.get(_named(message, place), self._begun_s) + self._pace.edit_interval_s
        next_s = max(next_s, self._spaces.free_s(place.space), self._group_free_s(channel_of(place)))
        return _left(max(next_s, self._held(channel_of(place))), now_s)

    def room(self, place: Place, *, now_s: float) -> float:
        """Which part of a burst of edits is free in `place` now, 0 to 1: whether there is room for what can wait."""
        channel = channel_of(place)
        group = self._groups.room(channel, now_s=now_s) if _is_group(channel) else 1.0
        return min(self._spaces.room(place.space, now_s=now_s), group)

    def edited(self, message: str, *, place: Place, now_s: float) -> None:
        """Note that `message` in `place` is edited now."""
        self._edited_s[_named(message, place)] = now_s
        _prune(self._edited_s, before_s=now_s - self._pace.edit_interval_s)
        self._spaces.use(place.space, now_s=now_s)
        self._use_group(channel_of(place), now_s=now_s)

    def hold(self, channel: str | None, *, until_s: float) -> None:
        """Let nothing go to `channel` (None: anywhere) before `until_s`: the platform said so."""
        if channel is None:
            self._everywhere_s = max(self._everywhere_s, until_s)
        else:
            self._held_s[channel] = max(self._held_s.get(channel, until_s), until_s)

    def _held(self, channel: str) -> float:
        return max(self._everywhere_s, self._held_s.get(channel, self._everywhere_s))

    def _group_free_s(self, channel: str) -> float:
        return self._groups.free_s(channel) if _is_group(channel) else self._begun_s

    def _use_group(self, channel: str, *, now_s: float) -> None:
        if _is_group(channel):
            self._groups.use(channel, now_s=now_s)
            self._groups.forget(now_s=now_s, most=_KEPT)


def channel_of(place: Place) -> str:
    """Names the channel of `place`, whatever the thread."""
    return f"{place.platform}:{place.space}/{place.channel}"


def _named(message: str, place: Place) -> str:
    """Names a message everywhere: numbers of messages may begin anew in each chat."""
    return f"{channel_of(place)} {message}"


def _is_group(channel: str) -> bool:
    """Whether several people read there: a person is named without a space, and a direct conversation begins with D."""
    _, slash, name = channel.rpartition("/")
    return bool(slash) and not name.startswith("D")


def _left(until_s: float, now_s: float) -> float:
    left_s = until_s - now_s
    # sums of floats are off by a hair, and nobody waits for that
    return left_s if left_s > _HAIR_S else 0.0


def _prune(times: dict[str, float], *, before_s: float) -> None:
    """Forget what is too long ago to matter, now and then."""
    if len(times) > _KEPT:
        for name in [name for name, at_s in times.items() if at_s < before_s]:
            del times[name]
