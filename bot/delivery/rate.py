"""So many things a minute under each name: the generic cell rate algorithm (ITU-T I.371), pure arithmetic.

Of the things of a minute a few may come at once, the others are spread, so that no minute ever holds more than its
limit, whenever it begins.
"""


class Rate:
    """At most `per_minute` under each name, 0 for no limit; `burst_share` is the part of them that may come at once.

    What was done before `begun_s` is not known, so everything counts as used up a moment ago.
    """

    def __init__(self, per_minute: int, *, burst_share: float, begun_s: float) -> None:
        self._burst = max(int(per_minute * burst_share), 1)
        # so that a burst and a minute's steady flow together stay within the limit
        self._spread_s = 60.0 / max(per_minute - self._burst, 1) if per_minute else 0.0
        self._begun_s = begun_s
        self._used: dict[str, float] = {}

    def free_s(self, name: str) -> float:
        """The time from which on the next thing may be done under `name`."""
        return self._used_s(name) - (self._burst - 1) * self._spread_s if self._spread_s else self._begun_s

    def room(self, name: str, *, now_s: float) -> float:
        """Which part of a burst is free under `name` now, 0 to 1."""
        if not self._spread_s:
            return 1.0
        used = max(self._used_s(name) - now_s, 0.0) / self._spread_s
        return max(1.0 - used / self._burst, 0.0)

    def use(self, name: str, *, now_s: float) -> None:
        """Note that something is done under `name` now."""
        if self._spread_s:
            self._used[name] = max(self._used_s(name), now_s) + self._spread_s

    def forget(self, *, now_s: float, most: int) -> None:
        """Forget names whose rate is unused, when there are more than `most`."""
        if len(self._used) > most and now_s - self._begun_s > self._burst * self._spread_s:
            self._used = {name: used_s for name, used_s in self._used.items() if used_s > now_s}

    def _used_s(self, name: str) -> float:
        """The time until which what was done has used up the rate of `name`."""
        return self._used.get(name, self._begun_s + self._burst * self._spread_s)
