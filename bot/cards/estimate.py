"""What work is expected to take: in a few words, as a table of its steps, and as the answer to `estimate`; pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.chat.card import Action, ActionStyle, Card, Column, Field, Fields, Section, Table, Text, Weight
from bot.cards.agent import short_model
from bot.cards.words import line, listed
from core.domain.cost import shown_usd
from core.domain.estimate import Band, Estimate
from core.domain.task import TaskState, TaskType
from core.estimates.outcome import Outcome, Within, outcome
from core.estimates.wording import told_count, told_ground
from core.planning.assessment import Assessment

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import TaskView

ESTIMATE = "note"
"""Key of cards that stand for themselves and are never drawn again."""
KINDS: Mapping[TaskType, str] = {
    TaskType.BUG_FIX: "bug fix",
    TaskType.FEATURE: "feature",
    TaskType.CODE_REVIEW: "code review",
    TaskType.DOCUMENTATION: "documentation",
    TaskType.REFACTORING: "refactoring",
    TaskType.RESEARCH: "research",
    TaskType.CUSTOM: "other work",
}
"""One task of each kind, as people say it."""
_MINUTE_S = 60
_HOUR_S = 3_600
_DAY_S = 86_400
_REQUEST = 300
_STEPS = 20


def shown_estimate(estimate: Estimate | None) -> str:
    """`$0.42, up to $2.50 · 5 min, up to 9 min · 120k tokens, up to 480k`; '' when nothing is known."""
    if estimate is None:
        return ""
    tokens = estimate.tokens
    told = f"{told_count(tokens.p50)} tokens, up to {told_count(tokens.p90)}" if tokens.p90 else ""
    parts = (money_band(estimate.cost_usd), time_band(estimate.duration_s), told)
    return " · ".join(part for part in parts if part)


def money_band(band: Band) -> str:
    """`$0.42, up to $2.50`: nine in ten stay within the second."""
    return f"{shown_usd(usd(band.p50))}, up to {shown_usd(usd(band.p90))}"


def time_band(band: Band) -> str:
    """`5 min, up to 9 min`."""
    return f"{about_time(band.p50)}, up to {about_time(band.p90)}"


def token_band(band: Band) -> str:
    """`120k, up to 480k`."""
    return f"{told_count(band.p50)}, up to {told_count(band.p90)}"


def against_estimate(view: "TaskView", *, now: datetime) -> str:
    """What an ended task took beside what was expected; '' where nothing was, or it was called off halfway."""
    task, bill = view.task, view.bill
    if task.estimate is None or task.state not in {TaskState.COMPLETED, TaskState.FAILED}:
        return ""
    tokens = bill.usage.prompt_tokens + bill.usage.output_tokens
    return shown_outcome(
        outcome(task.estimate, cost_usd=float(bill.cost_usd), tokens=tokens, duration_s=task.worked_s(now))
    )


def shown_outcome(found: Outcome) -> str:
    """`$0.42 of an expected $0.40, up to $1.10 · 12 min of 10 min, up to 30 min`; what was more than that is said."""
    cost, time = found.cost_usd, found.duration_s
    money = f"{shown_usd(usd(cost.value))} of an expected {money_band(cost.band)}"
    said = f"{money} · {about_time(time.value)} of {time_band(time.band)}"
    return f"{said} · more than nine in ten such tasks cost" if cost.within is Within.OVER else said


def usd(amount: float) -> Decimal:
    """An estimated amount as money."""
    return Decimal(str(round(amount, 6)))


def about_time(seconds: float) -> str:
    """Seconds as somebody would say them who does not know them exactly: `40 s`, `12 min`, `2 h 05 min`, `3 d 4 h`."""
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S - _MINUTE_S // 2:
        return f"{round(whole / _MINUTE_S)} min"
    if whole < _DAY_S - _MINUTE_S // 2:
        hours, minutes = divmod(round(whole / _MINUTE_S), 60)
        return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"
    days, hours = divmod(round(whole / _HOUR_S), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def estimate_fields(estimate: Estimate) -> Fields:
    """Cost, time and tokens, each as a band, and the models they are about."""
    told = [("Cost", money_band(estimate.cost_usd)), ("Time", time_band(estimate.duration_s))]
    told += [("Tokens", token_band(estimate.tokens))] if estimate.tokens.p90 else []
    told.append(("Models", listed(dict.fromkeys(short_model(step.model) for step in estimate.steps))))
    return Fields(fields=tuple(Field(label=label, value=value) for label, value in told if value))


def steps_table(estimate: Estimate, *, models: bool = False) -> Table:
    """One row for each step in its order, narrow enough for a phone: with how long it takes, or with its model."""
    last = Column(label="Model") if models else Column(label="Time", number=True)
    rows = tuple(
        (
            line(step.step, 40),
            cost_range(step.cost_usd),
            line(short_model(step.model), 30) if models else about_time(step.duration_s.p50),
        )
        for step in estimate.steps[:_STEPS]
    )
    whole = ("All", cost_range(estimate.cost_usd), "" if models else about_time(estimate.duration_s.p50))
    columns = (Column(label="Step"), Column(label="Likely – up to", number=True), last)
    return Table(columns=columns, rows=rows, total=whole)


def cost_range(band: Band) -> str:
    """`$0.42 – $1.10`: likely, and what nine in ten stay within."""
    return f"{shown_usd(usd(band.p50))} – {shown_usd(usd(band.p90))}"


def kind_of(judged: Assessment) -> str:
    """`bug fix, complex`."""
    return f"{KINDS[judged.type]}, {judged.complexity.value}"


def ground(estimate: Estimate) -> str:
    """What it rests on, and what its second figure means."""
    return f"{told_ground(estimate)} Nine in ten stay within “up to”."


def estimate_card(
    text: str,
    estimate: Estimate,
    *,
    taken_for: str,
    begin: str = "",
    ahead: str = "",
) -> Card:
    """What the request may take; `taken_for` says what kind of work it seems to be.

    `begin` is the command that hands it over, `ahead` the one that shows all that would happen; '' for what the asker
    may not do.
    """
    sections: list[Section] = [Text(text=line(text, _REQUEST)), estimate_fields(estimate)]
    if len(estimate.steps) > 1:
        sections.append(steps_table(estimate))
    sections.append(Text(text=f"Taken for: {taken_for}. {ground(estimate)}", weight=Weight.MUTED))
    actions = (
        Action(label="Start it", style=ActionStyle.PRIMARY, command=begin),
        Action(label="What would happen?", command=ahead),
    )
    return Card(
        key=ESTIMATE,
        title="Estimate",
        status=about(estimate),
        sections=tuple(sections),
        actions=tuple(action for action in actions if action.command),
    )


def about(estimate: Estimate) -> str:
    """`About $0.42, 12 min`."""
    return f"About {shown_usd(usd(estimate.cost_usd.p50))}, {about_time(estimate.duration_s.p50)}"
