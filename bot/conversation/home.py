"""A person's own page: what waits for them, what is under way, and what this week cost."""

from datetime import datetime, time, timedelta

from adapters.chat.card import Card
from bot.cards.home import Asked, home_cards
from bot.commands.context import Asker, Context
from core.domain.access import Act, may
from core.domain.approval import Approval
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.spending import spent_since, total_by
from core.views import TaskView

_OPEN = frozenset(TaskState) - FINAL_TASK_STATES
_MOST = 50


async def home_of(asker: Asker, context: Context) -> tuple[Card, ...]:
    """The asker's page: only projects they may see, and only questions they may decide."""
    views = {
        view.task.id: view
        for project in asker.access
        for view in await context.seen.reader.tasks(project=project, states=_OPEN, limit=_MOST)
    }
    running = sorted(views.values(), key=lambda view: view.task.number, reverse=True)
    now = context.seen.clock()
    spent = await spent_since(context.seen.store, _monday(now), projects=tuple(asker.access))
    return home_cards(
        asked=[_asked(approval, view) for view in running for approval in _decidable(view, asker, context)],
        running=running,
        week_usd={name: cost for name, (_, cost) in total_by(spent, "project").items()},
        may_submit=any(may(access, Act.SUBMIT) for access in asker.access.values()),
        now=now,
    )


def _decidable(view: TaskView, asker: Asker, context: Context) -> list[Approval]:
    task, gate = view.task, context.gate
    return [
        each
        for each in view.waiting
        if gate.refused_to_decide(asker.person.id, each, project=task.project, requester=task.requested_by) is None
    ]


def _asked(approval: Approval, view: TaskView) -> Asked:
    runs = (each.run for step in view.steps for each in step.runs)
    role = next((run.role for run in runs if run.id == approval.agent_run), "")
    return Asked(approval=approval, task_title=view.task.title, role=role)


def _monday(now: datetime) -> datetime:
    """The beginning of this week, in the zone of `now`."""
    return datetime.combine(now.date() - timedelta(days=now.weekday()), time(), tzinfo=now.tzinfo)
