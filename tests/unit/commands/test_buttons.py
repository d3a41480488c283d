"""Every button on every card stands for a command that the chat knows."""

from dataclasses import replace

import pytest

from adapters.chat.card import Card, Choices
from bot.cards.approval import approval_card
from bot.cards.ended import ended_card
from bot.cards.project import project_card
from bot.cards.task import task_card
from bot.commands.all import LOOKING
from bot.commands.chat import chat_commands
from bot.commands.grammar import Verb, read_command
from bot.commands.guide import help_card
from bot.commands.registry import Registry
from bot.commands.verbs import ACTS
from bot.sample_task import NOW, sample_view
from core.domain.approval import Approval, ApprovalKind, Choice, Question
from core.domain.identity import agent_run_id, task_id
from core.domain.project import Project
from core.domain.task import FINAL_TASK_STATES, StepState, TaskState
from core.views import TaskView
from tests.support.values import an_approval

pytestmark = pytest.mark.slack

QUESTION = Question(text="Which table?", choices=(Choice(label="the old one"), Choice(label="a new one")))


def in_state(state: TaskState) -> TaskView:
    """The sample task in `state`, with a commit, and a failed step when it failed."""
    view = sample_view()
    steps = list(view.steps)
    if state is TaskState.FAILED:
        steps[1] = replace(steps[1], step=replace(steps[1].step, state=StepState.FAILED))
    waiting = () if state in FINAL_TASK_STATES else view.approvals
    return replace(view, steps=tuple(steps), approvals=waiting, task=replace(view.task, state=state, commit="1f" * 20))


def an_asked(kind: ApprovalKind) -> Approval:
    """An open approval of this kind."""
    questions = (QUESTION,) if kind is ApprovalKind.QUESTION else ()
    return an_approval(17, task_id(142), kind=kind, questions=questions, agent_run=agent_run_id(task_id(142), 3))


CARDS: list[Card] = [
    *(task_card(in_state(state), now=NOW) for state in TaskState),
    *(ended_card(in_state(state), now=NOW) for state in FINAL_TASK_STATES),
    *(approval_card(an_asked(kind)) for kind in ApprovalKind),
    *(project_card(Project(name="api", repository="/api"), None, archived=each) for each in (True, False)),  # type: ignore[arg-type]
    help_card(),
]


def commands(card: Card) -> list[str]:
    """What its buttons and offered answers stand for."""
    offered = [each.command for part in card.sections if isinstance(part, Choices) for each in part.options]
    return [each for each in (*(action.command for action in card.actions), *offered) if each]


@pytest.mark.parametrize("command", sorted({each for card in CARDS for each in commands(card)}))
def test_a_button_is_a_command_and_never_the_beginning_of_a_task(command: str) -> None:
    read = read_command(command)
    assert read.verb is not Verb.SUBMIT
    assert read.verb.value == command.split(maxsplit=1)[0]


def test_every_verb_has_a_handler_and_what_changes_work_says_what_it_takes() -> None:
    registry, looking = chat_commands(), Registry(*LOOKING)
    assert registry.verbs == set(Verb) - {Verb.QUIT}
    assert registry.verbs - looking.verbs == set(ACTS)
