"""The vocabulary of questions: which words mean what; pure.

Each rule is a pattern at the place where reading stands and what it adds to what was found. The first that fits counts.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from core.costs.query import Group, Metric, Order
from core.costs.words.calendar import NUMBERS
from core.costs.words.dates import read_when
from core.costs.words.found import Found, Sign
from core.domain.task import FINAL_TASK_STATES, TaskState, TaskType

Adds = Callable[[Found, re.Match[str]], None]
_END = r"(?![\w-])"


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` matches whole words; `adds` is given what was found so far, and the match."""

    pattern: re.Pattern[str]
    adds: Adds


_GROUPS = {
    Group.AGENT: r"agents?(?: runs?)?|agent sessions?",
    Group.ROLE: r"roles?",
    Group.MODEL: r"models?",
    Group.TYPE: r"(?:task |work )?(?:types?|kinds?|sorts?)(?: of (?:tasks?|work|jobs?))?",
    Group.TASK: r"tasks?|jobs?",
    Group.STEP: r"steps?|phases?|stages?",
    Group.PERSON: r"persons?|people|users?|members?|developers?|colleagues?|team ?mates?|requesters?|person",
    Group.PROJECT: r"projects?|repos?|repositor(?:y|ies)",
    Group.DAY: r"days?|dates?",
    Group.WEEK: r"weeks?",
    Group.MONTH: r"months?",
    Group.STATE: r"states?|status(?:es)?|outcomes?",
}
_ANY_GROUP = "|".join(f"(?P<{group.value}>{words})" for group, words in _GROUPS.items())
_STATES: dict[str, tuple[TaskState, ...]] = {
    r"fail(?:s|ed|ing|ures?)?|went wrong|crashed": (TaskState.FAILED,),
    r"completed?|finish(?:ed)?|succeeded|successful(?:ly)?|done|delivered": (TaskState.COMPLETED,),
    r"cancell?ed|stopped|aborted": (TaskState.CANCELLED,),
    r"(?:still |currently )?running|in progress|active|being worked on": (TaskState.RUNNING,),
    r"(?:still )?queued": (TaskState.QUEUED,),
    r"paused": (TaskState.PAUSED,),
    r"waiting(?: for (?:an? )?approvals?)?|awaiting approval|blocked": (TaskState.AWAITING_APPROVAL,),
    r"(?:still )?open|unfinished|not (?:yet )?(?:done|finished)(?: yet)?": tuple(
        state for state in TaskState if state not in FINAL_TASK_STATES
    ),
    r"ended": tuple(state for state in TaskState if state in FINAL_TASK_STATES),
}
_TYPES = {
    r"bug[ -]?fix(?:es|ing)?|bugs?|fixes|bug reports?": TaskType.BUG_FIX,
    r"(?:new )?features?": TaskType.FEATURE,
    r"(?:code )?reviews|code review": TaskType.CODE_REVIEW,
    r"documentation|docs": TaskType.DOCUMENTATION,
    r"refactorings?|refactors": TaskType.REFACTORING,
    r"research": TaskType.RESEARCH,
}
_COUNT = rf"(?P<n>\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"


def _rule(words: str, adds: Adds) -> Rule:
    return Rule(re.compile(rf"(?:{words}){_END}"), adds)


def _sign(words: str, *signs: Sign) -> Rule:
    return _rule(words, lambda found, _: found.signs.update(signs))


def _metric(words: str, metric: Metric) -> Rule:
    def adds(found: Found, _: re.Match[str]) -> None:
        found.metric = found.metric or metric

    return _rule(words, adds)


def _ordered(words: str, order: Order, *signs: Sign) -> Rule:
    def adds(found: Found, _: re.Match[str]) -> None:
        found.order = order
        found.signs.update(signs)

    return _rule(words, adds)


def _named(match: re.Match[str]) -> tuple[Group, str]:
    """The group whose words were met, and the words."""
    return next((group, match[group.value]) for group in _GROUPS if match[group.value])


def _apart_by(found: Found, group: Group) -> None:
    found.group = group
    if group not in found.groups:
        found.groups.append(group)


def _by(found: Found, match: re.Match[str]) -> None:
    _apart_by(found, _named(match)[0])


def _which(found: Found, match: re.Match[str]) -> None:
    group, word = _named(match)
    _apart_by(found, group)
    if group is Group.TASK:
        found.signs.add(Sign.TASKS)
    if not word.endswith(("s", "people")) or word == "status":
        found.signs.add(Sign.ONE)


def _noun(found: Found, match: re.Match[str]) -> None:
    group, word = _named(match)
    found.noun = found.noun or group
    if group is Group.TASK:
        found.signs.add(Sign.TASKS)
    if not word.endswith(("s", "people")):
        found.signs.add(Sign.ONE)


