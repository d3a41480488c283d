"""Commands that look at work: status, tasks, task, agents, agent."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace

from adapters.chat.card import Text, Weight
from bot.agents_now import doing_now, logged_work
from bot.cards.agent import agent_card
from bot.cards.task import task_card
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.listings import agents_card, messages_card, status_card, tasks_card
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.scope import MOST_SHOWN, Scope, counted_option, for_access, scope_of, seen_task
from bot.said import said_by
from core.domain.access import Act, may
from core.domain.conversation import DeliveryState
from core.domain.identity import Access, AgentRunId
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.views import TaskView

_OPEN = frozenset(TaskState) - FINAL_TASK_STATES
_TASKS = 10


async def status(command: Command, asker: Asker, context: Context) -> Reply:
    """What is running and what waits for an answer; of one task when it is named."""
    if command.target:
        return await task(command, asker, context)
    scope = await scope_of(command, asker, context)
    views = await _tasks(scope, context, states=_OPEN, limit=MOST_SHOWN)
    shown = {view.task.id for view in views}
    waiting = [each for each in await context.orchestrator.pending_approvals() if each.task in shown]
    return Private(
        card=status_card(
            views,
            waiting,
            worker=await context.seen.worker_running(),
            undelivered=await _undelivered(asker, context),
            now=context.seen.clock(),
        )
    )


async def tasks(command: Command, asker: Asker, context: Context) -> Reply:
    """The newest tasks."""
    scope = await scope_of(command, asker, context)
    state = command.option("state")
    limit = counted_option(command, "limit", default=_TASKS)
    views = await _tasks(scope, context, states=[TaskState(state)] if state else None, limit=limit)
    return Private(card=tasks_card(views, state=state, now=context.seen.clock()))


async def task(command: Command, asker: Asker, context: Context) -> Reply:
    """One task as its card; where a question in its thread brought us here, also how to ask its agents."""
    view = await seen_task(command.target, asker, context)
    access = context.gate.access(asker.person.id, view.task.project)
    card = for_access(task_card(view, now=context.seen.clock()), access)
    if command.text and may(access, Act.STEER):
        hint = Text(text="To tell its agents, write it here without my name.", weight=Weight.NEXT)
        card = replace(card, sections=(*card.sections, hint))
    return Private(card=card)


async def agents(command: Command, asker: Asker, context: Context) -> Reply:
    """Agents at work, queued and waiting; with `--all` those that have ended too."""
    scope = await scope_of(command, asker, context)
    limit = counted_option(command, "limit", default=20)
    only = next(iter(scope.projects)) if scope.projects is not None and len(scope.projects) == 1 else None
    ended = command.has("all")
    found = await context.seen.queries.agents(project=only, ended=ended, limit=1000)
    entries = [each for each in found if scope.holds(each.of.project)][:limit]
    room = await context.seen.queries.room()
    return Private(
        card=agents_card(
            entries,
            await doing_now(context.seen, entries),
            at_work=room.at_work,
            places=context.seen.settings.agents.concurrency,
            now=context.seen.clock(),
        )
    )


async def agent(command: Command, asker: Asker, context: Context) -> Reply:
    """Everything about one agent run, but where its files are on the server."""
    view = await seen_task(command.target, asker, context)
    seen = context.seen
    detail = await seen.queries.agent(AgentRunId(command.target))
    if command.has("messages"):
        return Private(card=messages_card(command.target, await said_by(seen, detail.entry.run)))
    (line,) = await doing_now(seen, [detail.entry])
    work = await asyncio.to_thread(logged_work, seen, detail.entry)
    work = replace(work, folder="", prompt=seen.mask(work.prompt), said=seen.mask(work.said))
    access = context.gate.access(asker.person.id, view.task.project)
    return Private(card=for_access(agent_card(detail, work, doing_now=line, now=seen.clock()), access))


async def _tasks(scope: Scope, context: Context, *, states: Collection[TaskState] | None, limit: int) -> list[TaskView]:
    """The newest tasks of the projects in `scope`."""
    read = context.orchestrator.tasks
    if scope.projects is None:
        return await read(states=states, limit=limit)
    found = [view for name in scope.projects for view in await read(project=name, states=states, limit=limit)]
    return sorted(found, key=lambda view: -view.task.number)[:limit]


async def _undelivered(asker: Asker, context: Context) -> int:
    """How many messages were given up; only admins can do something about them."""
    if not any(may(access, Act.MANAGE) for access in _all_access(asker, context)):
        return 0
    async with context.seen.store.reading() as uow:
        return (await uow.deliveries.counts())[DeliveryState.DEAD]


def _all_access(asker: Asker, context: Context) -> tuple[Access, ...]:
    return (Access.ADMIN,) if context.gate.sees_all(asker.person.id) else tuple(asker.access.values())


HANDLERS: Mapping[Verb, Handler] = {
    Verb.STATUS: status,
    Verb.TASKS: tasks,
    Verb.TASK: task,
    Verb.AGENTS: agents,
    Verb.AGENT: agent,
}
