"""Commands in other words: `show me the costs`, `list agents`, `yes A17`, `no A17: too wide`; pure."""

import re

from bot.commands.targets import first_word, names_target
from bot.commands.verbs import Target, Verb, named_verb

_ASKS_TO_SEE = frozenset({"show", "list", "view", "get", "give", "see", "display"})
_ARTICLES = re.compile(r"\A(?:(?:me|us|all|my|our|the|of)\s+)+", re.IGNORECASE)
_LOOKS = frozenset(
    {
        *(Verb.STATUS, Verb.TASKS, Verb.TASK, Verb.AGENTS, Verb.AGENT, Verb.LOGS, Verb.DIFF, Verb.COMPARE, Verb.COSTS),
        *(Verb.BUDGET, Verb.PROJECT, Verb.TEMPLATE, Verb.NOTIFY, Verb.SCHEDULE, Verb.AUDIT, Verb.WHOAMI, Verb.HELP),
    }
)
_DECIDES = {"yes": Verb.APPROVE, "ok": Verb.APPROVE, "okay": Verb.APPROVE, "lgtm": Verb.APPROVE, "no": Verb.DENY}
_THIS = frozenset({"it", "this", "that", "now", "please", "it now", "it please", "this task", "the task", "that task"})
_VAGUE = _THIS | {"all", "everything", "them", "all of them", "all tasks", "everybody", "every task", "mine", "my task"}
_REVIEW_ASKED = re.compile(
    r"\A(?:(?:can|could|would) (?:you|someone|somebody)\s+(?:please\s+)?"
    r"|(?:please\s+)?(?=(?:do|give|make|start)\b))"
    r"(?:review|have a look at|look at|(?:do|give|make|start) (?:me |us )?a review (?:of|for|on))\s+",
    re.IGNORECASE,
)
"""Begins a review that is asked for in a sentence; what follows must be a pull request."""
_SETTLE = r"(?:please )?(?:address|fix|settle|handle|apply|incorporate|take up)"
_ALL_OF_IT = r"(?: all)?(?: of)?(?: the| their| those| these| my)?"
_FOLLOW_UPS = {
    "review": re.compile(
        rf"{_SETTLE}{_ALL_OF_IT}(?: code)?"
        r" (?:reviews?|feedback|(?:review(?:er)?(?:'s)? )?(?:comments?|remarks|feedback))(?: please)?[.!]*",
        re.IGNORECASE,
    ),
    "checks": re.compile(
        rf"{_SETTLE}{_ALL_OF_IT}(?: failing| failed| red| broken)?"
        r" (?:ci(?: checks?| run| build)?|checks?|pipelines?|check runs?)(?: please)?[.!]*",
        re.IGNORECASE,
    ),
}
"""What people say who want more work on a pull request."""
_ON_THE_SERVER = frozenset(
    {
        *("doctor", "serve", "worker", "demo", "init", "clean", "config", "export", "failures", "workflow"),
        *("workflows", "completion", "version"),
    }
)


def in_plain_words(text: str) -> str:
    """The command that `text` means, as it is usually typed; '' when it means none, such as `show the costs below`.

    An answer counts only before the name of an approval. Whether what follows fits is for the grammar to say.
    """
    word, rest = first_word(text)
    if not rest and not word.isdigit():
        return _named_alone(word)
    word = word.lower().rstrip(".,!")
    if word in _DECIDES:
        name, more = first_word(rest)
        # "no A4 paper" decides nothing
        named = name[:1] in {"A", "a"} and names_target(Target.APPROVAL, rest) and (not more or name[-1] in ",:;.!")
        return f"{_DECIDES[word]} {rest}" if named else ""
    if (asked := _REVIEW_ASKED.match(text)) is not None and names_target(Target.PULL_REQUEST, text[asked.end() :]):
        return f"{Verb.REVIEW} {text[asked.end() :]}"
    if word not in _ASKS_TO_SEE:
        return ""
    rest = _ARTICLES.sub("", rest)
    if len(rest.split()) == 1 and (named := _named_alone(rest)):
        return named
    return rest if named_verb(first_word(rest)[0].rstrip(".!?")) in _LOOKS else ""


def followed_up(text: str) -> str:
    """What of a pull request `text` asks to be seen to: `review`, `checks`, or '' when it asks for something else."""
    said = " ".join(text.split())
    return next((about for about, words in _FOLLOW_UPS.items() if words.fullmatch(said)), "")


def is_vague(text: str) -> bool:
    """Whether `text` stands for whatever was meant: `cancel it`, `pause everything`."""
    return text.lower().rstrip(".!?") in _VAGUE


def is_this(text: str) -> bool:
    """Whether `text` stands for what is talked about: `it`, `this task`."""
    return text.lower().rstrip(".!?") in _THIS


def _named_alone(word: str) -> str:
    """What the name of a task or an agent run asks for when nothing else is said."""
    for target, verb in ((Target.RUN, Verb.AGENT), (Target.TASK, Verb.TASK)):
        if names_target(target, word):
            return f"{verb} {word}"
    return ""


def is_for_the_server(text: str) -> bool:
    """Whether `text` is the name of a command that only the command line has: alone that is no request."""
    return text.strip().lower() in _ON_THE_SERVER
