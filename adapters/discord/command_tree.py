"""The commands people see when they type `/orchestrate`, as Discord is told about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.chat.payload import Payload

COMMAND = "orchestrate"
PICK = "Orchestrate this"
"""On the menu of a message."""
FREE = "say"
"""The subcommand for whatever has none of its own."""
REQUEST = "run"
_CHAT_INPUT, _MESSAGE = 1, 3
_SUBCOMMAND, _STRING, _BOOLEAN = 1, 3, 5
GUILD, BOT_DM = 0, 1
"""Contexts (page: Application commands)."""


class Suggests(StrEnum):
    """What is suggested while somebody types a value."""

    NOTHING = ""
    TASK = "task"
    APPROVAL = "approval"
    PROJECT = "project"
    WORKFLOW = "workflow"
    TEMPLATE = "template"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing to fill in. With `flag` it is typed as `--name value` behind the rest, else as it is."""

    name: str
    says: str
    required: bool = False
    flag: bool = False
    switch: bool = False
    """A flag without a value."""
    suggests: Suggests = Suggests.NOTHING
    choices: tuple[str, ...] = ()
    alone: str = ""
    """The word before it where what it belongs to was left out: a number by itself would be taken for a name."""

    @property
    def is_prose(self) -> bool:
        """Whether it is written in somebody's own words."""
        return not (self.flag or self.suggests or self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcommand:
    """`/orchestrate cancel`, with what belongs to it in the order in which it is typed."""

    name: str
    says: str
    parts: tuple[Part, ...] = ()
    verb: str = ""
    """What it is in the program's grammar, where that is another word."""


def _task(*, required: bool = True) -> Part:
    return Part(name="task", says="Its number, such as T142", required=required, suggests=Suggests.TASK)


_APPROVAL = Part(name="approval", says="Its number, such as A17", required=True, suggests=Suggests.APPROVAL)
_REASON = Part(name="reason", says="Why; the agents read it")
_PROJECT = Part(name="project", says="Only in this project", flag=True, suggests=Suggests.PROJECT)
_AMOUNT = Part(name="usd", says="Amount in US dollars, or none", alone="set")
_MODEL = Part(name="model", says="Which model works on it", flag=True, suggests=Suggests.MODEL)
_VIEWS = ("advice", "calibration", "forecast", "unusual")

SUBCOMMANDS: tuple[Subcommand, ...] = (
    Subcommand(
        name=REQUEST,
        says="Hand work over: say what you want done",
        verb="submit",
        parts=(
            Part(name="request", says="What you want done", required=True),
            Part(name="project", says="In which project", flag=True, suggests=Suggests.PROJECT),
            Part(name="workflow", says="By which workflow", flag=True, suggests=Suggests.WORKFLOW),
            Part(name="template", says="From which template", flag=True, suggests=Suggests.TEMPLATE),
            _MODEL,
            Part(name="budget", says="The most it may cost, in US dollars", flag=True),
            Part(name="priority", says="How urgent it is", flag=True, choices=("high", "normal", "low")),
            Part(name="dry-run", says="Only show what would happen", flag=True, switch=True),
        ),
    ),
    Subcommand(name="new", says="Open a form for a new task", parts=(_PROJECT,)),
    Subcommand(name="status", says="What is running, and what waits for you", parts=(_task(required=False), _PROJECT)),
    Subcommand(
        name="tasks",
        says="List tasks, the newest first",
        parts=(
            Part(
                name="state",
                says="Only those",
                choices=("queued", "running", "awaiting_approval", "paused", "completed", "failed", "cancelled"),
            ),
            _PROJECT,
        ),
    ),
    Subcommand(name="task", says="One task: steps, questions, cost, result", parts=(_task(),)),
    Subcommand(
        name="approve",
        says="Say yes to what is asked, or answer a question",
        parts=(
            _APPROVAL,
            Part(name="words", says="Your answer to a question, or a comment"),
            Part(name="always", says="Permit the same for the rest of the task", flag=True, switch=True),
            Part(name="amount", says="By how many US dollars a budget is raised", flag=True),
        ),
    ),
    Subcommand(name="deny", says="Say no", parts=(_APPROVAL, _REASON)),
    Subcommand(
        name="steer",
        says="Tell the agents of a task something while they work",
        parts=(_task(), Part(name="words", says="What they should know", required=True)),
    ),
    Subcommand(name="cancel", says="Stop a task for good; its branch is kept", parts=(_task(), _REASON)),
    Subcommand(name="pause", says="Stop a task's agents where they are", parts=(_task(), _REASON)),
    Subcommand(name="resume", says="Go on with a paused task", parts=(_task(),)),
    Subcommand(
        name="retry",
        says="Try an ended task again",
        parts=(_task(), Part(name="from", says="From this step on", flag=True)),
    ),
    Subcommand(
        name="fork",
        says="A second task that goes its own way from a step",
        parts=(
            _task(),
            Part(name="words", says="What it should do differently"),
            Part(name="at", says="From which step or agent", flag=True),
            _MODEL,
        ),
    ),
    Subcommand(
        name="review",
        says="Review a pull request; you see the review before it is posted",
        parts=(Part(name="pull-request", says="Its number, owner/repo#45, or its address", required=True), _PROJECT),
    ),
    Subcommand(
        name="ask",
        says="A question about money or tasks, in plain words",
        parts=(Part(name="question", says="Such as: which agent spent the most today?", required=True),),
    ),
    Subcommand(
        name="costs",
        says="What was spent, by agent, role, model and project",
        parts=(
            Part(name="period", says="Of which time", choices=("today", "week", "month")),
            Part(name="view", says="What else there is to see", flag=True, choices=_VIEWS),
            _PROJECT,
        ),
    ),
    Subcommand(
        name="budget",
        says="What a task may cost, or what was spent and which limits hold",
        parts=(_task(required=False), _AMOUNT, _PROJECT),
    ),
    Subcommand(
        name="estimate",
        says="What a request may cost, and how long it may take",
        parts=(
            Part(name="request", says="What you want done", required=True),
            _PROJECT,
            Part(name="workflow", says="By which workflow", flag=True, suggests=Suggests.WORKFLOW),
            _MODEL,
        ),
    ),
    Subcommand(
        name="schedule",
        says="Work and reports that begin by the clock; alone it lists them",
        parts=(
            Part(name="what", says="every weekday at 9 fix flaky tests, weekly report, pause S3 …"),
            _PROJECT,
        ),
    ),
    Subcommand(
        name="project",
        says="The projects you may see, and which one this channel is about",
        parts=(
            Part(name="action", says="What to do", required=True, choices=("list", "show", "use")),
            Part(name="name", says="Which project", suggests=Suggests.PROJECT),
        ),
    ),
    Subcommand(
        name="logs",
        says="What an agent was told, said and did",
        parts=(
            Part(name="task", says="A task or an agent, such as T142.3", required=True, suggests=Suggests.TASK),
            Part(name="follow", says="While it is written", flag=True, switch=True),
        ),
    ),
    Subcommand(name="diff", says="What a task changed, as a file", parts=(_task(),)),
    Subcommand(name="whoami", says="What you may do here"),
    Subcommand(name="help", says="All commands, or one of them", parts=(Part(name="command", says="Which one"),)),
    Subcommand(
        name=FREE,
        says="Anything else, as you would type it elsewhere",
        parts=(Part(name="text", says="A request or a command", required=True),),
    ),
)
BY_NAME: Mapping[str, Subcommand] = {each.name: each for each in SUBCOMMANDS}


def application_commands(contexts: Sequence[int]) -> list[Payload]:
    """What Discord is told: the slash command and the entry on the menu of messages, where `contexts` says."""
    shared: dict[str, object] = {"contexts": list(contexts), "integration_types": [0]}
    slash: dict[str, object] = {
        "name": COMMAND,
        "type": _CHAT_INPUT,
        "description": "Hand work to coding agents, and stay in charge of it",
        "options": [_subcommand(each) for each in SUBCOMMANDS],
    }
    return [slash | shared, {"name": PICK, "type": _MESSAGE} | shared]


def _subcommand(command: Subcommand) -> Payload:
    shown: dict[str, object] = {"type": _SUBCOMMAND, "name": command.name, "description": command.says}
    # Discord wants what is needed before what is not
    parts = sorted(command.parts, key=lambda part: not part.required)
    return shown | ({"options": [_option(part) for part in parts]} if parts else {})


def _option(part: Part) -> Payload:
    shown: dict[str, object] = {
        "type": _BOOLEAN if part.switch else _STRING,
        "name": part.name,
        "description": part.says,
        "required": part.required,
    }
    if part.choices:
        return shown | {"choices": [{"name": choice.replace("_", " "), "value": choice} for choice in part.choices]}
    return shown | ({"autocomplete": True} if part.suggests else {})
