"""Questions that are no figures: what was unusual, where money could be saved, how good estimates were; pure.

Each is known by how it begins; what comes after (a time, a project) is read as in every other question.
"""

import re
from collections.abc import Mapping

from core.costs.query import Subject
from core.costs.words.found import Sign

_BEGIN = (
    r"(?:is|was|were|are|have)(?: there)?(?: been)?|there (?:is|was|were)|did (?:we|you) (?:see|have|notice|spend)"
    r"|do (?:we|you) (?:have|see)|(?:has )?(?:there )?been|show(?: me| us)?|list|tell (?:me|us)(?: about)?"
    r"|what (?:is|was|were|looks?|looked|has been)|give (?:me|us)"
)
_LEAD = rf"(?:(?:{_BEGIN}) )?(?:anything|something|any|the|an?|all|more)? ?(?:that (?:is|was) )?"
_STRANGE = r"(?:unusual(?:ly)?|anomal(?:y|ies|ous)|strange|odd|suspicious|abnormal|out of the ordinary|outliers?)"
_MATTER = r"(?:(?:our |the )?(?:spendings?|costs?|expenses?|bills?|money|usage)(?: patterns?)?)"
_CHEAPER = r"(?:an? )?(?:cheaper|smaller|less expensive) models?"
_SAVE = (
    r"(?:save(?: (?:some |us |more |any )?money)?|spend less(?: money)?|(?:cut|reduce|lower|bring down|optimi[sz]e)"
    r"(?: (?:our|the))? (?:costs?|spendings?|expenses?|bills?|budget))"
)
_CAN = r"(?:can|could|should|do|might|would)"
_ESTIMATES = r"(?:the |our |your |my )?(?:cost |time )?(?:estimat(?:e|ion)s?|calibration)"
_GOOD = (
    r"(?:any good|good|accurate|reliable|precise|right|correct|true|close|far off|off|wrong|trustworthy"
    r"|well[ -]calibrated)"
)
_PATTERNS: Mapping[Subject, tuple[str, ...]] = {
    Subject.UNUSUAL: (
        rf"{_LEAD}{_STRANGE}(?: (?:about|in|with))?(?: {_MATTER}| tasks?| agents?| things?)?",
        rf"{_LEAD}(?:{_MATTER} )?(?:spikes?|jumps?)(?: in {_MATTER})?",
        rf"(?:did|has|have|were|was|is|are) {_MATTER} (?:spiked?|jump(?:ed)?|{_STRANGE}|explod(?:e|ed))",
    ),
    Subject.ADVICE: (
        rf"(?:how|where|what) {_CAN} (?:we|i|you|one)(?: do)?(?: to)? {_SAVE}",
        rf"how to {_SAVE}",
        rf"(?:which|what|{_CAN}|are there|is there|does|do)(?: any| an?| the)? (?:roles?|agents?|steps?)"
        rf"(?: that| which)?(?: {_CAN})? (?:use|run on|work with|do with|make do with|get by with) {_CHEAPER}",
        rf"(?:{_CAN} (?:we|i|they)|where {_CAN} (?:we|i)) use {_CHEAPER}",
        r"(?:any|do you have(?: any)?|give (?:me|us)(?: some)?|show (?:me|us)?|some|your)?"
        r" ?(?:advice|recommendations?|suggestions?|tips|ideas) (?:on|for|about|to|how to|on how to)"
        rf" (?:{_SAVE}|(?:saving|our|the|lower|cutting|reducing)? ?(?:costs?|money|spendings?|models?))",
        r"(?:any |the |our |cost |money )*(?:savings?|saving) (?:advice|tips|ideas|potential|opportunities)",
        r"cost advice",
    ),
    Subject.ESTIMATES: (
        rf"how {_GOOD} (?:are|were|is|was|have) {_ESTIMATES}(?: been)?",
        rf"(?:are|were|is|have|do|did|can (?:we|i) trust) {_ESTIMATES}"
        rf"(?: (?:hold(?: up)?|come true|been)?)?(?: ?{_GOOD})?",
        rf"(?:compare )?{_ESTIMATES} (?:vs|versus|against|and|with|to|compared (?:to|with))"
        r" (?:the )?(?:outcomes?|actuals?|reality|actual (?:costs?|spendings?)|real costs?)",
        r"(?:show (?:me |us )?)?(?:the )?calibration(?: of (?:the |our )?estimates?)?",
    ),
}
_HEADS = {
    subject: re.compile(rf"(?:{'|'.join(f'(?:{each})' for each in patterns)})(?![\w-])")
    for subject, patterns in _PATTERNS.items()
}
ABOUT_MONEY = re.compile(r"\b(?:costs?|spen\w+|money|bills?|budget|expens\w+|estimat\w+|cheaper|save|saving|savings)\b")
"""Words without which such a question in a task's thread is more likely asked of its agents."""
NOTHING_ELSE = frozenset(Sign) - {Sign.EVERYTHING, Sign.EVERYBODY, Sign.SHOW, Sign.MONEY}
"""What none of these questions goes on with."""


def head_of(text: str) -> tuple[Subject, str] | None:
    """The subject `text` (evened) begins with and the rest of it; None when it is another kind of question."""
    for subject, head in _HEADS.items():
        match = head.match(text)
        if match is not None:
            return subject, text[match.end() :].strip()
    return None
