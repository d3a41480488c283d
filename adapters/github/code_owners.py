"""Who owns a path, by a CODEOWNERS file: patterns like those of .gitignore, the last that matches wins. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in its order; the first that is there counts alone."""
MAX_BYTES = 3 * 1024 * 1024
"""A larger file is not read by GitHub either."""
_OWNER = re.compile(r"@([A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line; `owners` without the @, a team as `organization/team`. Nobody may own something, too."""

    pattern: str
    owners: tuple[str, ...] = ()

    def matches(self, path: str) -> bool:
        """Whether it is about `path`, written from the repository's root."""
        return _expression(self.pattern).fullmatch(path) is not None


def parse_code_owners(text: str) -> tuple[Rule, ...]:
    """The rules in order. Lines that GitHub does not take (negations, character ranges) are left out, as it does."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return ()
    return tuple(rule for line in text.splitlines() if (rule := _rule(line)))


def owners_of(paths: Iterable[str], rules: Sequence[Rule]) -> tuple[str, ...]:
    """Everybody who owns one of `paths`, in the order of the paths, each once."""
    found: dict[str, None] = {}
    for path in paths:
        rule = next((each for each in reversed(rules) if each.matches(path)), None)
        found.update(dict.fromkeys(rule.owners if rule else ()))
    return tuple(found)


def _rule(line: str) -> Rule | None:
    parts = re.findall(r"(?:\\.|[^\s\\])+", line)
    if not parts or parts[0].startswith(("#", "!")) or re.search(r"[\[\]]", parts[0]):
        return None
    owners: list[str] = []
    for word in parts[1:]:
        if word.startswith("#"):
            break
        if found := _OWNER.fullmatch(word):  # e-mail addresses own too, but cannot be asked for a review
            owners.append(found[1])
    return Rule(pattern=re.sub(r"\\(.)", r"\1", parts[0]), owners=tuple(owners))


def _expression(pattern: str) -> re.Pattern[str]:
    """As a regular expression: a slash inside ties it to the root, one at the end means all below."""
    anchored = "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    start = "" if anchored or body.startswith("**") else "(?:.*/)?"
    inside = "".join(_piece(each) for each in re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", body))
    if pattern.endswith("/"):
        return re.compile(f"{start}{inside}/.*", re.DOTALL)
    # `docs/*` names the files of one folder only; every other pattern may name a folder with all that is in it
    below = "" if body.endswith("/*") else "(?:/.*)?"
    return re.compile(f"{start}{inside}{below}", re.DOTALL)


def _piece(part: str) -> str:
    match part:
        case "**/":
            return "(?:.*/)?"
        case "/**":
            return "/.*"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
        case _:
            return re.escape(part)
