"""Days of a time zone said to the database: quarters of an hour since 1970 become the number of the local day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, extract, func, literal
from sqlalchemy.types import BigInteger

from core.domain.period import Period
from core.store.spending_tables import QUARTER_S

_QUARTERS_A_DAY = 96
_EPOCH = date(1970, 1, 1)
_STEP = timedelta(days=7)
"""No zone changes its clock twice within less."""
FIRST = datetime(2015, 1, 1, tzinfo=UTC)
LAST = datetime(2100, 1, 1, tzinfo=UTC)
"""Where looking for changes of the clock begins and ends when a question has no bounds."""


def aligned(at: datetime) -> bool:
    """Whether `at` begins a quarter of an hour."""
    return at.timestamp() % QUARTER_S == 0


def quarter_of_time(column: ColumnElement[datetime], dialect: str) -> ColumnElement[int]:
    """The quarter of an hour that a time column is in."""
    return epoch_s(column, dialect) // literal(QUARTER_S, BigInteger)


def epoch_s(column: ColumnElement[datetime], dialect: str) -> ColumnElement[int]:
    """Whole seconds since 1970 of a time column."""
    seconds = func.floor(extract("epoch", column)) if dialect == "postgresql" else func.strftime("%s", column)
    return seconds.cast(BigInteger)


def local_day(quarter: ColumnElement[int], zone: str, period: Period | None, *, now: datetime) -> ColumnElement[int]:
    """The number of the day of `zone` since 1970 that `quarter` is in."""
    begin = max(period.begin, FIRST) if period else FIRST
    end = min(period.end, LAST) if period else now + _STEP
    spans = offsets(zone, begin, max(begin, end))
    shifted = [(quarter + literal(offset, BigInteger)) // literal(_QUARTERS_A_DAY, BigInteger) for _, offset in spans]
    if len(spans) == 1:
        return shifted[0]
    ends = [following for (_, _), (following, _) in pairwise(spans)]
    whens = [(quarter < literal(until, BigInteger), day) for until, day in zip(ends, shifted, strict=False)]
    return case(*whens, else_=shifted[-1])


def offsets(zone: str, begin: datetime, end: datetime) -> list[tuple[int, int]]:
    """From which quarter on the clock of `zone` is how many quarters ahead of UTC, from `begin` to `end`."""
    known = ZoneInfo(zone)
    found = [(_quarter(begin), _ahead(begin, known))]
    at = begin
    while at < end:
        following = min(at + _STEP, end)
        if _ahead(following, known) != found[-1][1]:
            low, high = _quarter(at), _quarter(following)
            while high - low > 1:
                middle = (low + high) // 2
                same = _ahead(datetime.fromtimestamp(middle * QUARTER_S, UTC), known) == found[-1][1]
                low, high = (middle, high) if same else (low, middle)
            found.append((high, _ahead(following, known)))
        at = following
    return found


def date_of(day: int) -> date:
    """The date of a day's number."""
    return _EPOCH + timedelta(days=day)


def _quarter(at: datetime) -> int:
    return int(at.timestamp() // QUARTER_S)


def _ahead(at: datetime, zone: ZoneInfo) -> int:
    offset = at.astimezone(zone).utcoffset()
    return round(offset.total_seconds() / QUARTER_S) if offset is not None else 0
