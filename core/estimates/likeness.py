"""Which of the tasks there were are like a piece of work: as narrow as there are enough of them (pure)."""

from collections.abc import Sequence

from core.domain.estimate import Likeness
from core.estimates.work import Work
from core.store.past_tasks import PastTask

ENOUGH = 5
"""So many tasks say more than many that are less alike."""
_NARROW_FIRST = (
    (Likeness.COMPLEXITY, Likeness.PROJECT, Likeness.MODEL),
    (Likeness.COMPLEXITY, Likeness.PROJECT),
    (Likeness.PROJECT,),
    (Likeness.COMPLEXITY,),
)


def most_alike(work: Work, past: Sequence[PastTask]) -> tuple[list[PastTask], tuple[Likeness, ...]]:
    """The tasks of `past`, all of the same type, that count for `work`, and what they have in common with it."""
    for wanted in _NARROW_FIRST:
        found = [task for task in past if all(_in_common(work, task, each) for each in wanted)]
        if len(found) >= ENOUGH:
            return found, (Likeness.TYPE, *wanted)
    return list(past), (Likeness.TYPE,) if past else ()


def _in_common(work: Work, task: PastTask, what: Likeness) -> bool:
    match what:
        case Likeness.PROJECT:
            return task.project == work.project
        case Likeness.COMPLEXITY:
            return task.complexity == work.complexity
        case Likeness.MODEL:
            return _same_models({step.model for step in work.steps}, {part.model for part in task.parts})
        case Likeness.TYPE:
            return True


def _same_models(planned: set[str], used: set[str]) -> bool:
    """Providers answer with a longer name than they are asked with (a date behind it)."""
    known = all(any(each.startswith(name) for name in planned) for each in used)
    return known and all(any(each.startswith(name) for each in used) for name in planned)
