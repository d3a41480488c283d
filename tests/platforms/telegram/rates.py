"""Telegram's flood control: core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

CHAT_PER_S = 1.0
CHAT_BURST = 3.0
"""How many messages in one chat may come at once; Telegram says "short bursts" and no number."""
GROUP_PER_MINUTE = 20.0
OVERALL_PER_S = 30.0


@dataclass(slots=True, kw_only=True)
class _Bucket:
    per_s: float
    burst: float
    filled_at: float
    left: float

    def wait_s(self, now: float) -> float:
        self.left = min(self.burst, self.left + (now - self.filled_at) * self.per_s)
        self.filled_at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / self.per_s


@dataclass(slots=True, kw_only=True)
class Rates:
    """Counts messages and edits; `pace` makes everything that many times faster, for tests that are not about pace."""

    now: Callable[[], float]
    pace: float = 1.0
    _buckets: dict[str, _Bucket] = field(default_factory=dict[str, _Bucket])

    def wait_for(self, chat: int, *, group: bool) -> int:
        """Seconds to come back after; 0 when one more message in `chat` is within the pace, which counts it."""
        buckets = [
            self._bucket("all", per_s=OVERALL_PER_S, burst=OVERALL_PER_S),
            self._bucket(f"chat {chat}", per_s=CHAT_PER_S, burst=CHAT_BURST),
        ]
        if group:
            per_s = GROUP_PER_MINUTE / 60
            buckets.append(self._bucket(f"group {chat}", per_s=per_s, burst=GROUP_PER_MINUTE))
        wait_s = max(each.wait_s(self.now()) for each in buckets)
        if wait_s:
            return max(1, math.ceil(wait_s))
        for each in buckets:
            each.left -= 1
        return 0

    def _bucket(self, key: str, *, per_s: float, burst: float) -> _Bucket:
        per_s, burst = per_s * self.pace, burst * self.pace
        return self._buckets.setdefault(key, _Bucket(per_s=per_s, burst=burst, filled_at=self.now(), left=burst))
