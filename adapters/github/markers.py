"""Marks what we write on GitHub by the key it was written for, where people do not see it; so nothing is said twice."""

import hashlib
import re

_MARK = re.compile(r"\s*<!-- orchestrator:[a-z]+:[0-9a-f]{24} -->\s*$")


def mark(kind: str, key: str) -> str:
    """A comment of HTML, one for each key; the key itself is not in it."""
    return f"<!-- orchestrator:{kind}:{hashlib.sha256(key.encode()).hexdigest()[:24]} -->"


def is_ours(text: str) -> bool:
    """Whether the text carries a mark of ours as its last line."""
    return bool(_MARK.search(text))


def without_mark(text: str) -> str:
    """As people see it."""
    return _MARK.sub("", text)
