"""Slack's pace: so many calls a minute for each method, and about one post a second for each channel, with bursts."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.platforms.slack.catalogue import PER_MINUTE, Tier

POSTS_PER_S = 1.0
POST_BURST = 5.0
"""How many posts in one channel may come at once; Slack says "short bursts" and no number."""


@dataclass(slots=True, kw_only=True)
class _Bucket:
    filled_at: float
    left: float


@dataclass(slots=True, kw_only=True)
class Rates:
    """Counts calls; `pace` makes everything that many times faster, for tests that are not about pace."""

    now: Callable[[], float]
    pace: float = 1.0
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict[tuple[str, str], _Bucket])

    def wait_for_call(self, method: str, tier: Tier) -> int:
        """Seconds to come back after; 0 when the call is within the pace, which counts it."""
        per_minute = PER_MINUTE[tier]
        return self._take(("call", method), per_s=per_minute / 60, burst=per_minute)

    def wait_for_post(self, channel: str) -> int:
        """The same for one more message in `channel`."""
        return self._take(("post", channel), per_s=POSTS_PER_S, burst=POST_BURST)

    def _take(self, key: tuple[str, str], *, per_s: float, burst: float) -> int:
        now, per_s = self.now(), per_s * self.pace
        burst *= self.pace
        bucket = self._buckets.setdefault(key, _Bucket(filled_at=now, left=burst))
        bucket.left = min(burst, bucket.left + (now - bucket.filled_at) * per_s)
        bucket.filled_at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0
        return max(1, math.ceil((1 - bucket.left) / per_s))
