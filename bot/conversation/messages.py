"""What somebody means who writes to us: a command, a request, a question, or words for the agents of a task; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands.grammar import Command, Verb, named_verb, read_command
from bot.commands.phrases import followed_up, is_this
from bot.commands.targets import first_word
from bot.commands.vocabulary import ENTRIES, Target
from core.domain.approval import Approval
from core.domain.errors import InvalidInputError
from core.domain.identity import ApprovalId, TaskId

_ASKS = re.compile(
    r"(?:why|who|whose|which (?:tasks?|agents?)|how (?:long|much|many|far|is|are|do|does|did|can|come)"
    r"|(?:what|when|where)(?:['’]?s| is| are| was| were| did| does| do| will| has| have)"
    r"|is|are|has|did|does|was|were|will)(?![\w-])",
    re.IGNORECASE,
)
"""How a question begins, also one whose sign was left out. "When the user leaves, …" begins none."""
_PROPOSES = re.compile(r"why (?:not|don['’]?t|do not)(?!\w)", re.IGNORECASE)
_ABOUT_TASK = re.compile(
    r"(?:(?:show|tell|give) (?:me |us )?)?(?:the )?(?:(?:status|state|progress) )?(?:(?:of|on|about) )?(?:task )?"
    r"T[0-9]{1,9}(?: (?:status|state|progress))?(?: please)?[.?!]*",
    re.ASCII | re.IGNORECASE,
)
"""A task's name and nothing that says what to do with it."""
_APPROVAL_NAME = re.compile(r"\bA[0-9]{1,9}\b", re.ASCII)
_AMOUNT_ALONE = re.compile(r"budget set (\$\S+|none|off|unlimited)", re.ASCII | re.IGNORECASE)
"""An amount and no task that it is for."""
_INSTEAD_OF_ANSWERS = frozenset({Verb.DENY, Verb.CANCEL, Verb.PAUSE})
"""What is meant by itself, whatever was asked."""
_LONGEST_QUESTION = 160
_MOST_UNSIGNED_WORDS = 9
_TASK_NAME = re.compile(r"\bT([0-9]{1,9})\b", re.ASCII | re.IGNORECASE)
_SMALL_TALK = frozenset(
    {
        *("hi", "hello", "hey", "hallo", "yo", "bye", "good", "morning", "evening", "everybody", "all", "there"),
        *("thanks", "thank", "you", "thx", "cheers", "ok", "okay", "cool", "great", "nice", "ping", "test"),
        *("what", "who", "how", "are", "is", "can", "do", "i", "we", "me", "help", "ask", "which", "commands"),
        *("anybody", "anyone", "somebody", "someone", "here", "say", "tell"),
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

    A question about one task is answered with that task, one about several or about what waits with the status. Any
    other question is asked about first: nobody wants an agent to work on "are you there?".
    """
    command = read_command(text)
    if command.verb is not Verb.SUBMIT or command.options:
        return Meant(command=command)
    words = [word.strip(".,!?;:").lower() for word in text.split()]
    if all(word in _SMALL_TALK or not any(map(str.isalnum, word)) for word in words):
        return Meant(command=Command(verb=Verb.HELP))
    asks = _asks(text)
    named = {f"T{int(number)}" for number in _TASK_NAME.findall(text)}
    plainly = text.rstrip().endswith("?") or len(words) <= _MOST_UNSIGNED_WORDS
    if len(named) == 1 and ((asks and plainly) or _ABOUT_TASK.fullmatch(" ".join(text.split()))):
        return Meant(command=Command(verb=Verb.TASK, target=named.pop()))
    if asks and plainly and (named or _APPROVAL_NAME.search(text)):
        return Meant(command=Command(verb=Verb.STATUS))
    return Meant(command=command, sure=not asks)


def typed(text: str) -> Meant:
    """What words mean that were typed after our own name, outside of a task's thread; raises what `spoken` does.

    They are a request sooner than a mention is: only what begins as a question is asked about first.
    """
    meant = spoken(text)
    return replace(meant, sure=meant.sure or _ASKS.match(text.strip()) is None)


def said_in_thread(text: str, thread: InThread, *, addressed: bool) -> Command:
    """What a message in a task's thread means: words for its agents, unless it is clearly a command.

    A verb alone is about this task. A question we are asked is answered with how the task stands; its words are kept in
    the command, as they may have been meant for the agents.
    Raises InvalidInputError for what is nearly a command, when we were `addressed`.
    """
    alone = _alone(text, thread, addressed=addressed)
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
    if command.verb is Verb.STATUS and not command.target and not command.options:
        # "how is it going?" is asked about this one
        return Command(verb=Verb.TASK, target=thread.task, text=text.strip()) if addressed else steering
    if command.verb is Verb.SUBMIT:
        asked = addressed and _asks_how_it_stands(text)
        return Command(verb=Verb.TASK, target=thread.task, text=text.strip()) if asked else steering
    return command if addressed or command.target or len(text.split()) == 1 else steering


def said_to_question(text: str, approval: Approval) -> Command | None:
    """What words mean that were written in reply to an agent's question: its answer; None where they are a command.

    An offered answer is one even if it is also the name of a command. Of several questions each gets these words.
    """
    said = text.strip()
    offered = {choice.label.casefold() for question in approval.questions for choice in question.choices}
    if not said:
        return None
    if said.casefold() not in offered:
        word, rest = first_word(said)
        verb = named_verb(word.rstrip(".!"))
        if (verb in _INSTEAD_OF_ANSWERS and not rest) or (verb is not None and approval.id in rest.split()):
            return None
    count = max(len(approval.questions), 1)
    return Command(verb=Verb.ANSWER, target=approval.id, options={"answer": (said,) * count})


def typed_in_thread(verb: str, text: str, thread: InThread) -> Command | None:
    """The command a person typed in a task's thread without saying of which task, though it must be; else None.

    It is about this one. What waits for an answer is not guessed: nothing tells when a command was typed.
    """
    typed = f"{verb} {text}".strip()
    if (amount := _AMOUNT_ALONE.fullmatch(typed)) is not None:
        return Command(verb=Verb.BUDGET, target=thread.task, text=amount[1])
    command = _alone(typed, InThread(task=thread.task), addressed=True)
    return command if command is not None and not ENTRIES[command.verb].target_optional else None


def _asks(text: str) -> bool:
    """Whether `text` is a question."""
    return text.rstrip().endswith("?") or _ASKS.match(text.strip()) is not None


def _asks_how_it_stands(text: str) -> bool:
    """Whether `text` is a question about the work rather than a wish: "can you use tabs?" is one for the agents."""
    said = text.strip()
    short = len(said) <= _LONGEST_QUESTION and "\n" not in said
    return short and said.endswith("?") and _ASKS.match(said) is not None and _PROPOSES.match(said) is None


def _alone(text: str, thread: InThread, *, addressed: bool) -> Command | None:
    """The command of a single verb, about the thread's task or its only open question; None for anything else.

    Said to us, `retry it` is one too.
    """
    if about := followed_up(text):
        return Command(verb=Verb.ADDRESS, target=thread.task, text=about)
    word, rest = first_word(text)
    verb = named_verb(word.rstrip(".!"))
    if verb is None or verb is Verb.SUBMIT or (rest and not (addressed and is_this(rest))):
        return None
    target = ENTRIES[verb].target
    if target in {Target.TASK, Target.TASK_OR_RUN}:
        return Command(verb=verb, target=thread.task)
    if target is Target.APPROVAL and len(thread.waiting) == 1:
        return Command(verb=verb, target=thread.waiting[0])
    return None
