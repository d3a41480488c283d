"""What somebody means who writes to us: a command, a request, a question, or words for the agents of a task; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.grammar import Command, Verb, named_verb, read_command
from bot.commands.targets import first_word, names_target
from bot.commands.vocabulary import ENTRIES, Target
from core.domain.errors import InvalidInputError
from core.domain.identity import ApprovalId, TaskId

_TASK_NAME = re.compile(r"\bT([0-9]{1,9})\b", re.ASCII | re.IGNORECASE)
_SMALL_TALK = frozenset(
    {
        *("hi", "hello", "hey", "hallo", "yo", "bye", "good", "morning", "evening", "everybody", "all", "there"),
        *("thanks", "thank", "you", "thx", "cheers", "ok", "okay", "cool", "great", "nice", "ping", "test"),
        *("what", "who", "how", "are", "is", "can", "do", "i", "we", "me", "help"),
    }
)
"""Words that by themselves ask for no work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InThread:
    """The task a thread is about, and what of it waits for an answer."""

    task: TaskId
    waiting: Sequence[ApprovalId] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What is to be run; `sure` is False for a request that should be asked about before it costs anything."""

    command: Command
    sure: bool = True


def spoken(text: str) -> Meant:
    """What a mention or a direct message means outside of a task's thread. Raises InvalidInputError, as grammar does.

    A question that names a task is about that task. Any other question, and what is hardly a request, is asked about
    first: nobody wants an agent to work on "are you there?".
    """
    command = read_command(text)
    if command.verb is not Verb.SUBMIT or command.options:
        return Meant(command=command)
    words = [word.strip(".,!?;:").lower() for word in text.split()]
    if all(word in _SMALL_TALK or not any(map(str.isalnum, word)) for word in words):
        return Meant(command=Command(verb=Verb.HELP))
    question = text.rstrip().endswith("?")
    named = {f"T{int(number)}" for number in _TASK_NAME.findall(text)}
    if question and len(named) == 1:
        return Meant(command=Command(verb=Verb.TASK, target=named.pop()))
    return Meant(command=command, sure=not question)


def said_in_thread(text: str, thread: InThread, *, addressed: bool) -> Command:
    """What a message in a task's thread means: words for its agents, unless it is clearly a command.

    A verb alone is about this task. Raises InvalidInputError for what is nearly a command, when we were `addressed`.
    """
    alone = _alone(text, thread)
    if alone is not None:
        return alone
    steering = Command(verb=Verb.STEER, target=thread.task, text=text.strip())
    if not text.strip():
        return Command(verb=Verb.TASK, target=thread.task)
    try:
        command = read_command(text, to_us=addressed)
    except InvalidInputError:
        if addressed:
            raise
        return steering
    if command.verb is Verb.SUBMIT:
        return steering
    return command if addressed or command.target or len(text.split()) == 1 else steering


def _alone(text: str, thread: InThread) -> Command | None:
    """The command of a single verb, about the thread's task or its only open question; None for anything else."""
    word, rest = first_word(text)
    verb = named_verb(word.rstrip(".!"))
    if verb is None or rest or verb is Verb.SUBMIT:
        return None
    target = ENTRIES[verb].target
    if target in {Target.TASK, Target.TASK_OR_RUN}:
        return Command(verb=verb, target=thread.task) if not names_target(target, rest) else None
    if target is Target.APPROVAL and len(thread.waiting) == 1:
        return Command(verb=verb, target=thread.waiting[0])
    return None
