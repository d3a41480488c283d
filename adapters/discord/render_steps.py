"""The steps of a task as lines: where there are many, those around the ones at work."""

from collections.abc import Sequence

from adapters.chat.card import StepList, StepRow
from adapters.chat.measure import fitted, units
from adapters.chat.text import one_line
from adapters.discord import markup
from core.domain.task import StepState

_SIGN = {
    StepState.PENDING: "▫️",
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
"""States whose activity is told also where there is little room."""
_SHOWN = 15
_BEFORE = 4
"""How many of the shown steps come before the first that is not over."""
_NAME = 60
_LONGEST = 160
_DETAIL = (160, 110, 60, 0)
"""Characters of what came out of a step, tried one after the other: this is folded before anything is left out."""
_NOW = (160, 110, 80, 40)


def steps_text(section: StepList, *, room: int) -> str:
    """The steps in their order, in about `room` characters."""
    rows = section.rows
    if not rows:
        return ""
    for shown in (_SHOWN, 8, 5, 3, 1):
        for detail, now in zip(_DETAIL, _NOW, strict=True):
            text = _lines(rows, shown=shown, detail=detail, now=now)
            if units(text) <= room:
                return text
    return _lines(rows, shown=1, detail=0, now=0)


def _lines(rows: Sequence[StepRow], *, shown: int, detail: int, now: int) -> str:
    start = _window(rows, shown=shown)
    part = rows[start : start + shown]
    before, after = start, len(rows) - start - len(part)
    lines = [
        *([markup.small(f"… {before} steps before")] if before else []),
        *(_line(row, room=now if row.state in _SAYS_NOW else detail) for row in part),
        *([markup.small(f"… {after} more steps")] if after else []),
    ]
    return "\n".join(lines)


def _line(row: StepRow, *, room: int) -> str:
    """`🔵 **build** · round 2 · 1m 05s · $0.31`, and under it in small print what it does."""
    name = fitted(one_line(row.name), limit=_NAME) or "step"
    role = fitted(one_line(row.role), limit=_NAME)
    facts = [
        role if role.casefold() != name.casefold() else "",
        f"round {row.round}" if row.round > 1 else "",
        row.state.value if row.state in _WORDED else "",
        one_line(row.duration, width=_NAME),
        one_line(row.cost, width=_NAME),
    ]
    line = " · ".join([f"{_SIGN[row.state]} {markup.bold(name)}", *(markup.escaped(fact) for fact in facts if fact)])
    activity = fitted(one_line(row.activity[: _LONGEST * 4]), limit=room) if room else ""
    return f"{line}\n{markup.small(markup.escaped(activity))}" if activity else line


def _window(rows: Sequence[StepRow], *, shown: int) -> int:
    """Where the shown steps begin."""
    going = next((at for at, row in enumerate(rows) if row.state in _AT_WORK), None)
    pending = next((at for at, row in enumerate(rows) if row.state is StepState.PENDING), 0)
    first = pending if going is None else going
    before = min(_BEFORE, shown // 3)
    return max(0, min(first - before, len(rows) - shown))
