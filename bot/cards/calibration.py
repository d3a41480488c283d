"""How good estimates were, as a card: how many tasks stayed within them, what that means, what can be done; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from adapters.chat.card import Card, Column, Section, Table, Text, Weight
from bot.cards.answer import ANSWER
from bot.cards.words import counted
from core.costs.wording import TYPES
from core.domain.task import TaskType
from core.estimates.calibration import ENOUGH, Calibrated, Calibration, Share, Verdict

WORDS: Mapping[Verdict, str] = {
    Verdict.TOO_EARLY: "too early to tell",
    Verdict.WELL: "as good as they say",
    Verdict.TOO_LOW: "too low",
    Verdict.TOO_HIGH: "too high",
    Verdict.UNEVEN: "too narrow or too wide",
}
_SHORT = {TaskType.DOCUMENTATION: "docs", TaskType.CODE_REVIEW: "reviews"}
_MEANING = (
    "How many tasks stayed within the likely figure, which half of them should, and within “up to”, which nine in ten"
    " should."
)


def only(found: Calibration, types: tuple[TaskType, ...]) -> Calibration:
    """`found` without other types than `types`; () for all of them."""
    if not types:
        return found
    by_type = {kind: each for kind, each in found.by_type.items() if kind in types}
    return replace(found, whole=next(iter(by_type.values())) if len(by_type) == 1 else None, by_type=by_type)


def calibration_card(found: Calibration, *, note: str) -> Card:
    """What came of the estimates of completed tasks; `note` says what was understood."""
    return Card(
        key=ANSWER,
        title="How good estimates were",
        status=_status(found),
        sections=(*_sections(found), Text(text=note, weight=Weight.MUTED)),
    )


def _status(found: Calibration) -> str:
    if found.whole is None:
        return "" if found.by_type else "Nothing to go by yet"
    verdict = found.whole.cost_usd.verdict
    return "Too early to tell" if verdict is Verdict.TOO_EARLY else f"Cost: {WORDS[verdict]}"


def _sections(found: Calibration) -> Iterator[Section]:
    if not found.by_type:
        yield Text(text="No task that was estimated is completed yet.")
        return
    yield Text(text=_MEANING)
    if found.whole is not None:
        yield _figures(found.whole)
        yield Text(text=_behind(found.whole), weight=Weight.MUTED)
    if len(found.by_type) > 1:
        yield _kinds(found.by_type)
        if said := [*_said_of_kinds(found.by_type)]:
            yield Text(text="\n".join(said))
    yield Text(text="\n".join(_advice(found)), weight=Weight.NEXT)


def _figures(whole: Calibrated) -> Table:
    """One row for each figure, over all tasks."""
    columns = (
        Column(label="Estimate"),
        Column(label="Likely", number=True),
        Column(label="Up to", number=True),
        Column(label="It was"),
    )
    rows = tuple((name, _percent(each.p50), _percent(each.p90), WORDS[each.verdict]) for name, each in named(whole))
    return Table(columns=columns, rows=rows)


def _kinds(by_type: Mapping[TaskType, Calibrated]) -> Table:
    """One row for each kind: per cent within likely and within up to; in columns that fit a phone."""
    labels = ("Tasks", "Cost %", "Time %")
    rows = tuple(
        (_SHORT.get(kind, TYPES[kind]), f"{each.tasks:,}", _shares(each.cost_usd), _shares(each.duration_s))
        for kind, each in by_type.items()
    )
    return Table(columns=(Column(label="Kind"), *(Column(label=label, number=True) for label in labels)), rows=rows)


def _shares(share: Share) -> str:
    return f"{100 * share.p50:.0f}/{100 * share.p90:.0f}"


def named(found: Calibrated) -> tuple[tuple[str, Share], ...]:
    """The three figures with their names."""
    return (("Cost", found.cost_usd), ("Tokens", found.tokens), ("Time", found.duration_s))


def _behind(whole: Calibrated) -> str:
    told = f"{counted(whole.tasks, 'completed task')}"
    return (
        f"{told}, {whole.assumed:,} of them estimated from stated assumptions alone." if whole.assumed else f"{told}."
    )


def _advice(found: Calibration) -> Iterator[str]:
    """What to do, in as few sentences as it takes."""
    judged = [found.whole] if found.whole is not None else list(found.by_type.values())
    verdicts = {share.verdict for each in judged for _, share in named(each)}
    if verdicts == {Verdict.TOO_EARLY}:
        yield f"It takes {ENOUGH} completed tasks to tell. They come by themselves."
    elif verdicts == {Verdict.WELL}:
        yield "Nothing is to be done: estimates hold what they say."
    else:
        yield from _off(judged)


def _off(judged: list[Calibrated]) -> Iterator[str]:
    for name, share in (pair for each in judged for pair in named(each)):
        typical = f"{name}: a task typically takes {share.ratio:.1f} times the likely figure."
        if share.verdict is Verdict.TOO_LOW:
            yield typical if share.ratio > 1 else f"{name}: more tasks than one in ten take more than “up to”."
        elif share.verdict is Verdict.TOO_HIGH:
            yield typical if share.ratio < 1 else f"{name}: fewer tasks than one in ten take more than “up to”."
        elif share.verdict is Verdict.UNEVEN:
            yield f"{name}: tasks differ more, or less, than their estimates say."
    learn = "Estimates learn from each completed task."
    yield f"{learn} What they assume before is in estimates.toml." if any(each.assumed for each in judged) else learn


def _said_of_kinds(by_type: Mapping[TaskType, Calibrated]) -> Iterator[str]:
    """The verdict on each kind that is known to be off: `features: cost too low, time too low.`"""
    for kind, each in by_type.items():
        off = [
            f"{name.lower()} {WORDS[share.verdict]}"
            for name, share in named(each)
            if share.verdict not in {Verdict.WELL, Verdict.TOO_EARLY}
        ]
        if off:
            yield f"{TYPES[kind]}: {', '.join(off)}."


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")
