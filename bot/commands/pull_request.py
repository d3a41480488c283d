"""Which pull request people mean: `PR #45`, `pull request 45`, `acme/shop#45`, or its address; pure."""

import re

_NAMED = re.compile(r"(?:(?:the|this)\s+)?(?:pull[ -]?request|pr|mr)(?:\s+|(?=#))", re.IGNORECASE)
"""The words before the number."""
_OWNER = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}"
_NUMBER = re.compile(rf"(?P<repository>{_OWNER})?(?P<mark>#?)(?P<number>[1-9][0-9]{{0,9}})", re.ASCII)
_ADDRESS = re.compile(
    rf"https?://[^\s/@]+/{_OWNER}/pull/[1-9][0-9]{{0,9}}(?:/[a-z]*)?(?:[?#]\S*)?", re.ASCII | re.IGNORECASE
)
_COURTESY = frozenset({"please", "pls", "thanks", "for me", "for me please", "now"})
_END = ".,;:!?"


def take_pull_request(text: str) -> tuple[str, str]:
    """The pull request `text` begins with (`45`, `acme/shop#45` or its address), and what comes after; '' for none."""
    reference, rest, _ = _taken(text)
    return reference, rest


def names_pull_request(text: str) -> bool:
    """Whether `text` surely names a pull request and nothing follows but courtesies and options."""
    reference, rest, surely = _taken(text)
    return bool(reference) and (not rest or rest.startswith("--") or (surely and rest.startswith(("–", "—"))))


def _taken(text: str) -> tuple[str, str, bool]:
    """The reference, the rest, and whether nothing but a pull request can be meant."""
    named = _NAMED.match(text)
    word, *more = text[named.end() if named else 0 :].split(maxsplit=1) or [""]
    word, rest = word.strip("<>").rstrip(_END).rstrip(">"), more[0].strip() if more else ""
    rest = "" if rest.lower().rstrip(_END) in _COURTESY else rest
    if _ADDRESS.fullmatch(word):
        return re.sub(r"(/pull/[0-9]+).*", r"\1", word), rest, True
    found = _NUMBER.fullmatch(word)
    if found is None or (found["repository"] and not found["mark"]):
        return "", text, False
    repository = found["repository"] or ""
    reference = f"{repository}#{found['number']}" if repository else found["number"]
    return reference, rest, bool(named or found["mark"])
