"""Runs a typed query for an asker and shows what comes of it: figures, tasks, a bill, a budget, or what waits."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import assert_never

from adapters.chat.card import Action, Card, Section, Text, Weight
from bot.cards.answer import ANSWER, Shown, figures_card, listed_card, people_in, understood
from bot.cards.bill import bill_card
from bot.cards.words import counted, line
from bot.commands.budget_answer import budget_answer
from bot.commands.context import Asker, Context
from bot.commands.cost_views import VIEW_OF, VIEWS, over_usual_time
from bot.commands.known import visible
from bot.commands.pictures import figures_picture
from bot.commands.query_options import as_costs
from bot.commands.reply import Private
from bot.commands.scope import seen_task
from bot.commands.unpriced import with_fallback_told
from core.costs.asking import Asking
from core.costs.query import Group, Metric, Query, Subject, Where
from core.costs.reasons import reasons
from core.costs.words.known import Known
from core.domain.approval import Approval
from core.domain.identity import PersonId
from core.domain.task import Task
from core.views import TaskView

_OFFERED = (Group.ROLE, Group.MODEL, Group.DAY, Group.PERSON)
_WAITING = 6


async def answered(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """What `query` comes to, for the asker alone."""
    match query.subject:
        case Subject.FIGURES:
            return await _figures(query, asker, context, known)
        case Subject.TASKS:
            return await _tasks(query, asker, context, known)
        case Subject.BILL:
            return await _bill(query, asker, context, known)
        case Subject.BUDGET:
            return await budget_answer(query, asker, context, known)
        case Subject.WAITING:
            return await _waiting(query, asker, context, known)
        case Subject.UNUSUAL | Subject.ADVICE | Subject.ESTIMATES:
            return await _viewed(query, asker, context, known)
        case _:
            assert_never(query.subject)


async def _viewed(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """What a view of `costs` tells; follow-ups may have a time that was said, or none."""
    view = VIEW_OF[query.subject]
    if query.period is None and not query.said:
        query = over_usual_time(query, known, view=view)
    return await VIEWS[view](query, asker, context, known)


async def _figures(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    zone = known.zone_of(query.where.projects)
    found = await _asking(context).figures(query, projects=visible(asker, context), zone=zone)
    names = await _names(people_in(found.rows, query), context)
    shown = Shown(
        names=names,
        actions=_others(query),
        over=_over(query, asker, context),
    )
    card = await with_fallback_told(figures_card(found, shown), query, asker, context, zone=zone)
    return Private(card=card, picture=figures_picture(found, context, title=card.title, names=names))


async def _tasks(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    zone = known.zone_of(query.where.projects)
    found = await _asking(context).tasks(query, projects=visible(asker, context), zone=zone)
    names = await _names(people_in((), query), context)
    return Private(card=listed_card(found, Shown(names=names, over=_over(query, asker, context))))


async def _bill(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    view = await seen_task(query.where.tasks[0], asker, context)
    card = bill_card(view)
    why = [Text(text=each) for each in reasons(view, usual_usd=await _usual(view, context))]
    if not why:
        why = [Text(text="It has cost nothing so far.")]
    named = understood(query, known.zone, Shown(names={}))
    title = line(f"{view.task.id} · {view.task.title}", 100)
    look = (Action(label="By model", command=as_costs(_of_task(view.task, Group.MODEL))),)
    sections = (*why, *card.sections, named)
    card = replace(card, key=ANSWER, title=title, sections=sections, actions=(*card.actions, *look))
    return Private(card=await with_fallback_told(card, query, asker, context, zone=known.zone))


def _of_task(task: Task, group: Group) -> Query:
    return Query(group=group, where=Where(tasks=(task.id,)))


async def _usual(view: TaskView, context: Context) -> Decimal | None:
    """What the other ended tasks of this kind in the project cost on average; None before there are three."""
    task = view.task
    where = Where(projects=(task.project,), types=(task.type,))
    found = await _asking(context).figures(Query(metric=Metric.AVERAGE, where=where), projects=None, zone="UTC")
    total = found.total
    return total.value if total.of >= 3 and total.value else None


async def _waiting(query: Query, asker: Asker, context: Context, known: Known) -> Private:
    """Approvals the asker may decide, oldest first."""
    found: list[tuple[Approval, Task]] = []
    for approval in await context.orchestrator.pending_approvals():
        task = (await context.seen.reader.task(approval.task)).task
        refusal = context.gate.refused_to_decide(
            asker.person.id, approval, project=task.project, requester=task.requested_by
        )
        if refusal is None:
            found.append((approval, task))
    sections: list[Section] = [
        Text(text=line(f"{approval.id} · {approval.title} · {task.id} {task.title}", 160))
        for approval, task in found[:_WAITING]
    ]
    if len(found) > _WAITING:
        sections.append(Text(text=f"And {len(found) - _WAITING} more.", weight=Weight.MUTED))
    if not found:
        sections.append(Text(text="Nothing waits for your answer."))
    sections.append(understood(query, known.zone, Shown(names={})))
    tasks = list(dict.fromkeys(task.id for _, task in found))[:_WAITING]
    actions = tuple(Action(label=f"Open {task}", command=f"task {task}") for task in tasks)
    card = Card(
        key=ANSWER,
        title="What waits for you",
        status=counted(len(found), "question"),
        sections=tuple(sections),
        actions=actions,
    )
    return Private(card=card)


def _others(query: Query) -> tuple[Action, ...]:
    """The same figures told apart in other ways."""
    return tuple(
        Action(label=f"By {group.value}", command=as_costs(replace(query, group=group, limit=None)), minor=True)
        for group in _OFFERED
        if group is not query.group
    )


def _over(query: Query, asker: Asker, context: Context) -> str:
    """A word on what is left out for who may not see everything."""
    named = bool(query.where.projects or query.where.tasks)
    return "" if named or visible(asker, context) is None else "in the projects you may see"


async def _names(people: Collection[PersonId], context: Context) -> dict[PersonId, str]:
    async with context.seen.store.reading() as uow:
        return await uow.people.names(people)


def _asking(context: Context) -> Asking:
    return Asking(context.seen.store, clock=context.seen.clock)
