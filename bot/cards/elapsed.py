"""Durations as people read them."""

from datetime import datetime


def shown_duration(seconds: float) -> str:
    """`8s`, `1m 05s`, `2h 05m`, `3d 4h`; a clock that went backwards shows as `0s`."""
    whole = max(0, int(seconds))
    minutes, rest_s = divmod(whole, 60)
    hours, rest_min = divmod(minutes, 60)
    days, rest_h = divmod(hours, 24)
    if days:
        return f"{days}d {rest_h}h"
    if hours:
        return f"{hours}h {rest_min:02d}m"
    return f"{minutes}m {rest_s:02d}s" if minutes else f"{rest_s}s"


def shown_elapsed(start: datetime | None, end: datetime) -> str:
    """How long from `start` to `end`; '' when it has not started."""
    return "" if start is None else shown_duration((end - start).total_seconds())
