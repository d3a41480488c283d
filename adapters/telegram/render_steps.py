"""The steps of a task: a line each with a sign, what goes on now beneath it, and what has come out folded away."""

from collections.abc import Sequence

from adapters.chat.card import StepList, StepRow
from adapters.chat.text import one_line
from adapters.telegram.markup import Kind, Passage, joined, plain, styled
from adapters.telegram.render_text import Shown, quoted
from core.domain.task import StepState

_SIGN = {
    StepState.PENDING: "⚪",
    StepState.RUNNING: "🔵",
    StepState.WAITING: "🟠",
    StepState.COMPLETED: "✅",
    StepState.FAILED: "❌",
    StepState.SKIPPED: "➖",
    StepState.CANCELLED: "➖",
}
_AT_WORK = frozenset({StepState.RUNNING, StepState.WAITING})
_WORDED = frozenset({StepState.SKIPPED, StepState.CANCELLED})
_SAYS_NOW = frozenset({StepState.RUNNING, StepState.WAITING, StepState.FAILED})
"""States whose activity is seen without unfolding."""
_SHOWN = 12
"""Steps with a line of their own; more of them would fill the screen."""
_BEFORE = 3
"""How many of the shown steps come before the first that is not over."""
_ACTIVITY = 110
_NAME = 40
_LEAST_ROOM = 40
_UNDER = "   ↳ "
"""What a line about the step above begins with."""


def steps_shown(section: StepList, *, room: int) -> Shown:
    """The steps in their order; where there are many, those around the ones at work."""
    rows = section.rows
    start = _window(rows)
    shown = rows[start : start + _SHOWN]
    each = max(_LEAST_ROOM, min(_ACTIVITY, room // max(1, len(shown)) // 2))
    lines = [
        _count(start, "before"),
        *(_line(row, width=each) for row in shown),
        _count(len(rows) - start - len(shown), "more"),
    ]
    came_out = joined((_result(row, width=each) for row in shown), "\n")
    parts = [joined(lines, "\n"), quoted(came_out) if came_out.text else came_out]
    return Shown(passage=joined(parts, "\n\n"))


def _line(row: StepRow, *, width: int) -> Passage:
    """`🔵 build · round 2 · 1m 05s · $0.31`, and under it what happens now."""
    name = one_line(row.name, width=_NAME) or "step"
    facts = [
        f"round {row.round}" if row.round > 1 else "",
        row.state.value if row.state in _WORDED else "",
        one_line(row.duration, width=_NAME),
        one_line(row.cost, width=_NAME),
    ]
    told = "".join(f" · {fact}" for fact in facts if fact)
    title = styled(name, Kind.BOLD) if row.state in _SAYS_NOW else plain(name)
    line = joined([plain(f"{_SIGN[row.state]} "), title, plain(told)])
    activity = one_line(row.activity, width=width) if row.state in _SAYS_NOW else ""
    return joined([line, plain(_UNDER + activity)], "\n") if activity else line


def _result(row: StepRow, *, width: int) -> Passage:
    """`build: Compares with >= now`; nothing for a step that says what it does in its own line."""
    told = "" if row.state in _SAYS_NOW else one_line(row.activity, width=width)
    if not told:
        return plain("")
    return joined([styled(f"{one_line(row.name, width=_NAME) or 'step'}:", Kind.BOLD), plain(told)], " ")


def _window(rows: Sequence[StepRow]) -> int:
    """Where the shown steps begin."""
    going = next((at for at, row in enumerate(rows) if row.state in _AT_WORK), None)
    pending = next((at for at, row in enumerate(rows) if row.state is StepState.PENDING), 0)
    first = pending if going is None else going
    return max(0, min(first - _BEFORE, len(rows) - _SHOWN))


def _count(number: int, which: str) -> Passage:
    words = f"… {number} {'step' if number == 1 else 'steps'} {which}"
    return styled(words, Kind.ITALIC) if number > 0 else plain("")
