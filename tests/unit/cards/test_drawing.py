"""Which shape an answer is drawn in, and that its words say the same to who cannot see it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.cards.burn_down import burn_down
from bot.cards.drawing import figures_drawing, series_drawing, short_times
from bot.cards.forecast import Lasting
from bot.cards.rise import rise
from core.budgets.allowance import Allowance
from core.costs.answer import Amount, Figures, Row
from core.costs.picture import Bars, BurnDown, Drawing, Trend, Unit
from core.costs.query import Group, Metric, Order, Query
from core.costs.series import Part, Series
from core.domain.identity import PersonId
from core.domain.limit import Budget, BudgetScope
from core.domain.period import Period, PeriodUnit
from core.forecasts.projection import Outlook, Projection, TooEarly

pytestmark = pytest.mark.money

NOVEMBER = Period(begin=datetime(2026, 11, 1, tzinfo=UTC), end=datetime(2026, 12, 1, tzinfo=UTC))
NOW = datetime(2026, 11, 16, tzinfo=UTC)


def figures(*rows: tuple[str, str], query: Query, total: str = "", left_out: bool = False) -> Figures:
    """Figures of these rows."""
    found = tuple(Row(key=key, amount=Amount(value=Decimal(value), of=1)) for key, value in rows)
    value = Decimal(total) if total else sum((row.amount.value for row in found), Decimal(0))
    return Figures(query=query, zone="UTC", rows=found, total=Amount(value=value, of=9), left_out=left_out)


def drawn(found: Figures) -> Drawing | None:
    """The drawing of it, where U1 is alice."""
    return figures_drawing(found, title="Cost", names={PersonId("slack:T1/U1"): "alice"})


def daily(*values: str, **asked: object) -> Figures:
    """A figure for each day from 1 November on."""
    query = Query(group=Group.DAY, order=Order.TIME, **asked)  # type: ignore[arg-type]
    return figures(*((f"2026-11-{at:02d}", value) for at, value in enumerate(values, 1)), query=query)


def test_groups_are_bars_with_what_is_left_out_as_the_last() -> None:
    query = Query(group=Group.PERSON)
    found = drawn(figures(("slack:T1/U1", "8"), ("slack:T1/U2", "1.5"), query=query, total="12", left_out=True))
    assert isinstance(found, Bars)
    assert [(mark.label, mark.text) for mark in found.marks] == [
        ("alice", "$8.00"),
        ("U2", "$1.50"),
        ("all others", "$2.50"),
    ]
    assert found.alt == "Bar chart. Cost, $12.00 in all: alice $8.00, U2 $1.50, all others $2.50."


def test_more_rows_than_bars_end_in_one_for_all_others() -> None:
    found = drawn(figures(*((f"role{at}", "1") for at in range(40)), query=Query(group=Group.ROLE)))
    assert isinstance(found, Bars)
    assert (len(found.marks), found.marks[-1].text) == (13, "$28.00")


def test_averages_have_no_others() -> None:
    query = Query(group=Group.TYPE, metric=Metric.AVERAGE)
    found = drawn(figures(("bug_fix", "1"), ("feature", "2"), query=query, total="9", left_out=True))
    assert isinstance(found, Bars)
    assert [mark.label for mark in found.marks] == ["bug fixes", "features"]
    assert found.alt == "Bar chart. Cost, $9.00 on average: bug fixes $1.00, features $2.00."


def test_days_in_their_order_are_a_line_with_a_mean() -> None:
    found = drawn(daily("1", "0", "4", "3"))
    assert isinstance(found, Trend)
    assert [(mark.short, mark.text) for mark in found.marks[:2]] == [("1 Nov", "$1.00"), ("2 Nov", "$0.00")]
    assert found.mean is not None
    assert (found.mean.label, found.mean.text, found.unit) == ("mean of a day", "$2.00", Unit.USD)
    assert found.alt == (
        "Line chart by day. Cost, $8.00 in all: the highest $4.00, on 3 Nov 2026, the lowest $0.00, on 2 Nov 2026, "
        "mean of a day $2.00. on 1 Nov 2026 $1.00; on 2 Nov 2026 $0.00; on 3 Nov 2026 $4.00; on 4 Nov 2026 $3.00."
    )


def test_two_or_three_times_are_compared_as_bars_and_so_are_the_dearest_days() -> None:
    assert isinstance(drawn(daily("1", "2", "3")), Bars)
    dearest = Query(group=Group.DAY, order=Order.MOST)
    days = [(f"2026-11-0{at}", str(9 - at)) for at in range(1, 6)]
    assert isinstance(drawn(figures(*days, query=dearest)), Bars)


def test_a_mean_of_averages_is_no_mean() -> None:
    found = drawn(daily("60", "120", "30", "90", metric=Metric.DURATION))
    assert isinstance(found, Trend)
    assert (found.mean, found.unit) == (None, Unit.SECONDS)


@pytest.mark.parametrize(
    "found",
    [
        figures(query=Query(), total="12"),
        figures(("builder", "3"), query=Query(group=Group.ROLE)),
        figures(("builder", "3"), ("tester", "1"), query=Query(group=Group.ROLE, limit=1)),
        figures(("builder", "0"), ("tester", "0"), query=Query(group=Group.ROLE)),
        figures(query=Query(group=Group.ROLE)),
    ],
    ids=["one number", "one row", "one wanted", "all nothing", "no rows"],
)
def test_there_is_no_picture_where_it_says_no_more_than_the_number(found: Figures) -> None:
    assert drawn(found) is None


@pytest.mark.parametrize("metric", Metric)
def test_whatever_is_counted_can_be_drawn(metric: Metric) -> None:
    assert drawn(figures(("builder", "0.5"), ("tester", "0.2"), query=Query(group=Group.ROLE, metric=metric)))


def test_roles_over_days_are_a_stack_that_says_what_each_came_to() -> None:
    days = tuple(date(2026, 11, day) for day in (1, 2, 3))
    parts = (
        Part(key="builder", values=(Decimal(1), Decimal(0), Decimal(4))),
        Part(key="", values=(Decimal(1), Decimal(0), Decimal(0))),
        Part(key=None, values=(Decimal("0.5"), Decimal(0), Decimal("0.5")), of=3),
    )
    query = Query(group=Group.ROLE)
    found = series_drawing(Series(query=query, by=Group.DAY, begins=days, parts=parts), title="Costs", names={})
    assert found is not None
    assert [(layer.label, layer.text) for layer in found.layers] == [
        ("builder", "$5.00"),
        ("–", "$1.00"),
        ("3 others", "$1.00"),
    ]
    assert found.alt == (
        "Column chart by day. Costs, $7.00 in all: builder $5.00, – $1.00, 3 others $1.00. "
        "The most on 3 Nov 2026, $4.50."
    )


def test_one_day_or_no_money_is_no_stack() -> None:
    one = Series(query=Query(), by=Group.DAY, begins=(date(2026, 11, 1),), parts=(Part(key="a", values=(Decimal(1),)),))
    none = Series(query=Query(), by=Group.DAY, begins=(), parts=())
    assert [series_drawing(each, title="Costs", names={}) for each in (one, none)] == [None, None]


def test_names_below_an_axis_say_the_year_when_there_is_more_than_one_of_a_month() -> None:
    months = [date(2025 + at // 12, at % 12 + 1, 1) for at in range(14)]
    assert short_times(months[:3], Group.MONTH) == ("Jan", "Feb", "Mar")
    assert short_times(months, Group.MONTH)[0] == "Jan 2025"
    assert short_times(months[:1], Group.WEEK) == ("1 Jan",)


def lasting(spent: str, ahead: Outlook, *, unit: PeriodUnit = PeriodUnit.MONTH, period: Period = NOVEMBER) -> Lasting:
    """A budget of $100."""
    budget = Budget(scope=BudgetScope(project="api"), unit=unit, usd=Decimal(100))
    stands = Allowance(budget=budget, period=period, spent_usd=Decimal(spent))
    return Lasting(name="the monthly budget of api", stands=stands, ahead=ahead)


def projection(spent: str, low: str, likely: str, high: str) -> Projection:
    """What it will come to."""
    low_usd, likely_usd, high_usd = map(Decimal, (low, likely, high))
    return Projection(spent_usd=Decimal(spent), low_usd=low_usd, likely_usd=likely_usd, high_usd=high_usd, days=30)


def course(found: BurnDown) -> list[tuple[float, int]]:
    """Where it stood when."""
    return [(round(share, 3), int(left)) for share, left in found.course]


def test_a_burn_down_falls_from_the_limit_to_what_is_left_now_and_goes_on_as_projected() -> None:
    days = daily("10", "0", "20").rows
    found = burn_down(lasting("42", projection("42", "70", "85", "130")), days, now=NOW, zone="UTC")
    assert course(found) == [(0.0, 100), (0.033, 90), (0.067, 90), (0.1, 70), (0.5, 58)]
    assert found.ahead is not None
    assert (found.ahead.high, found.ahead.likely, found.ahead.low) == (30, 15, -30)
    assert (found.begin, found.end, found.limit_text, found.left_text) == ("1 Nov", "30 Nov", "$100.00", "$58.00 left")
    assert found.total == "It will probably last"
    assert found.alt == (
        "Budget burn-down. The monthly budget of api: of $100.00 since 1 Nov, $58.00 left now; "
        "likely $15.00 left at the end (30 Nov); eight times in ten between $30.00 too much and $30.00 left. "
        "It will probably last."
    )


def test_what_is_used_up_or_too_early_to_tell_has_no_way_ahead() -> None:
    used = burn_down(lasting("101", projection("101", "120", "130", "140")), (), now=NOW, zone="UTC")
    assert (used.ahead, used.total, used.left_text) == (None, "It is used up", "$1.00 too much")
    early = burn_down(lasting("3", TooEarly(spent_usd=Decimal(3), on=None)), (), now=NOW, zone="UTC")
    assert (early.ahead, early.total) == (None, "Too early to tell")


def test_a_forecast_rises_from_nothing_to_what_is_spent_and_on_to_its_band() -> None:
    ahead = projection("30.5", "70", "85", "130")
    found = rise(ahead, NOVEMBER, daily("10", "0", "20").rows, title="Forecast · this month", now=NOW, zone="UTC")
    assert [(round(share, 3), spent) for share, spent in found.course] == [
        *((0.0, 0), (0.033, 10), (0.067, 10), (0.1, 30)),
        (0.5, Decimal("30.5")),
    ]
    assert (found.total, found.ahead.text, found.begin, found.end) == ("About $85", "$70 to $130", "1 Nov", "30 Nov")
    assert found.alt == (
        "Line chart. Forecast · this month: $30.50 spent since 1 Nov; likely $85 at the end (30 Nov), "
        "eight times in ten $70 to $130."
    )


def test_a_day_has_midnight_as_its_end_and_today_counts_until_now_only() -> None:
    today = Period(begin=datetime(2026, 11, 16, tzinfo=UTC), end=datetime(2026, 11, 17, tzinfo=UTC))
    of = lasting("25", TooEarly(spent_usd=Decimal(25), on=None), unit=PeriodUnit.DAY, period=today)
    found = burn_down(of, (), now=datetime(2026, 11, 16, 6, tzinfo=UTC), zone="UTC")
    assert (course(found), found.end) == ([(0.0, 100), (0.25, 75)], "midnight")
