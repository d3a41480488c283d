"""Reads a question word by word: rules, periods and names each take the words they know; pure."""

import re
from collections.abc import Callable, Mapping

from core.costs.words import rules
from core.costs.words.dates import read_when
from core.costs.words.found import Found, Sign
from core.costs.words.known import Known

_WORD = re.compile(r"\S+")
_ME = re.compile(r"(?:of |by |for |from )?(?:i|my|mine|myself|me)(?![\w-])")
_THIS = re.compile(r"(?:(?:this|that|the) (?:task|one)|this|that|it)(?![\w-])")
_END = r"(?![\w-])"
_SEVERAL_PLACES = 12
"""Periods that one question may name at most; more is no question."""


def scanned(text: str, known: Known) -> Found:
    """Everything that is known in `text` (evened), and the words that are not."""
    return _Scan(known).over(text)


def begins_with_name(text: str, known: Known) -> bool:
    """Whether `text` (evened) begins with a period or with something that has a name: `opus vs sonnet`."""
    return _Scan(known).begins(text)


class _Scan:
    """One reading; the names are made into patterns once."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._found = Found()
        projects = {name.lower(): name for name in known.projects}
        roles = {name.lower(): name for name in known.roles}
        found = self._found
        self._named = [
            (_explicit(r"projects?|repos?|repositor(?:y|ies)", projects), projects, found.projects),
            (_explicit(r"roles?|agents?", roles), roles, found.roles),
            (_explicit(r"models?", known.model_words()), known.model_words(), found.models),
            (_explicit(r"persons?|people|users?", _lowered(known.people)), _lowered(known.people), found.persons),
        ]
        self._bare = [
            (rules.names(names), names, kept)
            for names, kept in (
                (projects, found.projects),
                (roles, found.roles),
                (known.model_words(), found.models),
                (_lowered(known.people), found.persons),
            )
        ]

    def over(self, text: str) -> Found:
        """Read all of `text`."""
        while text:
            text = text[self._step(text) :].lstrip()
        return self._found

    def begins(self, text: str) -> bool:
        """Whether a name or a period stands first."""
        return bool(self._explicit_name(text) or self._period(text) or self._bare_name(text))

    def _step(self, text: str) -> int:
        """How many letters were read."""
        reads: tuple[Callable[[str], int], ...] = (
            self._explicit_name,
            self._period,
            self._this_task,
            self._rule,
            self._me,
            self._bare_name,
            self._filler,
        )
        for read in reads:
            if length := read(text):
                return length
        match = _WORD.match(text)
        word = match[0] if match else text
        self._found.unknown.append(word)
        return len(word)

    def _explicit_name(self, text: str) -> int:
        return _name_in(text, self._named)

    def _bare_name(self, text: str) -> int:
        return _name_in(text, self._bare)

    def _period(self, text: str) -> int:
        read = read_when(text)
        if read is None or len(self._found.whens) >= _SEVERAL_PLACES:
            return 0
        when, length = read
        self._found.whens.append(when)
        return length

    def _this_task(self, text: str) -> int:
        """`this task`, where one is talked about."""
        match = _THIS.match(text) if self._known.task else None
        if match is None:
            return 0
        self._found.signs.add(Sign.HERE)
        if self._known.task not in self._found.tasks:
            self._found.tasks.append(self._known.task)
        return match.end()

    def _rule(self, text: str) -> int:
        for rule in rules.RULES:
            match = rule.pattern.match(text)
            if match is not None and match.end():
                rule.adds(self._found, match)
                return match.end()
        return 0

    def _me(self, text: str) -> int:
        match = _ME.match(text) if self._known.me else None
        if match is None:
            return 0
        if self._known.me not in self._found.persons:
            self._found.persons.append(self._known.me)
        return match.end()

    def _filler(self, text: str) -> int:
        match = rules.FILLERS.match(text)
        if match is not None and match[0] == "me":
            self._found.signs.add(Sign.SHOW)
        return match.end() if match else 0


def _lowered(names: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): meant for name, meant in names.items()}


def _explicit(kind: str, names: Mapping[str, str]) -> re.Pattern[str] | None:
    """`project api`, `the api project`: the kind is said, so that any name is one."""
    if not names:
        return None
    any_name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?:the )?(?:(?:{kind}) (?P<name>{any_name})|(?P<before>{any_name}) (?:{kind})){_END}")


def _name_in(text: str, known: "list[tuple[re.Pattern[str] | None, dict[str, str], list[str]]]") -> int:
    for pattern, names, kept in known:
        match = pattern.match(text) if pattern is not None else None
        if match is None:
            continue
        groups = match.groupdict()
        name = names[groups.get("name") or groups["before"]]
        if name not in kept:
            kept.append(name)
        return match.end()
    return 0
