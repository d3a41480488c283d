"""The verbs of the chat, other words for them, and what kinds of things may follow them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.access import Act


class Verb(StrEnum):
    """What is wanted."""

    SUBMIT = "submit"
    """Free text: a request."""
    NEW = "new"
    STATUS = "status"
    TASKS = "tasks"
    TASK = "task"
    AGENTS = "agents"
    AGENT = "agent"
    APPROVE = "approve"
    DENY = "deny"
    REVISE = "revise"
    ANSWER = "answer"
    STEER = "steer"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    ADDRESS = "address"
    PUBLISH = "publish"
    REVIEW = "review"
    REWIND = "rewind"
    FORK = "fork"
    KEEP = "keep"
    COMPARE = "compare"
    PRIORITY = "priority"
    COSTS = "costs"
    ASK = "ask"
    BUDGET = "budget"
    ESTIMATE = "estimate"
    LOGS = "logs"
    DIFF = "diff"
    PROJECT = "project"
    TEMPLATE = "template"
    SCHEDULE = "schedule"
    NOTIFY = "notify"
    AUDIT = "audit"
    WHOAMI = "whoami"
    HELP = "help"
    QUIT = "quit"
    """Leave the chat; only where leaving means something."""


class Target(StrEnum):
    """What a verb is about; the value is how it is called in words."""

    NONE = ""
    TASK = "task"
    TASKS = "tasks"
    """Two or more."""
    RUN = "agent run"
    TASK_OR_RUN = "task or agent run"
    APPROVAL = "approval"
    PULL_REQUEST = "pull request"


class Words(StrEnum):
    """Which free words may follow the target."""

    NONE = "none"
    ONE = "one"
    """One word, which must be there."""
    SOME = "some"
    """Any, or none."""
    NEEDED = "needed"
    """Any, but at least one when the command is meant for sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """`--name VALUE`, or `--name` alone when it takes none; `choices` are the only values, () for any."""

    name: str
    takes_value: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One verb: what may follow it, and how it is explained."""

    says: str
    """What it does, as one short line."""
    usage: str
    examples: tuple[str, ...]
    target: Target = Target.NONE
    target_optional: bool = False
    words: Words = Words.NONE
    first_words: tuple[str, ...] = ()
    """The first free word must be one of these, () for any; PARTS says how many follow."""
    options: tuple[Option, ...] = ()


ALIASES: Mapping[str, Verb] = {
    **dict.fromkeys(("show", "view", "details", "info", "inspect", "describe", "watch", "task-details"), Verb.TASK),
    **dict.fromkeys(("list", "ls", "history", "list-tasks"), Verb.TASKS),
    **dict.fromkeys(("queue", "pending", "waiting", "running", "approvals"), Verb.STATUS),
    "list-agents": Verb.AGENTS,
    "agent-details": Verb.AGENT,
    "stop": Verb.CANCEL,
    "kill": Verb.CANCEL,
    "abort": Verb.CANCEL,
    "accept": Verb.APPROVE,
    **dict.fromkeys(("reject", "decline", "refuse"), Verb.DENY),
    **dict.fromkeys(("reply", "respond"), Verb.ANSWER),
    **dict.fromkeys(("tell", "message"), Verb.STEER),
    **dict.fromkeys(("suspend", "hold"), Verb.PAUSE),
    **dict.fromkeys(("continue", "unpause", "proceed"), Verb.RESUME),
    **dict.fromkeys(("restart", "rerun", "redo"), Verb.RETRY),
    **dict.fromkeys(("log", "output"), Verb.LOGS),
    **dict.fromkeys(("diffs", "changes", "patch"), Verb.DIFF),
    "prio": Verb.PRIORITY,
    **dict.fromkeys(("cost", "spend", "spent", "spending", "bill"), Verb.COSTS),
    **dict.fromkeys(("budgets", "limits"), Verb.BUDGET),
    "projects": Verb.PROJECT,
    "templates": Verb.TEMPLATE,
    "schedules": Verb.SCHEDULE,
    **dict.fromkeys(("notifications", "notification"), Verb.NOTIFY),
    "me": Verb.WHOAMI,
    **dict.fromkeys(("commands", "?"), Verb.HELP),
    "exit": Verb.QUIT,
}
"""Other words people try; the same must follow them as follows the verb."""

TYPED = tuple(verb for verb in Verb if verb is not Verb.SUBMIT)
"""The verbs a person types."""


def named_verb(word: str) -> Verb | None:
    """The verb that `word` names, also by another name for it; None for any other word."""
    lowered = word.lower()
    if lowered in ALIASES:
        return ALIASES[lowered]
    return next((verb for verb in Verb if verb.value == lowered), None)


ACTS: Mapping[Verb, Act] = {
    Verb.SUBMIT: Act.SUBMIT,
    Verb.NEW: Act.SUBMIT,
    **dict.fromkeys((Verb.APPROVE, Verb.DENY, Verb.REVISE, Verb.ANSWER), Act.DECIDE),
    Verb.STEER: Act.STEER,
    **dict.fromkeys((Verb.CANCEL, Verb.PAUSE, Verb.RESUME, Verb.RETRY, Verb.REWIND, Verb.FORK), Act.CONTROL),
    **dict.fromkeys((Verb.KEEP, Verb.PRIORITY, Verb.ADDRESS, Verb.PUBLISH), Act.CONTROL),
    Verb.REVIEW: Act.SUBMIT,
}
"""What a verb takes; one that is not here only looks, or checks by itself."""
