"""A clock for tests."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Callable like a clock; stands still until `advance`."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        """Turn the clock forward, by the arguments of timedelta."""
        self.now += timedelta(**amount)