def _who(found: Found, _: re.Match[str]) -> None:
    _apart_by(found, Group.PERSON)
    found.signs.add(Sign.ONE)


def _when(found: Found, _: re.Match[str]) -> None:
    _apart_by(found, Group.DAY)
    found.signs.add(Sign.ONE)


def _over_time(group: Group) -> Adds:
    def adds(found: Found, _: re.Match[str]) -> None:
        _apart_by(found, group)

    return adds


def _than_before(found: Found, match: re.Match[str]) -> None:
    """`more than last week` means this week beside it."""
    unit = match["unit"] or "day"
    for said in ("today", "yesterday") if unit == "day" else (f"this {unit}", f"last {unit}"):
        read = read_when(said)
        if read is not None and all(read[0].said != when.said for when in found.whens):
            found.whens.append(read[0])
    found.signs.update((Sign.COMPARE, Sign.MONEY))


def _burn_rate(found: Found, _: re.Match[str]) -> None:
    _apart_by(found, Group.DAY)
    found.signs.add(Sign.MONEY)


def _top(found: Found, match: re.Match[str]) -> None:
    word = match["n"]
    found.limit = int(word) if word.isdigit() else NUMBERS[word]
    found.order = found.order or Order.MOST


def _states(states: tuple[TaskState, ...]) -> Adds:
    return lambda found, _: found.states.extend(state for state in states if state not in found.states)


def _type(kind: TaskType) -> Adds:
    return lambda found, _: found.types.append(kind) if kind not in found.types else None


def _task_named(found: Found, match: re.Match[str]) -> None:
    name = f"T{int(match['number'] or match['other'])}"
    if name not in found.tasks:
        found.tasks.append(name)


