"""Round numbers for an axis, and how they are written in little room (pure)."""

from decimal import Decimal
from typing import assert_never

from core.costs.picture import Unit

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_SECONDS = tuple(
    Decimal(each) for each in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
)
_LARGE = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))


def ticks(low: Decimal, high: Decimal, unit: Unit, *, about: int = 3) -> tuple[Decimal, ...]:
    """Round numbers from `low` (0 or less) to `high` (more), 0 among them; about so many steps."""
    step = step_of((high - low) / about, unit)
    first, last = -int(-low / step), int(high / step)
    return tuple(step * number for number in range(first, last + 1))


def step_of(least: Decimal, unit: Unit) -> Decimal:
    """The smallest round step of at least `least`."""
    if unit is Unit.SECONDS and least <= _SECONDS[-1]:
        return next(each for each in _SECONDS if each >= least)
    if unit is Unit.SECONDS:
        return _SECONDS[-1] * step_of(least / _SECONDS[-1], Unit.COUNT)
    power = Decimal(1).scaleb(least.adjusted())
    found = next(each * power for each in _STEPS if each * power >= least)
    return max(found, Decimal(1)) if unit is Unit.COUNT else found


def tick_text(value: Decimal, unit: Unit) -> str:
    """`$20`, `$0.004`, `$1.5k`, `2.5M`, `3h`."""
    sign, size = ("−" if value < 0 else ""), abs(value)
    match unit:
        case Unit.USD:
            return f"{sign}${_short(size, pennies=True)}"
        case Unit.COUNT:
            return f"{sign}{_short(size, pennies=False)}"
        case Unit.SECONDS:
            return f"{sign}{_time(int(size))}"
        case Unit.SHARE:
            return f"{sign}{_plain(size * 100)} %"
        case _:
            assert_never(unit)


def _short(value: Decimal, *, pennies: bool) -> str:
    for size, letter in _LARGE:
        if value >= size:
            return f"{_plain(value / size)}{letter}"
    if pennies and value != value.to_integral_value():
        places = max(2, -_exponent(value))
        return f"{value:.{places}f}"
    return _plain(value)


def _time(seconds: int) -> str:
    for size, letter in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size}{letter}"
    return f"{seconds}s" if seconds else "0"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
