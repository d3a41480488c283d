"""What a request is: its kind of work and how much thought it needs, by stated rules that need no model.

The kind, the first rule that knows:

1. A label of the issue: bug, documentation, refactoring, enhancement, question and their like; bug goes before others.
2. What the person wrote in front: `fix: …`, `[Bug] …`, `docs: …`.
3. The clauses in order, without code blocks, stack traces, quotes, links and courtesies ("could you please"). A clause
   that begins with a verb is judged by it: to review is code_review; to fix is bug_fix; to refactor, rename, move or
   speed up is refactoring; to investigate, explain or ask how is research, unless a later clause says to fix or build;
   to bump, upgrade, run or release is custom; to add, change or build is feature. Where what is to be fixed, written
   or moved is a document, it is documentation; a question what to think of a pull request is code_review. A clause
   without such a verb is judged by what it tells: documents, a fault, a question, a wish; where it tells nothing of
   that, a verb after a comma or colon counts ("it is too slow, make it faster").
4. A stack trace is a bug_fix.
5. custom.

The complexity counts points: 120 words 1, 300 words 2; 3 asks 1, 6 asks 2; 3 named parts (areas and files) 1, 5 parts
2; any word such as architecture, migrate, everywhere, concurrent 2; a label such as epic 2. Two points are complex
(three for research, documentation and code_review, which change no code). No point and one sign of smallness is simple:
at most 30 words with a word such as typo, rename or bump, a question of at most 15 words, or at most 15 words that name
one file or function. A request that only names an issue says nothing of its size and stays moderate, as does the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.task import Complexity, TaskType
from core.planning import kind
from core.planning.clauses import clauses, has_trace, prose
from core.planning.complexity import measure

BUG_FIX = "bug_fix"
FEATURE = "feature_implementation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a request is, and why it was taken for that; each reason is a short text for people."""

    type: TaskType
    complexity: Complexity
    reasons: tuple[str, ...]


def assess(request: str, *, labels: Sequence[str] = ()) -> Assessment:
    """Judge `request` by the rules above; `labels` are those of the issue it comes from."""
    said = prose(request)
    parts = clauses(said)
    verdict = kind.of_labels(labels) or kind.of_prose(parts)
    if verdict is None and has_trace(request):
        verdict = kind.Verdict(type=TaskType.BUG_FIX, because="it holds a stack trace")
    if verdict is None:
        verdict = kind.Verdict(type=TaskType.CUSTOM, because="no rule knows its kind")
    size = measure(said, parts, type=verdict.type, labels=labels)
    return Assessment(type=verdict.type, complexity=size.complexity, reasons=(verdict.because, *size.reasons))


def as_review(judged: Assessment) -> Assessment:
    """The same request, of which is known that it asks for a review."""
    return replace(judged, type=TaskType.CODE_REVIEW, reasons=("it names a pull request to review",))


def workflow_for(type: TaskType) -> str:  # noqa: A002 - the domain's word for it
    """The name of the built-in workflow for work of this kind."""
    return FEATURE if type is TaskType.FEATURE else type.value