RULES: tuple[Rule, ...] = (
    _sign(r"how much|how expensive|how costly", Sign.MUCH),
    _sign(r"how many|number of|count of|how often", Sign.MANY),
    _metric(r"how long|duration|how slow|how fast|how quick(?:ly)?", Metric.DURATION),
    _sign(r"how come|why|for what|what for|the reasons?(?: why)?|explain(?: why)?", Sign.WHY),
    # before the fillers that share their first words
    _sign(r"(?:show|give|tell|send)(?: (?:me|us))?(?: about)?|list(?: of)?|(?:a )?breakdown(?: of)?", Sign.SHOW),
    _sign(r"let (?:me|us) (?:see|know)|know|see|graph|chart|plot", Sign.SHOW),
    _rule(r"(?:do|am|can|may|should|could) i (?:have to|need to|able to)?", lambda _f, _m: None),
    _sign(
        r"(?:in )?compar(?:e|ed|ison|ing)(?: (?:to|with|between|of))?|vs|versus|(?:the )?difference between",
        Sign.COMPARE,
    ),
    _sign(
        r"stay(?:ing)?|keep(?:ing)? (?:to|within)|on track|run(?:ning)? out(?: of)?|overspen[dt](?:ing)?", Sign.BUDGET
    ),
    _sign(r"exceed(?:ing|ed)?|blow(?:ing)?|bust(?:ing)?|over (?:the |our )?(?=budget|limit)", Sign.BUDGET),
    _sign(r"budgets?|spending limits?", Sign.BUDGET, Sign.MONEY),
    _sign(r"left(?: over)?|remaining|remains?|available|still (?:have|spend)|(?:can|may) we still|enough", Sign.LEFT),
    _sign(
        r"forecast|projections?|projected|predict(?:ed|ion)?|end up(?: at)?|likely|expected|estimated",
        Sign.FUTURE,
        Sign.MONEY,
    ),
    _sign(
        r"by (?:the )?end of (?:the |this )?month|(?:by |at )?month[- ]?end|end of (?:the |this )?month", Sign.FUTURE
    ),
    _sign(r"will|going to|gonna|shall", Sign.FUTURE),
    _rule(
        rf"(?:(?:split |grouped |broken down )?by|per|for each|for every|each|every|across) (?:the )?(?:{_ANY_GROUP})",
        _by,
    ),
    _rule(rf"(?:in |on |for |of |by )?(?:which|what) (?:{_ANY_GROUP})", _which),
    _rule(r"(?:by )?who(?:m|se)?", _who),
    _rule(r"daily|day by day", _over_time(Group.DAY)),
    _rule(r"weekly|week by week", _over_time(Group.WEEK)),
    _rule(r"monthly|month by month", _over_time(Group.MONTH)),
    _rule(r"when(?= (?:did|do|have|was|were)\b)", _when),
    _rule(rf"(?:the )?(?:top|first) {_COUNT}", _top),
    _rule(rf"(?:the )?{_COUNT}(?= (?:most|least|cheapest|biggest|highest|largest|newest|last|latest|slowest) )", _top),
    _rule(rf"(?:the )?(?:last|latest|newest|most recent) {_COUNT}(?= (?:\w+ )?(?:tasks?|jobs?))", _top),
    _ordered(r"(?:the )?most (?:expensive|costly)|(?:the )?priciest|dearest", Order.MOST, Sign.SUPERLATIVE, Sign.MONEY),
    _ordered(r"(?:the )?least (?:expensive|costly)|(?:the )?cheapest", Order.LEAST, Sign.SUPERLATIVE, Sign.MONEY),
    _ordered(r"(?:at |the )?(?:most|highest|biggest|largest|top|maximum|max)", Order.MOST, Sign.SUPERLATIVE),
    _ordered(r"(?:at |the )?(?:least|lowest|smallest|fewest|minimum|min)", Order.LEAST, Sign.SUPERLATIVE),
    _rule(
        r"(?:(?:more|less) )?than (?:usual|normal)(?:ly)?|usually", lambda found, match: found.unknown.append(match[0])
    ),
    _rule(
        r"(?:more|less)(?: money)? than (?:(?:the )?(?:last|previous) (?P<unit>week|month|quarter|year)|yesterday)",
        _than_before,
    ),
    _rule(r"burn rate", _burn_rate),
    _rule(
        r"(?:did|have|had) (?:we|they|you|the (?:team|agents?)) (?:fix(?:ed)?|ship(?:ped)?|solved?|close[d]?)",
        _states((TaskState.COMPLETED,)),
    ),
    _ordered(r"more", Order.MOST, Sign.SUPERLATIVE),
    _ordered(r"less|cheaper", Order.LEAST, Sign.SUPERLATIVE),
    _sign(r"expensive|costly|pricey|cheap", Sign.MONEY),
    _sign(r"(?:on )?average|avg|mean|typical(?:ly)?|usual|normally", Sign.AVERAGE),
    _rule(r"over time", _over_time(Group.DAY)),
    _metric(r"time|long|minutes|hours", Metric.DURATION),
    _ordered(r"longest|slowest", Order.MOST, Sign.SUPERLATIVE, Sign.SLOW),
    _ordered(r"shortest|fastest|quickest", Order.LEAST, Sign.SUPERLATIVE, Sign.SLOW),
    _metric(
        r"(?:prompt )?cach(?:e|ed|ing) (?:hit )?(?:rates?|ratios?|shares?|hits?|usage)|cached tokens"
        r"|from (?:the )?(?:prompt )?cache"
        r"|tokens? (?:(?:were |was )?(?:read |came |come )?from (?:the )?(?:prompt )?cache|(?:were |was )?cached)",
        Metric.CACHED,
    ),
    _metric(r"tokens?", Metric.TOKENS),
    _metric(r"(?:model |llm |api )?calls?|model requests", Metric.CALLS),
    _sign(
        r"costs?|costed|costing|spen[dt]s?|spendings?|spenders?|expen(?:ses?|ditures?)|price|pa(?:y|id)|bills?|invoice",
        Sign.MONEY,
    ),
    _sign(r"money|dollars?|usd|bucks|cash|burn(?:s|ed|t|ing)?|charged?|\$", Sign.MONEY),
    _sign(r"us(?:ed|es?|ing)|usage|consumed?|consumption|consuming", Sign.USED),
    *(_rule(words, _states(states)) for words, states in _STATES.items()),
    *(_rule(words, _type(kind)) for words, kind in _TYPES.items()),
    _rule(r"(?:task )?t(?P<number>\d{1,9})|task #?(?P<other>\d{1,9})", _task_named),
    _sign(r"all projects|every project|everywhere|the whole company", Sign.EVERYTHING),
    _sign(r"everybody|everyone|all people|the whole team|the team|all of us", Sign.EVERYBODY),
    _rule(_ANY_GROUP, _noun),
)


FILLERS = re.compile(
    r"(?:a|an|the|this|that|these|those|it|its|of|on|in|for|at|to|from|with|by|and|or|but|is|are|was|were|be|been|being"
    r"|did|do|does|done|doing|have|has|had|having|we|you|they|our|your|their|us|there|here|so far|so|as|about|around"
    r"|what|how|much|many|which|any|all|total|totals?|sum|in total|altogether|overall|amount|figures?|numbers?|up"
    r"|then|now|right now|currently|at the moment|already|yet|still|just|only|also|too|same|again|than|between|each"
    r"|get|got|take|takes|took|taken|last|lasts|lasted|go|goes|went|make|made|run|ran|start(?:ed)?|create[ds]?|work(?:ed)?"
    r"|ask(?:ed)?|request(?:ed)?|submit(?:ted)?|handed|over|under|within|below|above|out|down|break|split|things?|stuff"
    r"|one|ones|me|be|going|gone|compared|according|against|if|whether|can|could|would|should|may"
    r"|whole|entire|complete|look|looks|like|ago|since|until|per|every|different|various|most of|come|came|where|when"
    r")(?![\w-])"
)
"""Words that add nothing; known, so that they are no reason not to understand."""

