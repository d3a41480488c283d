"""What one task may cost: shown, set by a command, raised by a form."""

from decimal import Decimal

from adapters.chat.card import Action, Card, Text, Weight
from bot.cards.task import budget_meter
from bot.commands.acting import audited, done
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, written
from bot.commands.notes import NOTE, note_card
from bot.commands.reply import AskForm, Private, Reply
from bot.commands.scope import seen_task
from bot.commands.spelling import SLASH
from bot.forms.tasks import raise_budget_form
from core.domain.budget import usd_of
from core.domain.cost import shown_usd
from core.domain.task import Task
from core.views import TaskView

RAISE = "raise"
"""Instead of an amount: a form asks for it."""
NO_LIMIT = frozenset({"none", "off", "unlimited"})


async def task_budget(command: Command, asker: Asker, context: Context) -> Reply:
    """Show the budget of a task, set it, or ask in a form what it shall be; only some may change it."""
    view = await seen_task(command.target, asker, context)
    task = view.task
    refusal = context.gate.refused_to_spend(
        asker.person.id, f"The budget of {task.id}", project=task.project, requester=task.requested_by
    )
    if not command.text:
        return Private(card=task_budget_card(view, may_change=refusal is None))
    if refusal is not None:
        return await context.refuse(asker, "budget", refusal, subject=task.id)
    if command.text.lower() == RAISE:
        return _amount_wanted(view)
    usd = None if command.text.lower() in NO_LIMIT else usd_of(command.text)
    async with audited("budget", asker, context, subject=task.id, detail=shown_budget(usd)):
        changed = await context.orchestrator.set_budget(task.id, usd, by=asker.person.id)
    return done(f"{changed.id} {shown_budget(usd)}.")


def task_budget_card(view: TaskView, *, may_change: bool) -> Card:
    """What the task has cost and may cost."""
    task, spent = view.task, view.bill.cost_usd
    said = Text(text=f"It has no budget. {shown_usd(spent)} is spent so far.")
    label = "Set a budget…" if task.budget_usd is None else "Change it…"
    passed = spent - task.budget_usd if task.budget_usd is not None else Decimal(0)
    over = (Text(text=f"It was passed by {shown_usd(passed)}."),) if passed > 0 else ()
    change = Action(label=label, command=f"budget {task.id} {RAISE}", typed=f"budget {task.id} 7.50")
    return Card(
        key=NOTE,
        title=f"Budget of {task.id}",
        sections=(
            said if task.budget_usd is None else budget_meter(spent, task.budget_usd),
            *over,
            Text(text="When it is used up the work stops, and a person is asked.", weight=Weight.MUTED),
        ),
        actions=(change,) if may_change else (),
    )


def shown_budget(usd: Decimal | None) -> str:
    """`may cost $7.50`, after a task's name."""
    return "has no budget any more" if usd is None else f"may cost {shown_usd(usd)} in all now"


def _amount_wanted(view: TaskView) -> AskForm:
    task: Task = view.task
    asked = [each.raise_usd for each in view.waiting if each.raise_usd is not None]
    wanted = task.budget_usd + asked[0] if asked and task.budget_usd is not None else None
    return AskForm(
        command=written(Command(verb=Verb.BUDGET, target=task.id)),
        make=lambda token: raise_budget_form(
            task.id, spent=view.bill.cost_usd, budget=task.budget_usd, wanted=wanted, token=token
        ),
        instead=note_card(f"How much may {task.id} cost in all?", hint=f"Type: {SLASH} budget {task.id} 7.50"),
    )
