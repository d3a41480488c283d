"""Discord's pace: a bucket for each route and what it is about, one for everything, and one for new names."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.platforms.discord.catalogue import GLOBAL_PER_S, RENAMES, Route

_MAJOR = ("channel_id", "guild_id", "webhook_token", "interaction_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a call is told; `wait_s` is 0 when it may go on."""

    wait_s: float = 0.0
    everything: bool = False
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True, kw_only=True)
class _Window:
    ends: float
    used: int = 0


@dataclass(slots=True, kw_only=True)
class Rates:
    """Counts calls; `pace` makes everything that many times wider, for tests that are not about pace."""

    now: Callable[[], float]
    pace: float = 1.0
    _windows: dict[tuple[str, ...], _Window] = field(default_factory=dict[tuple[str, ...], _Window])

    def judge(self, route: Route, arguments: dict[str, str], *, renames: bool) -> Verdict:
        """Count a call and say whether it is one too many."""
        if not route.open and (wait_s := self._over(("global",), GLOBAL_PER_S, 1.0)[0]):
            return Verdict(wait_s=wait_s, everything=True)
        if renames and (wait_s := self._over(("names", arguments["channel_id"]), *RENAMES)[0]):
            return Verdict(wait_s=wait_s)
        most, per_s = route.limit
        about = [arguments[name] for name in _MAJOR if name in arguments]
        wait_s, left, ends = self._over((route.name, *about), most, per_s)
        reset_after = max(0.0, ends - self.now())
        headers = {
            "X-RateLimit-Limit": str(int(most * self.pace)),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{ends:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": f"bucket-{route.name}",
        }
        return Verdict(wait_s=wait_s, headers=headers)

    def _over(self, key: tuple[str, ...], most: int, per_s: float) -> tuple[float, int, float]:
        """Seconds to wait, calls that are left, and when the window ends."""
        now, most = self.now(), int(most * self.pace)
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(ends=now + per_s)
        if window.used >= most:
            return max(0.001, window.ends - now), 0, window.ends
        window.used += 1
        return 0.0, most - window.used, window.ends