_ON_ME = r"(?:for|on|from|by) (?:me|my \w+)"
_OPEN = r"(?:waiting|pending|open|left|blocked|there)"
_DECIDE = r"(?:approve|decide|answer|do|review|look at)"
_MINE = r"(?:me|my (?:approval|decision|answer|attention|input|ok|review)s?)"
_NEEDS = r"(?:waiting|pending|open|needs?|needing|awaits?|awaiting|requires?|that (?:is|are) waiting)"
_WAITING = (
    rf"(?:so )?what (?:is|are) (?:still |currently |now )?{_OPEN} {_ON_ME}(?: to \w+)?",
    r"what (?:do|does|should) (?:you|i|we|anybody) (?:still )?(?:need|want|wait for|have|expect)"
    rf"(?: (?:from|of|by) me| to {_DECIDE})",
    r"(?:what|who) (?:is|are) (?:you|the agents?|everybody|everyone) waiting for(?: from me| me)?",
    r"(?:what|which(?: \w+)?|anything|is anything|is there anything|are there any \w+|do i have (?:anything|any \w+)"
    rf"|any \w+)(?: is| are| that)? ?(?:still )?{_NEEDS}? ?(?:for |on |from |by )?{_MINE}",
    r"(?:what|which|do i have|are there|show(?: me)?|list)(?: (?:my|the|any|all))?(?: (?:open|pending|waiting))?"
    r" approvals?(?: (?:are|is|do i have))?(?: (?:still )?(?:open|pending|waiting|left|there))?(?: (?:for|on) me)?",
    r"(?:show (?:me )?|list )?(?:my|the) (?:pending|open) (?:approvals?|decisions?|questions?)",
    r"(?:do|can|should|must) i (?:have|need|got)?(?: something| anything)? ?(?:to )?(?:approve|decide|answer)"
    r"(?: something| anything)?",
    r"am i (?:blocking|holding up) (?:anything|anybody|anyone|something|somebody|someone)",
    r"(?:what|who) (?:is|are) (?:blocked by|waiting on|stuck on) me",
)
WAITING = re.compile("|".join(f"(?:{each})" for each in _WAITING))
"""The whole of a question for what waits for the asker."""

OPENINGS = re.compile(
    r"(?:and |so |but )?(?:how|what|which|who|whose|when|where|why|show|list|give|tell|send|compare|comparison|are|is"
    r"|am|will|did|do|does|have|has|was|were|can|could|any|anything|average|avg|mean|typical|total|sum|costs?|spend|spent"
    r"|spending|expenses|tokens?|calls|model calls|top|most|cheapest|least|highest|number|count|breakdown|break|split"
    r"|graph|chart|plot|daily|weekly|monthly|budget|forecast|projection|explain|in which|on which|for which|by whom|the"
    r"|our|my|all|failed|completed|cancelled|canceled|finished|running|open|\d{1,3}|money|let|know|see|duration|usage"
    r"|difference|this|last|today|yesterday|since|q[1-4]|slowest|fastest|longest|shortest|month[ -]end|tasks|t\d{1,9}"
    r"|between|projected|expected|(?:prompt )?cache (?:hit )?(?:rate|ratio|share|usage)|burn rate)(?![\w-])"
)
"""How a question, or a wish to see something, begins."""

MONEY_QUESTIONS = re.compile(
    r"(?:how much (?:money |did |do |does |have |has |is |was |were |are )"
    r"|how (?:expensive|costly)\b|how many tokens\b|who (?:spent|spends|used|burned)\b"
    r"|(?:what|which|whose|where|why)\b.*\b(?:cost|costs|spend|spent|spending|spendings|expenses|expensive|tokens|budget)\b"
    r"|(?:are|will|did|do|have|is) (?:we|our|i|my)\b.*\b(?:budget|spend|spent|money|cost|costs)\b)"
)
"""What surely asks about money, though not every word of it is known."""


def names(words: Iterable[str]) -> re.Pattern[str] | None:
    """Any of `words`, the longest first, also in the plural; None for no words."""
    chosen = sorted({word.lower() for word in chain(words) if word}, key=len, reverse=True)
    return re.compile(rf"(?P<name>{'|'.join(map(re.escape, chosen))})s?{_END}") if chosen else None
