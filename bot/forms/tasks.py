"""Forms about tasks: a new one, words for its agents, another way from one of its steps, more money."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.chat.card import Option
from adapters.chat.form import Form, FormField, SelectField, TextField
from bot.cards.words import block, line
from bot.forms.files import FILES
from bot.forms.sizes import INTRO, LABEL, OPTIONS, TITLE, WORDS
from core.domain.cost import shown_usd
from core.domain.identity import AgentRunId, ProjectName, StepName, TaskId
from core.domain.task import Priority, Task

REQUEST = "request"
PROJECT = "project"
WORKFLOW = "workflow"
PRIORITY = "priority"
MODEL = "model"
WORDS_FIELD = "words"
STEP = "at"
AMOUNT = "amount"
BUDGET = "budget"
_AMOUNT_COLUMNS = 12
_LEFT_OUT = "The text is longer than fits here: its end is left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """What a new task's form begins with, and what may be chosen in it."""

    projects: Sequence[ProjectName]
    """Those the person may hand work to."""
    project: str = ""
    request: str = ""
    """What is longer than a field can hold is cut, and the form says so."""
    workflows: Sequence[str] = ()

    @property
    def fits(self) -> bool:
        """Whether the request stands in the form whole."""
        return len(self.request) <= WORDS


def new_task_form(begin: NewTask, *, token: str) -> Form:
    """Fields `REQUEST`, `PROJECT` (left out when there is only one), `WORKFLOW`, `PRIORITY`, `BUDGET`."""
    fields: list[FormField] = [
        TextField(
            name=REQUEST,
            label="What should be done?",
            value=begin.request[:WORDS],
            hint="In your own words, or an issue: fix issue #123" if begin.fits else _LEFT_OUT,
            multiline=True,
            max_length=WORDS,
        )
    ]
    if len(begin.projects) > 1:
        fields.append(SelectField(name=PROJECT, label="Project", options=_options(begin.projects), value=_known(begin)))
    if begin.workflows:
        fields.append(
            SelectField(
                name=WORKFLOW,
                label="Workflow",
                options=_options(begin.workflows),
                hint="Left empty, it is chosen from the request.",
                optional=True,
            )
        )
    priorities = tuple(Option(label=each.value.capitalize(), value=each.value) for each in Priority)
    fields.append(
        SelectField(name=PRIORITY, label="Priority", options=priorities, value=Priority.NORMAL.value, optional=True)
    )
    return Form(token=token, title="New task", fields=(*fields, budget_field()), submit="Start", files=FILES)


def budget_field(value: str = "") -> TextField:
    """The most a new task may cost, in US dollars; `value` stands there already. Its name is `BUDGET`."""
    return TextField(
        name=BUDGET,
        label="May cost at most (US dollars)",
        value=value[:_AMOUNT_COLUMNS],
        hint="For example 5. When it is spent you are asked. Left empty, as the project says.",
        optional=True,
        max_length=_AMOUNT_COLUMNS,
    )


def steer_form(task: Task, *, token: str, to: AgentRunId | None = None) -> Form:
    """What the agents at work, or only `to`, should know. Its field is `WORDS_FIELD`."""
    return Form(
        token=token,
        title=line(f"Tell {to or task.id}", TITLE),
        intro=block(task.title, INTRO),
        fields=(
            TextField(
                name=WORDS_FIELD,
                label="What should it know?",
                hint="It is heard at the agent's next step; the work is not stopped.",
                multiline=True,
                max_length=WORDS,
            ),
        ),
        files=FILES,
    )


def fork_form(task: Task, *, steps: Sequence[StepName], token: str) -> Form:
    """A second task from one of `steps`, those that have begun. Fields `STEP`, `WORDS_FIELD`, `MODEL`."""
    return Form(
        token=token,
        title=line(f"Fork {task.id}", TITLE),
        intro="A second task begins beside this one. You keep one of them in the end.",
        fields=(
            *(_from_step(steps) if steps else ()),
            TextField(
                name=WORDS_FIELD,
                label="What should it do differently?",
                optional=True,
                multiline=True,
                max_length=WORDS,
            ),
            TextField(name=MODEL, label="Model", hint="Left empty, the same as before.", optional=True, max_length=100),
        ),
        submit="Fork",
        files=FILES,
    )


def raise_budget_form(
    task: TaskId, *, spent: Decimal, budget: Decimal | None, token: str, wanted: Decimal | None = None
) -> Form:
    """How much the task may cost in all, in US dollars; `wanted` stands there already. Its field is `AMOUNT`."""
    known = budget * 2 if budget is not None else max(spent * 2, Decimal(1))
    return Form(
        token=token,
        title=line(f"Budget of {task}", TITLE),
        intro=f"{shown_usd(spent)}{'' if budget is None else f' of {shown_usd(budget)}'} is spent.",
        fields=(
            TextField(
                name=AMOUNT,
                label="May cost in all (US dollars)",
                value=f"{wanted or known:.2f}",
                hint="For example: 5.00",
                max_length=_AMOUNT_COLUMNS,
            ),
        ),
        submit="Set",
    )


def _from_step(steps: Sequence[StepName]) -> tuple[SelectField, ...]:
    return (
        SelectField(
            name=STEP,
            label="From which step?",
            options=_options(steps),
            value=steps[-1],
            hint="What was done before that step is taken along.",
        ),
    )


def _known(begin: NewTask) -> str:
    return begin.project if begin.project in list(begin.projects)[:OPTIONS] else ""


def _options(names: Sequence[str]) -> tuple[Option, ...]:
    return tuple(Option(label=line(name, LABEL), value=name) for name in names[:OPTIONS])
