"""The costs command: an overview of a period, or any figures of the ledger by options."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from bot.cards.costs import GLANCE, TOLD_BY, costs_card
from bot.commands.answers import answered
from bot.commands.command import Command
from bot.commands.context import Asker, Context
from bot.commands.cost_views import VIEWS, chosen, over_usual_time
from bot.commands.known import known_to, remember, visible
from bot.commands.pictures import roles_picture
from bot.commands.query_options import narrowed
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.scope import seen_project
from bot.commands.unpriced import with_fallback_told
from bot.commands.verbs import Verb
from core.costs.asking import Asking
from core.costs.query import Metric, Order, Query, Subject, Where
from core.costs.words.known import Known
from core.costs.words.reading import read_question
from core.domain.errors import InvalidInputError

_ROWS = 8
_SHORT = {"week": "this week", "month": "this month"}


async def costs(command: Command, asker: Asker, context: Context) -> Reply:
    """What was spent: at a glance, or told apart as the words and options say."""
    known = await known_to(asker, context)
    query = await query_of(command, asker, context, known)
    await remember(query, asker, context)
    if view := chosen(command.options):
        return await VIEWS[view](query, asker, context, known)
    if query.metric is Metric.COST and query.group is None and query.where == Where(projects=query.where.projects):
        return await _overview(query, asker, context, known)
    return await answered(query, asker, context, known)


async def query_of(command: Command, asker: Asker, context: Context, known: Known) -> Query:
    """The figures that the words and options of `costs` ask for; InvalidInputError for what cannot be."""
    options = dict(command.options)
    if projects := options.get("project"):
        options["project"] = tuple([await seen_project(name, asker, context) for name in projects])
    if people := options.get("person"):
        options["person"] = tuple(known.people.get(name.lower(), name) for name in people)
    words = f"{command.part} {command.text}".strip()
    words = _SHORT.get(words, words)
    found = read_question(f"costs {words}".strip(), known)
    if not isinstance(found, Query) or found.subject is not Subject.FIGURES:
        hint = (
            "For example: costs last week, costs by model, costs since monday, costs --from 2026-01-01 --to 2026-01-31"
        )
        raise InvalidInputError(f"costs does not know {words[:40]!r}.", hint=hint)
    zone = known.zone_of(options.get("project", ()))
    if options.get("project") and words:
        # its days are those of the project
        zoned = replace(known, zone=zone)
        again = read_question(f"costs {words}", zoned)
        found = again if isinstance(again, Query) else found
    query = narrowed(found, options, zone=zone)
    told = bool(words) or not options.keys().isdisjoint({"from", "to", "all-time"})
    view = chosen(options)
    return over_usual_time(query, known, view=view) if view and not told else query


async def _overview(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    projects, zone = visible(asker, context), known.zone_of(query.where.projects)
    asking = Asking(context.seen.store, clock=context.seen.clock)
    sums: dict[str, Decimal] = {}
    for name in GLANCE:
        glance = read_question(f"costs {name}", replace(known, zone=zone))
        if isinstance(glance, Query):
            found = await asking.figures(replace(glance, where=query.where), projects=projects, zone=zone)
            sums[name] = found.total.value
    by = [replace(query, group=group, order=Order.MOST, limit=_ROWS) for group in TOLD_BY]
    tables = [await asking.figures(each, projects=projects, zone=zone) for each in by]
    about = "".join(f" --project {name}" for name in query.where.projects)
    said = query.said or "all time" if query.period is None or query.said else "the chosen time"
    card = costs_card(sums, tables, said=said, zone=zone, names={}, about=about)
    card = await with_fallback_told(card, query, asker, context, zone=zone)
    picture = roles_picture(query, asker, context, known, title=card.title) if tables[0].total.value else None
    return Private(card=card, picture=picture)


HANDLERS: Mapping[Verb, Handler] = {Verb.COSTS: costs}
