"""What would come of a request, before anything is begun: a dry run as a card; pure."""

import re
from collections.abc import Collection, Iterator, Sequence

from adapters.chat.card import Action, ActionStyle, Card, Fields, Section, Text, Tone, Weight
from bot.cards.estimate import (
    ESTIMATE,
    KINDS,
    about,
    ground,
    money_band,
    steps_table,
    time_band,
    token_band,
)
from bot.cards.words import SENTENCE, TITLE, block, counted, facts, line, listed
from core.agents.permissions import Effect
from core.agents.shell_rules import RISKS
from core.domain.cost import shown_usd
from core.domain.workflow import Mode
from core.preview.values import Certainty, Preview, StepPreview, ToolRule, Trouble

_EXAMPLES = 4
_ASKED = 6
_DENIED = 4
_SENTENCE = re.compile(r"(?<=\.)\s|:\s")
"""Where the first sentence of a reason ends, or what it says in short."""
_TIMES = {1: "once", 2: "twice"}


def preview_card(preview: Preview, *, begin: str = "", hint: str = "") -> Card:
    """The whole of it; `begin` is the command that hands the same request over, or `hint` says what does."""
    stops = any(trouble.stops for trouble in preview.trouble)
    style = ActionStyle.NORMAL if stops else ActionStyle.PRIMARY
    return Card(
        key=ESTIMATE,
        title=line(f"Dry run · {preview.title}", TITLE),
        status="Something is in the way" if stops else about(preview.estimate),
        tone=Tone.BAD if stops else Tone.NEUTRAL,
        sections=(
            *_trouble(preview.trouble),
            _facts(preview),
            steps_table(preview.estimate, models=True),
            *_notes(preview),
            *_rules(preview),
            Text(text=f"Nothing was started. {hint}".strip(), weight=Weight.NEXT if hint else Weight.MUTED),
        ),
        actions=(Action(label="Start it", style=style, command=begin),) if begin else (),
    )


def _trouble(found: Sequence[Trouble]) -> Iterator[Section]:
    for each in found:
        if each.stops:
            yield Text(text=line(each.text, SENTENCE), weight=Weight.PROBLEM)
            if each.hint:
                yield Text(text=line(each.hint, SENTENCE), weight=Weight.NEXT)
    likely = [line(f"• {each.text} {each.hint}".rstrip(), SENTENCE) for each in found if not each.stops]
    if likely:
        yield Text(text=block("\n".join(["Likely trouble:", *likely])))


def _facts(preview: Preview) -> Fields:
    why = "; ".join(preview.reasons)
    kind = f"{KINDS[preview.type]}, {preview.complexity.value}"
    estimate = preview.estimate
    return Fields(
        fields=facts(
            (
                ("Project", preview.project),
                ("Taken for", f"{kind} ({why})" if why else kind),
                ("Workflow", f"{preview.workflow}: {order_line(preview.steps)}"),
                ("Mode", "" if preview.mode is Mode.AUTO else preview.mode.value),
                ("Cost", money_band(estimate.cost_usd)),
                ("Time", time_band(estimate.duration_s)),
                ("Tokens", token_band(estimate.tokens)),
                ("Budget", "none" if preview.budget_usd is None else shown_usd(preview.budget_usd)),
            )
        )
    )


def order_line(steps: Sequence[StepPreview]) -> str:
    """`plan → build → (test, review)`: those in brackets may run at the same time, those left out are not in it."""
    depth: dict[str, int] = {}
    layers: dict[int, list[str]] = {}
    for step in steps:
        before = max((depth[need] for need in step.needs), default=0)
        if step.certainty is Certainty.SKIPPED:
            depth[step.name] = before
            continue
        depth[step.name] = before + 1
        layers.setdefault(before, []).append(step.name)
    told = [layers[at] for at in sorted(layers)]
    return " → ".join(names[0] if len(names) == 1 else f"({', '.join(names)})" for names in told)


def _notes(preview: Preview) -> Iterator[Section]:
    told = [*_step_notes(preview)]
    if preview.asks_to_publish:
        told.append("Before anything leaves this machine, a person agrees.")
    if preview.may_be_divided:
        told.append("The plan may put other steps in the place of those after it; it is shown with its own estimate.")
    if told:
        yield Text(text=block("\n".join(line(each, SENTENCE) for each in told)))
    yield Text(text=ground(preview.estimate), weight=Weight.MUTED)


def _step_notes(preview: Preview) -> Iterator[str]:
    for step in preview.steps:
        match step.certainty:
            case Certainty.SKIPPED:
                yield f"{step.name} is left out: it is done only when {step.when}."
                continue
            case Certainty.OPEN:
                yield f"{step.name} is done only when {step.when}, which is seen on the way."
            case Certainty.SURE:
                pass
        if step.approved:
            yield f"After {step.name} a person approves the {step.approved}."
    yield from _ways_back(preview.done)


def _ways_back(steps: Sequence[StepPreview]) -> Iterator[str]:
    """`test and review may send the work back to build, at most twice each.`"""
    back: dict[tuple[str, int], list[str]] = {}
    for step in steps:
        if step.loop:
            back.setdefault((step.loop.back_to, step.loop.max_rounds), []).append(step.name)
    for (target, rounds), names in back.items():
        who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        often = f"at most {_TIMES.get(rounds, f'{rounds} times')}{' each' if len(names) > 1 else ''}"
        yield f"{who} may send the work back to {target}, {often}."


def _rules(preview: Preview) -> Iterator[Section]:
    """What asks most first: riskier, then about more commands; the rest is counted."""
    at_work = {step.role for step in preview.done}
    for effect, begins, most in (
        (Effect.ASK, "Asks a person first:", _ASKED),
        (Effect.DENY, "Never happens:", _DENIED),
    ):
        found = [rule for rule in preview.rules if rule.effect is effect]
        found.sort(key=lambda rule: (-RISKS.index(rule.risk), -len(rule.examples)))
        more = [f"• and {counted(len(found) - most, 'more rule')}"] if len(found) > most else []
        if found:
            told = [rule_line(rule, at_work=at_work) for rule in found[:most]]
            yield Text(text=block("\n".join([begins, *told, *more])), weight=Weight.MUTED)


def rule_line(rule: ToolRule, *, at_work: Collection[str]) -> str:
    """`• curl, wget, nc and 20 more: it reaches the network`, and whose tools those are unless they are everybody's."""
    reason = _SENTENCE.split(rule.reason, maxsplit=1)[0].rstrip(".") or "a rule says so"
    who = "" if set(rule.roles) >= set(at_work) else f" ({listed(rule.roles)})"
    if not rule.examples:
        return line(f"• {reason}{who}", SENTENCE)
    return line(f"• {listed(rule.examples, most=_EXAMPLES)}: {reason[:1].lower()}{reason[1:]}{who}", SENTENCE)
