"""The prose of a request, clause by clause: without code, traces, quotes and courtesies."""

import re
from dataclasses import dataclass

READ = 20_000
"""Characters of a request that are looked at: what is wanted is said before that."""
CLAUSES_READ = 200
CLAUSE_LENGTH = 300

_CODE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)
_TRACE = re.compile(
    r"^(?:Traceback \(most recent|[ \t]+File \"[^\n]{1,500}(?:\n[ \t]{4}[^\n]{0,500}){0,2}$"
    r"|[ \t]+at [\w$.<>]{1,200}|panic: |goroutine \d|Exception in thread "
    r"|(?:\w{1,80}\.){0,8}\w{0,80}(?:Error|Exception): ).{0,500}$",
    re.MULTILINE,
)
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_CHANGE_LINK = re.compile(r"https?://\S{1,300}/(?:pull|pulls|merge_requests|compare|commit)/\S{1,200}")
_LINK = re.compile(r"https?://\S{1,500}")
_ENDS = re.compile(
    r"(?<=[.!?;])\s+|\n+"
    r"|(?<=[:,])\s+(?=(?:and|then|also|but|please|can|could)\s)|\s+(?=(?:and then|and also|and|then)\s)"
)
_COURTESY = re.compile(
    r"""(?:
      [^\w\[]+ | \d{1,3}[.)]\s | \[[ xX]?\]
    | (?:please|pls|kindly|hi|hey|hello|there|team|all|everyone|folks|also|then|now|next|first|finally|just|quickly|and
        |but|so|ok|okay|urgent|asap|todo|let'?s|go\ ahead\ and|try\ to|make\ sure\ to
        |help\ (?:me|us)(?:\ to)?|@\w+)(?=[\s:,!.])
    | (?:can|could|would|will)\ (?:you|we|someone|anyone)(?:\ please)?(?:\ help)?(?=\s)
    | (?:i|we)(?:'d|\ would)\ (?:like|love)(?:\ you)?\ to\b | (?:i|we)\ (?:want|need)(?:\ you)?\ to\b
    | (?:i|we)\ (?:should|must|have\ to)\b | as\ an?\ [\w ]{1,40}?,?\ (?=(?:i|we)\b)
    | (?:in|on|for|inside|within|before|after|given|to)\ [^,.\n]{1,60},\s
    )""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One thing said; `text` begins with what is wanted when it is an ask."""

    text: str
    is_question: bool


def prose(request: str) -> str:
    """What `request` says in its own words: no code blocks, stack traces, quoted lines or links."""
    text = _CODE.sub("\n", request[:READ])
    text = _QUOTED.sub("", _TRACE.sub("", text))
    return _LINK.sub(" ", _CHANGE_LINK.sub(" PR ", text)).replace("`", "").replace("’", "'")


def clauses(prose: str) -> tuple[Clause, ...]:
    """What is said, in order: sentences, lines, and parts joined by "and" or "then"."""
    found: list[Clause] = []
    for part in _ENDS.split(prose):
        text = _without_courtesy(part[:CLAUSE_LENGTH])
        if text:
            found.append(Clause(text=text, is_question=part.rstrip().endswith("?")))
        if len(found) == CLAUSES_READ:
            break
    return tuple(found)


def has_trace(request: str) -> bool:
    """Whether a stack trace was pasted into it."""
    return _TRACE.search(request[:READ]) is not None


def _without_courtesy(text: str) -> str:
    start = 0
    while found := _COURTESY.match(text, start):
        start = found.end()
    return text[start:].strip()
