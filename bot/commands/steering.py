"""The command that talks to the agents of a task, and says which of them hears it."""

from collections.abc import Mapping, Sequence

from adapters.chat.card import Action, Card
from bot.commands.acting import audited, done, key_of, on_task
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, written
from bot.commands.notes import note_card
from bot.commands.registry import Handler
from bot.commands.reply import AskForm, Private, Reply
from bot.commands.scope import own_run
from bot.commands.spelling import SLASH
from bot.commands.targets import take_target
from bot.commands.vocabulary import Target
from bot.forms.tasks import steer_form
from core.domain.access import Act
from core.domain.errors import InvalidInputError
from core.domain.identity import AgentRunId
from core.domain.steering import SteeringMessage
from core.domain.task import FINAL_TASK_STATES, Task, TaskState
from core.views import TaskView

_ENDED = {TaskState.COMPLETED: "is done", TaskState.FAILED: "has failed", TaskState.CANCELLED: "was cancelled"}


@on_task(Act.STEER)
async def steer(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Tell the agents at work something, or the next one when none is."""
    task = view.task
    if task.state in FINAL_TASK_STATES and command.text:
        return Private(card=_too_late(task, command.text, event_id=asker.event_id))
    to = _run(command.option("to"))
    if to is not None:
        own_run(view, to)
    if not command.text:
        return AskForm(
            command=written(command),
            make=lambda token: steer_form(task, token=token, to=to),
            instead=note_card(
                f"What should the agents of {task.id} know?", hint=f"Type: {SLASH} steer {task.id} and your words."
            ),
        )
    async with audited("steer", asker, context, subject=task.id, detail=command.text):
        told = await context.orchestrator.steer(task.id, command.text, by=asker.person.id, to=to, key=key_of(asker))
    return done(_heard(view, told))


def _run(name: str) -> AgentRunId | None:
    if not name:
        return None
    found, _ = take_target(Target.RUN, name)
    if not found:
        raise InvalidInputError(f"{name[:40]!r} is not an agent.", hint="An agent looks like T142.3.")
    return AgentRunId(found[0])


def _heard(view: TaskView, told: Sequence[SteeringMessage]) -> str:
    """`The builder hears it.`, by role where one agent of that role is meant."""
    roles = {each.run.id: each.run.role for step in view.steps for each in step.runs}
    names = [f"the {roles[each.to]} ({each.to})" if each.to in roles else f"{each.to}" for each in told if each.to]
    if names:
        listed = ", ".join(names[:-1]) + (" and " if names[:-1] else "") + names[-1]
        return f"{listed[0].upper()}{listed[1:]} {'hears' if len(names) == 1 else 'hear'} it."
    if view.task.state is TaskState.PAUSED:
        return f"{view.task.id} is paused. The next agent hears it once the task goes on."
    waits = f", once {view.waiting[0].id} is decided" if view.waiting else ""
    return f"No agent is at work now. The next one hears it{waits}."


def _too_late(task: Task, text: str, *, event_id: str) -> Card:
    """What can still be done about an ended task; the words are not lost."""
    anew = Command(verb=Verb.SUBMIT, text=text, options={"project": (task.project,)})
    again = Action(label="Try again", command=f"retry {task.id}")
    aside = Action(label="Fork…", command=f"fork {task.id}")
    actions = (
        Action(label="New task with these words", command=written(anew)),
        *(() if task.state is TaskState.COMPLETED else (again,)),
        *((aside,) if task.branch else ()),
    )
    note = note_card(f"{task.id} {_ENDED[task.state]}, so no agent hears this.", hint="What would you like to do?")
    # a key of its own: pressing one of its buttons twice does it once
    return Card(key=f"choose:{event_id}", title=note.title, sections=note.sections, actions=actions, about=note.about)


HANDLERS: Mapping[Verb, Handler] = {Verb.STEER: steer}
