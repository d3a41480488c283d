"""What people write, made even: small letters, single blanks, no signs, and short forms written out; pure."""

import re

_APART = (
    (re.compile(r"[’‘`´]"), "'"),
    (re.compile(r"\b(what|who|where|when|how|that|it|there|which)(?:'s|s(?= (?:waiting|the|our|my)\b))"), r"\1 is"),
    (re.compile(r"\b(we|i|you|they)'ve\b"), r"\1 have"),
    (re.compile(r"\b(we|you|they)'re\b"), r"\1 are"),
    (re.compile(r"\b(we|i|you|they)'d\b"), r"\1 did"),
    (re.compile(r"\b(we|i|you|they)'ll\b"), r"\1 will"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"(?<=\w)'s\b|(?<=s)'(?!\w)"), ""),
    (re.compile(r"\bvs\."), "vs"),
    (re.compile(r"[\"“”„()*_]|,(?!\d)|[?!;:]+(?!\d)|\.(?![\w])|…"), " "),
)
_POLITE = re.compile(
    r"(?:(?:/?orchestrate|orchestrator|hey|hi|hello|please|pls|ok|okay|so|well|quick question|question|just curious|ask"
    r"|(?:can|could|would|will) you(?: please)?(?= (?:show|tell|give|list|compare)\b)"
    r"|i (?:want|need|would like|'d like) to(?= (?:know|see)\b)|do you know|any idea) )+"
)
_POLITE_END = re.compile(r"(?: (?:please|pls|thanks|thank you|thx|btw|by the way|exactly|roughly|again))+$")
LONGEST = 200
"""Letters of the longest question; what is longer is a request."""


def evened(text: str) -> str:
    """`text` as the rules read it; '' for what is too long or too many lines for a question."""
    if len(text) > LONGEST or len(text.strip().splitlines()) > 1:
        return ""
    even = text.lower()
    for pattern, instead in _APART:
        even = pattern.sub(instead, even)
    even = " ".join(even.split())
    return _POLITE_END.sub("", _POLITE.sub("", even, count=1) if _POLITE.match(even) else even)
