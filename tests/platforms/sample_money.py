"""Cards about money ahead, to draw: an estimate, a dry run, how good estimates were, and how one came true."""

from dataclasses import replace
from decimal import Decimal

from adapters.chat.card import Card
from bot.cards.calibration import calibration_card
from bot.cards.estimate import estimate_card
from bot.cards.preview import preview_card
from config.permission_loader import load_permissions
from config.user_files import SHIPPED
from core.domain.estimate import Band, Estimate, Likeness, StepEstimate
from core.domain.identity import ProjectName, StepName
from core.domain.role import ResultKind, Role
from core.domain.task import Complexity, TaskType
from core.domain.workflow import Loop, Mode
from core.estimates.calibration import calibrated
from core.estimates.outcome import outcome
from core.preview.rules import tool_rules
from core.preview.values import Certainty, Preview, StepPreview, Trouble, TroubleKind

REQUEST = "fix issue #123: the bulk price starts one unit too late"
_STEPS = (
    ("analyse", "analyst", "claude-sonnet-5-5", 0.06, 0.15, 90),
    ("plan", "planner", "claude-opus-5-5", 0.09, 0.2, 60),
    ("build", "builder", "claude-sonnet-5-5", 0.21, 0.7, 240),
    ("test", "tester", "claude-haiku-5-5", 0.008, 0.03, 120),
    ("review", "reviewer", "claude-opus-5-5", 0.08, 0.25, 90),
)


def money_cards() -> dict[str, Card]:
    """The cards by a short name."""
    return {
        "estimate": estimate_card(
            REQUEST, _ESTIMATE, taken_for="bug fix, moderate", begin=REQUEST, ahead=f"{REQUEST} --dry-run"
        ),
        "dry-run": preview_card(_preview(), begin=REQUEST),
        "dry-run-stopped": preview_card(replace(_preview(), trouble=(_GONE, *_preview().trouble)), begin=REQUEST),
        "calibration": _calibration(),
    }


_ESTIMATE = Estimate(
    cost_usd=Band(p50=0.46, p90=1.12),
    tokens=Band(p50=240_000.0, p90=900_000.0),
    duration_s=Band(p50=600.0, p90=1_500.0),
    tasks=14,
    alike=(Likeness.TYPE, Likeness.COMPLEXITY, Likeness.PROJECT),
    steps=tuple(
        StepEstimate(
            step=StepName(name),
            role=role,
            model=model,
            cost_usd=Band(p50=likely, p90=most),
            tokens=Band(p50=48_000.0, p90=180_000.0),
            duration_s=Band(p50=float(seconds), p90=2.5 * seconds),
        )
        for name, role, model, likely, most, seconds in _STEPS[1:]
    ),
)
_GONE = Trouble(
    kind=TroubleKind.ISSUE,
    text="There is no issue 123 in shop.",
    hint="Check the number, or say in words what is wanted.",
    stops=True,
)


def _preview() -> Preview:
    roles = [
        Role(name=role, description="", prompt="", model=model, result=ResultKind.CHANGE, tools=_tools(role))
        for _, role, model, *_ in _STEPS
    ]
    rules = load_permissions(SHIPPED / "nobody").rules
    return Preview(
        request=REQUEST,
        title=REQUEST,
        project=ProjectName("shop"),
        type=TaskType.BUG_FIX,
        complexity=Complexity.MODERATE,
        reasons=('it asks to "fix"',),
        workflow="bug_fix",
        mode=Mode.AUTO,
        steps=_steps(),
        may_be_divided=True,
        asks_to_publish=True,
        estimate=_ESTIMATE,
        rules=tool_rules(rules, roles),
        budget_usd=Decimal("0.30"),
        trouble=(
            Trouble(
                kind=TroubleKind.BUDGET,
                text="Its budget of $0.30 is likely to be passed at step 3 (build).",
                hint="The work stops there and asks. Give it more with --budget, or use a cheaper --model.",
            ),
            Trouble(
                kind=TroubleKind.FAILURES,
                text="3 of the last 8 bug fix tasks in shop failed; most often: The tests still fail after two rounds.",
                hint="See whether the verify command passes on the base branch.",
            ),
        ),
    )


def _tools(role: str) -> tuple[str, ...]:
    writes = ("Edit", "Write") if role in {"builder", "tester"} else ()
    return ("Read", "Grep", "Glob", "Bash", "AskUserQuestion", *writes)


def _steps() -> tuple[StepPreview, ...]:
    made: list[StepPreview] = []
    for name, role, model, *_ in _STEPS:
        step = StepPreview(name=StepName(name), role=role, model=model, needs=tuple(each.name for each in made[-1:]))
        made.append(step)
    made[0] = replace(made[0], certainty=Certainty.SKIPPED, when='complexity != "simple" or include_analyst')
    made[1] = replace(made[1], approved="plan")
    made[3] = replace(made[3], loop=Loop(back_to=StepName("build")))
    made[4] = replace(made[4], loop=Loop(back_to=StepName("build")), needs=made[3].needs)
    return tuple(made)


def _calibration() -> Card:
    found = [
        (kind, outcome(_ESTIMATE, cost_usd=0.2 * factor, tokens=90_000 * at, duration_s=210 * at))
        for kind, factor in ((TaskType.BUG_FIX, 1.0), (TaskType.FEATURE, 2.4), (TaskType.DOCUMENTATION, 0.4))
        for at in range(1, 15)
        for factor in (factor * at / 4,)
    ]
    note = "Understood as: estimates against what came of them, all time."
    return calibration_card(calibrated(found), note=note)
