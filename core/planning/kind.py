"""Which kind of work a request asks for, judged clause by clause by the words of `core.planning.vocabulary`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.domain.task import TaskType
from core.planning import vocabulary as words
from core.planning.clauses import Clause

_LABELS: Mapping[TaskType, frozenset[str]] = {
    TaskType.BUG_FIX: frozenset({"bug", "defect", "regression", "crash", "fault"}),
    TaskType.DOCUMENTATION: frozenset({"documentation", "docs"}),
    TaskType.REFACTORING: frozenset({"refactoring", "refactor", "tech debt", "technical debt", "cleanup"}),
    TaskType.FEATURE: frozenset({"feature", "enhancement", "feature request", "new feature"}),
    TaskType.RESEARCH: frozenset({"question", "research", "spike", "investigation"}),
}
_PREFIXES: Mapping[str, TaskType] = {
    "bug": TaskType.BUG_FIX,
    "bugfix": TaskType.BUG_FIX,
    "fix": TaskType.BUG_FIX,
    "feat": TaskType.FEATURE,
    "feature": TaskType.FEATURE,
    "doc": TaskType.DOCUMENTATION,
    "docs": TaskType.DOCUMENTATION,
    "documentation": TaskType.DOCUMENTATION,
    "refactor": TaskType.REFACTORING,
    "perf": TaskType.REFACTORING,
    "chore": TaskType.CUSTOM,
    "question": TaskType.RESEARCH,
    "research": TaskType.RESEARCH,
    "review": TaskType.CODE_REVIEW,
}
_PAUSE = re.compile(r"[,:] ")
_CHANGING = frozenset({TaskType.BUG_FIX, TaskType.FEATURE, TaskType.REFACTORING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A kind and the words it was judged by."""

    type: TaskType
    because: str


def of_labels(labels: Iterable[str]) -> Verdict | None:
    """What a label of the issue says, whatever its prefix (`type: bug`, `kind/bug`); a bug goes before all else."""
    bare = [label.strip().lower().replace("-", " ").replace("_", " ") for label in labels]
    named = {label.rpartition(":")[2].rpartition("/")[2].strip(): label for label in bare}
    for kind, names in _LABELS.items():
        for name in sorted(names & named.keys()):
            return Verdict(type=kind, because=f'the issue has the label "{named[name]}"')
    return None


def of_prose(clauses: Sequence[Clause]) -> Verdict | None:
    """What the clauses ask for; None when no rule knows."""
    if clauses and (prefix := words.PREFIX.match(clauses[0].text)):
        return Verdict(type=_PREFIXES[prefix["kind"].lower()], because=f'it begins with "{prefix[0].strip()}"')
    for index, clause in enumerate(clauses):
        found = _asked(clause) or _asked_further_on(clause) or _stated(clause)
        if found is None:
            continue
        if found.type is TaskType.RESEARCH:
            return _acted_upon(clauses[index + 1 :]) or found
        return found
    return None


def is_ask(clause: Clause) -> bool:
    """Whether the clause begins by asking for something."""
    return _asked(clause) is not None


def _acted_upon(later: Sequence[Clause]) -> Verdict | None:
    """A question followed by "… and fix it" is work, not research."""
    for clause in later:
        found = words.FIX.match(clause.text) or words.BUILD.match(clause.text) or words.REFACTOR.match(clause.text)
        verdict = _asked(clause) if found else None
        if verdict is not None and verdict.type in _CHANGING:
            return verdict
    return None


