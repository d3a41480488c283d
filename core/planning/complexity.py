"""How much thought a request needs, by signs that can be counted and told."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.task import Complexity, TaskType
from core.planning import kind
from core.planning import vocabulary as words
from core.planning.clauses import Clause

LONG_WORDS = 120
VERY_LONG_WORDS = 300
SHORT_WORDS = 30
SHORT_QUESTION_WORDS = 15
SEVERAL_ASKS = 3
MANY_ASKS = 6
SEVERAL_PARTS = 3
MANY_PARTS = 5
COMPLEX_FROM = 2
"""Points from which a request counts as complex."""

_PLACE = re.compile(r"(?<![\w/.-])(?:[\w-]{1,60}/){0,8}[\w-]{1,60}\.[a-z]{1,4}(?![\w/])|(?<!\w)\w{1,60}\(\)")
_ITEM = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+\S", re.MULTILINE)
_ISSUE = re.compile(r"#\d+|\b(?:issue|ticket)\s+\d+", re.IGNORECASE)
_EASY_LABELS = frozenset({"good first issue", "easy", "trivial", "beginner", "small"})
_HARD_LABELS = frozenset({"epic", "large", "complex", "breaking change"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The complexity and what it was judged by."""

    complexity: Complexity
    reasons: tuple[str, ...]


def measure(prose: str, clauses: Sequence[Clause], *, type: TaskType, labels: Iterable[str]) -> Measure:  # noqa: A002 - the domain's word for it
    """Complex from two points on (see `core.planning.assessment`), simple by one stated sign and no point at all."""
    known = {label.strip().lower().replace("-", " ") for label in labels}
    points, reasons = _points(prose, clauses)
    if hard := sorted(known & _HARD_LABELS):
        points, reasons = points + COMPLEX_FROM, [*reasons, f'the issue has the label "{hard[0]}"']
    if points >= COMPLEX_FROM and type not in {TaskType.RESEARCH, TaskType.DOCUMENTATION, TaskType.CODE_REVIEW}:
        return Measure(complexity=Complexity.COMPLEX, reasons=tuple(reasons))
    # Reading and writing about much is less risky than changing it.
    if points > COMPLEX_FROM:
        return Measure(complexity=Complexity.COMPLEX, reasons=tuple(reasons))
    small = _small(prose, type=type) or next((f'the label "{label}"' for label in sorted(known & _EASY_LABELS)), "")
    if points == 0 and small:
        return Measure(complexity=Complexity.SIMPLE, reasons=(small,))
    return Measure(complexity=Complexity.MODERATE, reasons=tuple(reasons))


def _points(prose: str, clauses: Sequence[Clause]) -> tuple[int, list[str]]:
    length = len(prose.split())
    asks = max(len(_ITEM.findall(prose)), sum(map(kind.is_ask, clauses)))
    areas = words.PARTS.finditer(_PLACE.sub(" ", prose))
    parts = {found[0].lower() for found in areas} | set(_PLACE.findall(prose))
    big = sorted({found[0].lower() for found in words.BIG.finditer(prose)})
    points, reasons = 0, list[str]()
    for count, several, many, text in (
        (length, LONG_WORDS, VERY_LONG_WORDS, f"{length} words"),
        (asks, SEVERAL_ASKS, MANY_ASKS, f"{asks} things are asked for"),
        (len(parts), SEVERAL_PARTS, MANY_PARTS, f"{len(parts)} parts are named"),
    ):
        if count >= several:
            points += 2 if count >= many else 1
            reasons.append(text)
    if big:
        points += COMPLEX_FROM
        reasons.append(f'it says "{big[0]}"')
    return points, reasons


def _small(prose: str, *, type: TaskType) -> str:  # noqa: A002 - the domain's word for it
    """The sign that a request is simple; '' when there is none."""
    length = len(prose.split())
    if length > SHORT_WORDS:
        return ""
    if found := words.SMALL.search(prose):
        return f'it is short and says "{found[0]}"'
    if type is TaskType.RESEARCH and length <= SHORT_QUESTION_WORDS:
        return "it is a short question"
    if len(set(_PLACE.findall(prose))) == 1 and not _ISSUE.search(prose) and length <= SHORT_QUESTION_WORDS:
        return "it is short and names one place"
    return ""
