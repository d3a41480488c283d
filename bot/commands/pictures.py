"""Pictures that go with answers: drawn when the answer is given, for chats that take files and whoever asks for one."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from adapters.chat.file import File
from bot.cards.burn_down import burn_down
from bot.cards.drawing import figures_drawing, series_drawing
from bot.cards.forecast import Lasting
from bot.cards.person import Names
from bot.cards.rise import rise
from bot.commands.context import Asker, Context
from bot.commands.known import visible
from bot.commands.reply import Later
from core.costs.answer import Figures
from core.costs.asking import MOST_ROWS, Asking
from core.costs.picture import Drawing
from core.costs.query import Group, Order, Query, Where
from core.costs.series import series
from core.costs.words.known import Known
from core.domain.limit import BudgetScope
from core.domain.period import PeriodUnit
from core.forecasts.projection import Outlook, Projection

Make = Callable[[], Awaitable[Drawing | None]]


def picture_of(make: Make, context: Context) -> Later | None:
    """The picture of what `make` comes to, when somebody wants it; None where no pictures are drawn."""
    charts = context.charts
    if charts is None:
        return None

    async def later() -> File | None:
        drawing = await make()
        if drawing is None:
            return None
        picture = await charts.draw(drawing)
        return File(name=picture.name, data=picture.data, title=drawing.title, alt=picture.alt)

    return later


def figures_picture(found: Figures, context: Context, *, title: str, names: Names) -> Later | None:
    """Figures as a picture; None for what a picture says no better."""
    drawing = figures_drawing(found, title=title, names=names)

    async def make() -> Drawing | None:
        return drawing

    return picture_of(make, context) if drawing is not None else None


def roles_picture(query: Query, asker: Asker, context: Context, known: Known, *, title: str) -> Later | None:
    """What each role cost over the days of the query's period."""

    async def make() -> Drawing | None:
        found = await series(
            context.seen.store,
            query,
            group=Group.ROLE,
            projects=visible(asker, context),
            zone=known.zone_of(query.where.projects),
            now=known.now,
        )
        return series_drawing(found, title=title, names={})

    return picture_of(make, context)


def budget_picture(standing: Sequence[Lasting], context: Context, known: Known) -> Later | None:
    """The budget that is the nearest to its end, over its period; None where there is none."""
    if not standing:
        return None
    nearest = max(standing, key=_strain)
    budget, period = nearest.stands.budget, nearest.stands.period

    async def make() -> Drawing | None:
        zone = context.seen.settings.budget_book.zone_of(budget)
        query = Query(group=Group.DAY, where=_calls_of(budget.scope), period=period, order=Order.TIME, limit=31)
        found = await Asking(context.seen.store, clock=lambda: known.now).figures(query, projects=None, zone=zone)
        days = () if budget.unit is PeriodUnit.DAY else found.rows
        return burn_down(nearest, days, now=known.now, zone=zone)

    return picture_of(make, context)


def forecast_picture(
    query: Query, whole: Outlook, asker: Asker, context: Context, known: Known, *, title: str
) -> Later | None:
    """What the query's period will come to; None for one that is over, too long, or too early to tell."""
    period = query.period
    if period is None or not isinstance(whole, Projection) or known.now not in period:
        return None
    if period.end - period.begin > timedelta(days=MOST_ROWS):
        return None

    async def make() -> Drawing | None:
        zone = known.zone_of(query.where.projects)
        asked = Query(group=Group.DAY, where=query.where, period=period, order=Order.TIME, limit=MOST_ROWS)
        asking = Asking(context.seen.store, clock=lambda: known.now)
        found = await asking.figures(asked, projects=visible(asker, context), zone=zone)
        return rise(whole, period, found.rows, title=title, now=known.now, zone=zone)

    return picture_of(make, context)


def _calls_of(scope: BudgetScope) -> Where:
    return Where(
        projects=(scope.project,) if scope.project else (),
        persons=(scope.person,) if scope.person else (),
        roles=(scope.role,) if scope.role else (),
        models=(scope.model,) if scope.model else (),
    )


def _strain(of: Lasting) -> float:
    """How much of its limit the budget will have used in the end, as far as that can be told."""
    ahead = of.ahead.likely_usd if isinstance(of.ahead, Projection) else of.stands.spent_usd
    return float(ahead / of.stands.limit_usd)