def _asked(clause: Clause) -> Verdict | None:
    """What a clause that begins with a verb asks for."""
    text = clause.text
    if words.TOLD.match(text) and _written_into(text):
        return Verdict(type=TaskType.DOCUMENTATION, because=f'it asks to write into the "{_document(text)}"')
    asks = clause.is_question or words.ASKED.match(text)
    if asks and (found := words.CHANGE_SET.search(text)) and words.OPINION.search(text):
        return Verdict(type=TaskType.CODE_REVIEW, because=f'it asks what to think of the "{found[0]}"')
    for pattern, kind in (
        (words.REVIEW, TaskType.CODE_REVIEW),
        (words.ASKED, TaskType.RESEARCH),
        (words.RESEARCH, TaskType.RESEARCH),
        (words.DOCUMENT, TaskType.DOCUMENTATION),
        (words.CHORE, TaskType.CUSTOM),
    ):
        if found := pattern.match(text):
            return Verdict(
                type=kind, because=f'it asks to "{found[0]}"' if pattern is not words.ASKED else _quoted(text)
            )
    if (found := words.LOOK.match(text)) and words.CHANGE_SET.search(text):
        return Verdict(type=TaskType.CODE_REVIEW, because=f'it asks to "{found[0]}" at a change')
    return _changed(text)


def _asked_further_on(clause: Clause) -> Verdict | None:
    """What is asked after a comma or colon ("It is too slow, make it faster"), unless a fault or document was told."""
    if words.FAULT.search(clause.text) or _document(clause.text):
        return None
    starts = [found.end() for found in _PAUSE.finditer(clause.text)]
    asked = (_asked(Clause(text=clause.text[start:], is_question=clause.is_question)) for start in starts)
    return next((verdict for verdict in asked if verdict is not None), None)


def _changed(text: str) -> Verdict | None:
    """What a clause that begins by asking for a change asks for: what is to be changed decides."""
    if found := words.FIX.match(text):
        kind = TaskType.REFACTORING if words.STYLE.search(text) else TaskType.BUG_FIX
    elif found := words.REFACTOR.match(text):
        kind = TaskType.REFACTORING
    elif found := words.BUILD.match(text):
        return Verdict(type=TaskType.FEATURE, because=f'it asks to "{found[0]}"')
    elif found := words.WRITE.match(text):
        kind = TaskType.REFACTORING if words.QUALITY.search(text) else TaskType.FEATURE
        kind = TaskType.BUG_FIX if words.TYPO.search(text) else kind
    else:
        return None
    if document := _document(text):
        return Verdict(type=TaskType.DOCUMENTATION, because=f'it asks to "{found[0]}" the {document}')
    return Verdict(type=kind, because=f'it asks to "{found[0]}"')


def _stated(clause: Clause) -> Verdict | None:
    """What a clause without such a verb tells about."""
    text = clause.text
    if document := _document(text):
        return Verdict(type=TaskType.DOCUMENTATION, because=f'it is about the "{document}"')
    for pattern, kind in (
        (words.REVIEW_NOUN, TaskType.CODE_REVIEW),
        (words.RESEARCH_NOUN, TaskType.RESEARCH),
        (words.FAULT, TaskType.BUG_FIX),
    ):
        if found := pattern.search(text):
            return Verdict(type=kind, because=f'it speaks of "{found[0]}"')
    if clause.is_question:
        return Verdict(type=TaskType.RESEARCH, because="it is a question")
    for pattern, kind in ((words.REFACTOR_NOUN, TaskType.REFACTORING), (words.WISH, TaskType.FEATURE)):
        if found := pattern.search(text):
            return Verdict(type=kind, because=f'it speaks of "{found[0]}"')
    if found := words.CHANGE_SET.match(text):
        return Verdict(type=TaskType.CODE_REVIEW, because=f'it names a change: "{found[0]}"')
    return None


def _document(text: str) -> str:
    """The document a clause is about; '' when there is none, or only one to read or software about documents."""
    for found in words.DOCS.finditer(text):
        before = text[: found.start()]
        if words.DOCS_MACHINERY.match(text, found.end()) or words.DESCRIBED.search(before):
            continue
        return "" if words.CODE_FAULT.search(before) else found[0]
    return ""


def _written_into(text: str) -> bool:
    return any(
        words.WRITTEN_INTO.search(text[: found.start()]) and not words.DESCRIBED.search(text[: found.start()])
        for found in words.DOCS.finditer(text)
    )


def _quoted(text: str) -> str:
    return f'it asks "{" ".join(text.split()[:4])} …"'
