"""What people say to a bot without a command: greetings, bare answers, questions about the work; none is a request.

Each must be the whole of what was said: "what is running?" asks for the status, "what is running on port 80?" is work.
"""

import re
from dataclasses import dataclass

from bot.commands.verbs import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question comes to: a verb that only looks."""

    verb: Verb
    target: str = ""
    part: str = ""


_GREETINGS = re.compile(
    r"(?:hi|hello|hey|hallo|yo|moin|good (?:morning|afternoon|evening)|thanks?(?: you)?|thx|ty|cheers|ping"
    r"|what can you do|what do you do|who are you|what are you|how does (?:this|it) work"
    r"|how do i (?:use (?:this|you)|start|begin))(?: there| you| all| bot| again| so much| a lot)?"
)
_BARE_ANSWERS = re.compile(r"(?:yes|no|ok|okay|yep|yeah|nope|sure|y|n|done|lgtm|go|go ahead|do it|stop|stop it)")
_WHEN = r"(?: right)?(?: now| here| today| at the moment| for me)?"
_IS = r"(?:'s|’s|s| is| are)"
_STATUS = re.compile(
    rf"what{_IS} (?:you |everybody |the agents )?"
    rf"(?:running|going on|happening|the status|waiting|open|up|doing|working on){_WHEN}"
    rf"|how{_IS} it going"
)
_AGENTS = re.compile(rf"(?:who|which agents?){_IS} (?:working|at work|running|busy){_WHEN}")
_COSTS = re.compile(
    r"(?:how much|what) (?:did|do|have|has) (?:we|you|i|it|this|that|the agents) (?:spend|spent|cost)(?: so far)?"
    r"(?: (?:this )?(?P<when>today|week|month))?"
)
_WHOAMI = re.compile(r"who am i|what (?:may|can|am) i (?:do|allowed to do)(?: here)?")
_OF_TASK = re.compile(
    r"(?:how|what|where|why|when|who|is|has|did|was)\b[^\n.!?]{0,30}?\b(?P<task>t\d{1,9})\b[^\n.!?]{0,25}", re.ASCII
)
_LONGEST = 80
_MOST_WORDS = 9


def is_greeting(text: str) -> bool:
    """Whether a greeting (or an emoji) is all that was said: then it is time to say what we can do."""
    return not any(map(str.isalnum, text)) or _GREETINGS.fullmatch(_plain(text)) is not None


def is_bare_answer(text: str) -> bool:
    """`yes`, `ok`, `stop`: an answer, but to what?"""
    return _BARE_ANSWERS.fullmatch(_plain(text)) is not None


def asked_about(text: str) -> Asked | None:
    """What a short question about the work asks for; None for everything else."""
    plain = _plain(text)
    if len(plain) > _LONGEST or len(plain.split()) > _MOST_WORDS:
        return None
    for pattern, verb in ((_STATUS, Verb.STATUS), (_AGENTS, Verb.AGENTS), (_WHOAMI, Verb.WHOAMI)):
        if pattern.fullmatch(plain):
            return Asked(verb=verb)
    if match := _COSTS.fullmatch(plain):
        return Asked(verb=Verb.COSTS, part=match["when"] or "week")
    match = _OF_TASK.fullmatch(plain)
    # without the question mark it may be the beginning of work: "is T1 done, then remove its branch"
    if match and text.rstrip().endswith("?") and len(re.findall(r"\bt\d", plain)) == 1:
        return Asked(verb=Verb.TASK, target=f"T{int(match['task'][1:])}")
    return None


def _plain(text: str) -> str:
    """`text` in small letters, single blanks, without what ends a sentence."""
    return " ".join(text.lower().split()).strip(" .!?,:)")
