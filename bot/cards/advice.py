"""Where less money would do, as a card: each piece of advice with its evidence, then what is missing; pure."""

from collections.abc import Sequence
from decimal import Decimal

from adapters.chat.card import Card, Column, Section, Table, Text, Weight
from bot.cards.agent import short_model
from bot.cards.answer import ANSWER
from bot.cards.forecast import about_usd
from bot.cards.words import counted, line
from core.advice.advice import ENOUGH_STEPS, CacheAdvice, ModelAdvice, Standing, Trial
from core.domain.cost import shown_usd
from core.unusual.words import shown_share

_MOST = 6
_NEXT = "Nothing is changed by itself. Try it in one task: --model NAME; for good: the model in the role's file."


def advice_card(models: Sequence[ModelAdvice], caches: Sequence[CacheAdvice], *, title: str, note: str) -> Card:
    """Advice first, the evidence as a table under it."""
    advised = [each for each in models if each.standing is Standing.ADVISED]
    others = [each for each in models if each.standing is not Standing.ADVISED]
    sections: list[Section] = [Text(text=model_words(each)) for each in advised[:_MOST]]
    sections += [Text(text=cache_words(each)) for each in caches[:_MOST]]
    if not sections:
        sections.append(Text(text="Nothing stands out."))
    rows = [trial for each in [*advised, *others][:_MOST] for trial in _both(each)]
    if rows:
        sections.append(_table(rows))
    sections += [Text(text=model_words(each), weight=Weight.MUTED) for each in others[:_MOST]]
    if advised:
        sections.append(Text(text=_NEXT, weight=Weight.NEXT))
    sections.append(Text(text=note, weight=Weight.MUTED))
    count = len(advised) + len(caches)
    saved = sum((each.at_most_usd for each in advised), start=Decimal(0))
    saved += sum((each.at_most_usd for each in caches), start=Decimal(0))
    status = f"at most {about_usd(saved)} less" if count else "nothing to change"
    return Card(key=ANSWER, title=line(f"Advice · {title}", 100), status=status, sections=tuple(sections))


def model_words(advice: ModelAdvice) -> str:
    """What the evidence says about one role."""
    used, cheaper = advice.used, advice.cheaper
    name = short_model(used.model)
    if cheaper is None:
        return (
            f"{used.role} has worked with nothing cheaper than {name} ({shown_usd(used.cost_usd)}). "
            f"After {ENOUGH_STEPS} steps with a cheaper model this can tell more."
        )
    other = short_model(cheaper.model)
    match advice.standing:
        case Standing.ADVISED:
            calls = f"the {counted(used.calls, 'call')} of {name} come to {shown_usd(advice.comes_usd)}"
            return (
                f"{used.role} could use {other} instead of {name}. At the first try {other} did {_done(cheaper)}, "
                f"{name} {_done(used)}. At today's prices {calls}, the same with {other} to "
                f"{shown_usd(advice.cheaper_usd)}: at most {shown_usd(advice.at_most_usd)} less, as each model needs "
                "another number of tokens."
            )
        case Standing.WORSE:
            return f"{used.role}: {other} is cheaper, but did {_done(cheaper)} at the first try, {name} {_done(used)}."
        case Standing.TOO_FEW | Standing.UNTRIED:
            few, model = (cheaper, other) if cheaper.steps < ENOUGH_STEPS else (used, name)
            steps = counted(few.steps, "step")
            return f"{used.role}: {model} has done {steps} alone, of the {ENOUGH_STEPS} it takes to compare."


def cache_words(advice: CacheAdvice) -> str:
    """What the cache could save for one role."""
    return (
        f"{advice.role} reads {shown_share(advice.share)} from the cache, the others {shown_share(advice.others)}. "
        f"With as much as they, it would be at most {shown_usd(advice.at_most_usd)} less. Long pauses empty the cache, "
        "and so do prompts that change at their beginning."
    )


def _done(trial: Trial) -> str:
    return f"{trial.first_try} of {counted(trial.steps, 'step')} ({_share(trial)})"


def _share(trial: Trial) -> str:
    return shown_share(Decimal(trial.first_try) / trial.steps) if trial.steps else "–"


def _both(advice: ModelAdvice) -> list[Trial]:
    return [advice.used] if advice.cheaper is None else [advice.used, advice.cheaper]


def _table(trials: Sequence[Trial]) -> Table:
    columns = (
        Column(label="Role, model"),
        Column(label="1st try", number=True),
        Column(label="Back", number=True),
        Column(label="Cost", number=True),
    )
    rows = tuple(
        (
            line(f"{each.role}, {short_model(each.model)}", 40),
            f"{each.first_try:,} of {each.steps:,}",
            f"{each.sent_back:,}",
            shown_usd(each.cost_usd),
        )
        for each in trials
    )
    return Table(columns=columns, rows=rows)
