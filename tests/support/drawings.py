"""Drawings of every shape and of many sizes, with names from everywhere."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from core.costs.picture import Ahead, Bars, BurnDown, Drawing, Layer, Mark, Rise, Stack, Trend, Unit

NAMES = (
    "builder",
    "王小明",
    "Олександра Шевченко",
    "محمد علي",
    "👩‍👩‍👧 family 😀",
    "T142 A very long title of a task that nobody could ever read in one line on a telephone",
    "$5 and $6 _x^2 \\frac{1}{2} %",
    "\u202egnp.exe\x00\x1b[31m\ud800",
    "",
    "e\u0301 \u200b",
    "a\nb",
    "zero",
)


def mark(label: str, value: str) -> Mark:
    """A bar."""
    return Mark(label=label, value=Decimal(value), text=f"${Decimal(value):f}")


def bars(*marks: Mark, title: str = "Cost by role · this week") -> Bars:
    """Horizontal bars."""
    return Bars(title=title, total="$42.10", alt="Bar chart.", marks=marks)


def trend(*values: str, unit: Unit = Unit.USD, mean: bool = True) -> Trend:
    """A day for each value."""
    begin = date(2025, 12, 20)
    days = [begin + timedelta(days=at) for at in range(len(values))]
    marks = tuple(
        Mark(label=f"{day}", short=f"{day.day} {day:%b}", value=Decimal(value), text=f"${value}")
        for day, value in zip(days, values, strict=True)
    )
    middle = Mark(label="mean of a day", value=marks[0].value, text=marks[0].text) if mean else None
    return Trend(title="Cost by day", total="$42.10", alt="Line chart.", unit=unit, marks=marks, mean=middle)


def stack(columns: int, *labels: str, usd: str = "1.5") -> Stack:
    """The same amount in each part of each column."""
    values = tuple(Decimal(usd) * (at % 3) for at in range(columns))
    layers = tuple(Layer(label=label, text="$1.00", values=values) for label in labels)
    names = tuple(f"{at % 31 + 1} Nov" for at in range(columns))
    return Stack(title="Costs", total="$9", alt="Columns.", unit=Unit.USD, columns=names, layers=layers)


def burn_down(limit: str, left: str, ahead: Ahead | None = None) -> BurnDown:
    """A budget in the middle of its period."""
    return BurnDown(
        title="The monthly budget of a project with a name that is far too long for any telephone of this world",
        total="It will last",
        alt="Budget burn-down.",
        limit=Decimal(limit),
        limit_text=f"${limit}",
        course=((0.0, Decimal(limit)), (0.5, Decimal(left))),
        left_text=f"${left} left",
        ahead=ahead,
        begin="1 Nov",
        end="30 Nov",
    )


def ahead(low: str, likely: str, high: str) -> Ahead:
    """What will be left."""
    return Ahead(low=Decimal(low), likely=Decimal(likely), high=Decimal(high), text=f"${likely} left")


def rise(spent: str, ahead: Ahead) -> Rise:
    """A period in its middle."""
    return Rise(
        title="Forecast · this month",
        total=f"About {ahead.text}",
        alt="Line chart.",
        course=((0.0, Decimal(0)), (0.2, Decimal(spent) / 2), (0.5, Decimal(spent))),
        spent_text=f"${spent}",
        ahead=ahead,
        begin="1 Nov",
        end="30 Nov",
    )


DRAWINGS: Mapping[str, Drawing] = {
    "one bar": bars(mark("builder", "3")),
    "twelve bars with any names": bars(*(mark(name, str(at)) for at, name in enumerate(NAMES)), title=NAMES[5] * 3),
    "bars of nothing": bars(mark("builder", "0"), mark("tester", "0")),
    "no bar": bars(),
    "huge and tiny bars": bars(mark("much", "123456789012"), mark("little", "0.0000001")),
    "one day": trend("3"),
    "two days": trend("0", "3", mean=False),
    "thirty days": trend(*(str(at % 7) for at in range(30))),
    "four hundred days": trend(*(str(at * 37 % 91) for at in range(400))),
    "days of nothing": trend(*("0",) * 9),
    "tiny amounts": trend("0.0000002", "0.0004", "0"),
    "tokens": trend("1000000", "12345678", "0", unit=Unit.COUNT),
    "seconds": trend("59", "86400", "1234567", unit=Unit.SECONDS),
    "shares": trend("0.25", "0.9", unit=Unit.SHARE),
    "one column": stack(1, "builder"),
    "a week by six roles": stack(7, *NAMES[:6]),
    "four hundred columns": stack(400, "builder", "tester"),
    "columns of nothing": stack(3, "builder", usd="0"),
    "a budget that lasts": burn_down("200", "120", ahead("20", "48", "66")),
    "a budget that does not last": burn_down("200", "29", ahead("-1200", "-61", "-10")),
    "a budget that is used up": burn_down("5", "-0.3"),
    "a month that will come to more": rise("150", ahead("181", "222", "278")),
    "a month nobody can say much of": rise("0", ahead("0", "0.0001", "1234567")),
    "a budget nobody drew on": burn_down("0.01", "0.01", ahead("0.01", "0.01", "0.01")),
}
