"""The steps of a task as blocks: a task card each while work goes on, folded into one plan once it is over.

A plan is folded when it is first seen and again at each edit (slackapi/node-slack-sdk#2701), so a live card must not
rely on it; titles of task cards are always seen, and what unfolds in them is only what has come out of a step.
"""

from collections.abc import Sequence
from itertools import count

from adapters.chat.card import StepList, StepRow
from adapters.chat.folding import beginning
from adapters.chat.text import one_line, printable
from adapters.slack import blocks, rich
from adapters.slack.blocks import Block
from adapters.slack.render_text import muted
from adapters.slack.surface import Surface
from core.domain.task import StepState

_STATUS = {
    StepState.PENDING: "pending",
    StepState.RUNNING: "in_progress",
    StepState.WAITING: "in_progress",
    StepState.COMPLETED: "complete",
    StepState.FAILED: "error",
    # neither done nor failed: the empty circle, and the word says which
    StepState.SKIPPED: "pending",
    StepState.CANCELLED: "pending",
}
_SIGN = {
    StepState.PENDING: "○",
    StepState.RUNNING: "●",
    StepState.WAITING: "◐",
    StepState.COMPLETED: "✓",
    StepState.FAILED: "✗",
    StepState.SKIPPED: "–",
    StepState.CANCELLED: "–",
}
_AT_WORK = frozenset({StepState.RUNNING, StepState.WAITING})
_WORDED = frozenset({StepState.SKIPPED, StepState.CANCELLED})
_SAYS_NOW = frozenset({StepState.RUNNING, StepState.WAITING, StepState.FAILED})
"""States whose activity belongs into the title."""
_SHOWN = 15
"""Steps that are cards of their own; more of them would fill the screen."""
_FOLDED = 40
_BEFORE = 4
"""How many of the shown steps come before the first that is not over."""
_ACTIVITY = 110
_NAME = 60
_LEAST_ROOM = 40


def step_blocks(section: StepList, *, room: int, surface: Surface) -> list[Block]:
    """The steps in their order; where there are many, those around the ones at work."""
    rows = section.rows
    if not rows:
        return []
    if surface is Surface.VIEW:
        return [_lines(rows, room=room)]
    each = max(_LEAST_ROOM, room // min(len(rows), _SHOWN) // 2)
    if _is_over(rows):
        tasks = [_task(row, number=number, room=each) for number, row in zip(count(1), rows[:_FOLDED], strict=False)]
        return [blocks.plan(_summary(rows), tasks), *_more(len(rows) - _FOLDED, "more steps")]
    start = _window(rows)
    shown = rows[start : start + _SHOWN]
    return [
        *_more(start, "steps before"),
        *(_task(row, number=start + number, room=each) for number, row in enumerate(shown, start=1)),
        *_more(len(rows) - start - len(shown), "more steps"),
    ]


def _task(row: StepRow, *, number: int, room: int) -> Block:
    says_now = row.state in _SAYS_NOW
    title = _title(row, activity=one_line(row.activity, width=_ACTIVITY) if says_now else "")
    details = "" if says_now and row.state is not StepState.FAILED else printable(row.activity[: room * 2]).strip()
    text, rest = beginning(details, room=room)
    unfolds = blocks.rich_text([rich.paragraph(rich.prose(text + ("…" if rest else "")))]) if text else None
    return blocks.task_card(task_id=f"step-{number}", title=title, status=_STATUS[row.state], details=unfolds)


def _title(row: StepRow, *, activity: str) -> str:
    """`build · round 2 · 1m 05s · $0.31 — Editing prices.py`."""
    name = one_line(row.name, width=_NAME) or "step"
    role = one_line(row.role, width=_NAME)
    facts = [
        name,
        role if role.casefold() != name.casefold() else "",
        f"round {row.round}" if row.round > 1 else "",
        row.state.value if row.state in _WORDED else "",
        one_line(row.duration, width=_NAME),
        one_line(row.cost, width=_NAME),
    ]
    told = " · ".join(fact for fact in facts if fact)
    return f"{told} — {activity}" if activity else told


def _is_over(rows: Sequence[StepRow]) -> bool:
    """Whether nothing goes on any more: all is done, or something failed and nobody works."""
    states = {row.state for row in rows}
    return not states & _AT_WORK and (StepState.PENDING not in states or StepState.FAILED in states)


def _summary(rows: Sequence[StepRow]) -> str:
    """`5 steps done`, `2 of 5 steps done · build failed`."""
    done = sum(row.state is StepState.COMPLETED for row in rows)
    failed = [one_line(row.name, width=_NAME) for row in rows if row.state is StepState.FAILED]
    steps = "step" if len(rows) == 1 else "steps"
    told = f"{done} {steps} done" if done == len(rows) else f"{done} of {len(rows)} {steps} done"
    return f"{told} · {', '.join(failed)} failed" if failed else told


def _window(rows: Sequence[StepRow]) -> int:
    """Where the shown steps begin."""
    going = next((at for at, row in enumerate(rows) if row.state in _AT_WORK), None)
    pending = next((at for at, row in enumerate(rows) if row.state is StepState.PENDING), 0)
    first = pending if going is None else going
    return max(0, min(first - _BEFORE, len(rows) - _SHOWN))


def _lines(rows: Sequence[StepRow], *, room: int) -> Block:
    """A line each, for places that have no task cards."""
    shown = rows[:_SHOWN]
    lines = [f"{_SIGN[row.state]}  {_title(row, activity=one_line(row.activity, width=_ACTIVITY))}" for row in shown]
    text, rest = beginning("\n".join(lines), room=max(_LEAST_ROOM, room))
    hidden = len(rows) - len(shown) + (rest.count("\n") + 1 if rest else 0)
    more = f"\n… {hidden} more steps" if hidden else ""
    return blocks.rich_text([rich.paragraph([rich.span(text + more)])])


def _more(number: int, what: str) -> list[Block]:
    return [muted(f"… {number} {what}")] if number > 0 else []
