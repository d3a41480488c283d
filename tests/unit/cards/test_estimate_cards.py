"""What work may take, on every card that says it: estimate, dry run, live card, end, and looking back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.chat.card import ActionStyle, Card, Fields, Table, Text, Tone, Weight
from bot.cards.calibration import calibration_card, only
from bot.cards.ended import ended_card
from bot.cards.estimate import about_time, estimate_card, shown_estimate
from bot.cards.preview import order_line, preview_card
from bot.cards.task import task_card
from bot.sample_task import NOW, STARTED_AT, sample_view
from core.agents.permissions import Effect
from core.budgets.allowance import Allowance
from core.costs.reasons import reasons
from core.domain.approval import Risk
from core.domain.cost import Bill
from core.domain.estimate import Band, Estimate, Likeness, StepEstimate
from core.domain.identity import ProjectName, StepName
from core.domain.limit import Budget, BudgetScope
from core.domain.period import Period, PeriodUnit
from core.domain.task import Complexity, StepState, TaskState, TaskType
from core.domain.workflow import Loop, Mode
from core.estimates.calibration import Calibration, calibrated
from core.estimates.outcome import Outcome, outcome
from core.preview.values import Certainty, Preview, StepPreview, ToolRule, Trouble, TroubleKind
from tests.unit.cards.sizes import assert_fits

NAMES = ("plan", "build", "test", "review")
ESTIMATE = Estimate(
    cost_usd=Band(p50=0.4, p90=1.1),
    tokens=Band(p50=240_000.0, p90=900_000.0),
    duration_s=Band(p50=600.0, p90=1_800.0),
    tasks=12,
    alike=(Likeness.TYPE, Likeness.PROJECT),
    steps=tuple(
        StepEstimate(
            step=StepName(name),
            role=name,
            model="claude-sonnet-5-5",
            cost_usd=Band(p50=0.1, p90=0.3),
            tokens=Band(p50=60_000.0, p90=200_000.0),
            duration_s=Band(p50=150.0, p90=500.0),
        )
        for name in NAMES
    ),
)
STEPS = (
    StepPreview(name=StepName("plan"), role="planner", model="opus", approved="plan"),
    StepPreview(name=StepName("build"), role="builder", model="sonnet", needs=(StepName("plan"),)),
    StepPreview(
        name=StepName("test"),
        role="tester",
        model="haiku",
        needs=(StepName("build"),),
        loop=Loop(back_to=StepName("build"), max_rounds=2),
    ),
    StepPreview(name=StepName("review"), role="reviewer", model="opus", needs=(StepName("build"),)),
)
PREVIEW = Preview(
    request="fix the rounding",
    title="fix the rounding",
    project=ProjectName("shop"),
    type=TaskType.BUG_FIX,
    complexity=Complexity.MODERATE,
    reasons=('it asks to "fix"',),
    workflow="bug_fix",
    mode=Mode.AUTO,
    steps=STEPS,
    may_be_divided=False,
    asks_to_publish=False,
    estimate=ESTIMATE,
    rules=(),
    budget_usd=None,
    trouble=(),
)


def read(card: Card) -> str:
    """All of a card that can be read, line by line."""
    lines = [card.title, card.status]
    for part in card.sections:
        match part:
            case Text():
                lines += part.text.split("\n")
            case Fields():
                lines += [f"{each.label}: {each.value}" for each in part.fields]
            case Table():
                lines += [" | ".join(row) for row in (*part.rows, part.total) if row]
            case _:
                pass
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0 s"),
        (59.4, "59 s"),
        (60.0, "1 min"),
        (89.0, "1 min"),
        (754.0, "13 min"),
        (3_569.0, "59 min"),
        (3_570.0, "1 h"),
        (7_500.0, "2 h 05 min"),
        (86_370.0, "1 d"),
        (100_000.0, "1 d 4 h"),
    ],
)
def test_a_time_that_is_only_expected_is_told_without_seconds(seconds: float, said: str) -> None:
    assert about_time(seconds) == said


def test_an_estimate_in_a_few_words_has_money_time_and_tokens() -> None:
    assert shown_estimate(ESTIMATE) == "$0.40, up to $1.10 · 10 min, up to 30 min · 240k tokens, up to 900k"
    assert shown_estimate(None) == ""


def test_an_estimate_is_told_step_by_step_with_what_it_rests_on() -> None:
    card = estimate_card("fix the rounding", ESTIMATE, taken_for="bug fix, moderate", begin="x", ahead="y")
    assert card.status == "About $0.40, 10 min"
    assert "plan | $0.10 – $0.30 | 2 min" in read(card)
    assert "All | $0.40 – $1.10 | 10 min" in read(card)
    assert "From 12 completed tasks of the same kind and project. Nine in ten stay within “up to”." in read(card)
    assert [action.label for action in card.actions] == ["Start it", "What would happen?"]
    assert_fits(card)


def test_who_may_start_nothing_is_offered_nothing_and_assumptions_are_called_so() -> None:
    card = estimate_card("x", replace(ESTIMATE, tasks=0, alike=()), taken_for="bug fix, moderate")
    assert card.actions == ()
    assert "this rests on stated assumptions" in read(card)


def test_a_dry_run_tells_the_order_the_gates_and_the_ways_back() -> None:
    card = preview_card(PREVIEW, begin="fix the rounding")
    assert card.title == "Dry run · fix the rounding"
    assert "Workflow: bug_fix: plan → build → (test, review)" in read(card)
    assert "After plan a person approves the plan." in read(card)
    assert "plan | $0.10 – $0.30 | sonnet-5-5" in read(card)
    assert "test may send the work back to build, at most twice." in read(card)
    assert read(card).endswith("Nothing was started.")
    assert [(action.label, action.style) for action in card.actions] == [("Start it", ActionStyle.PRIMARY)]
    assert_fits(card)


def test_steps_that_are_left_out_are_said_and_not_in_the_order() -> None:
    skipped = replace(STEPS[1], certainty=Certainty.SKIPPED, when='type == "feature"')
    assert order_line((STEPS[0], skipped, *STEPS[2:])) == "plan → (test, review)"
    text = read(preview_card(replace(PREVIEW, steps=(STEPS[0], skipped, *STEPS[2:]))))
    assert 'build is left out: it is done only when type == "feature".' in text


def test_what_stops_the_work_stands_on_top_and_the_button_is_not_the_loudest() -> None:
    trouble = (
        Trouble(kind=TroubleKind.ISSUE, text="There is no issue 99 in shop.", hint="Check the number.", stops=True),
        Trouble(kind=TroubleKind.PRICE, text="No price is listed.", hint="List it."),
    )
    card = preview_card(replace(PREVIEW, trouble=trouble), begin="x")
    assert card.status == "Something is in the way"
    first, second, third = card.sections[:3]
    assert isinstance(first, Text) and (first.text, first.weight) == ("There is no issue 99 in shop.", Weight.PROBLEM)
    assert isinstance(second, Text) and (second.text, second.weight) == ("Check the number.", Weight.NEXT)
    assert isinstance(third, Text) and third.text == "Likely trouble:\n• No price is listed. List it."
    assert (card.tone, card.actions[0].style) == (Tone.BAD, ActionStyle.NORMAL)


def test_rules_are_told_in_a_few_lines_and_the_rest_is_counted() -> None:
    everybody = ("planner", "builder", "tester", "reviewer")
    rules = [
        ToolRule(
            effect=Effect.ASK,
            reason=f"It does thing {number}.",
            risk=Risk.MEDIUM,
            examples=("one", "two", "three", "four", "five", "six")[: 7 - number % 6],
            roles=everybody,
        )
        for number in range(11)
    ]
    rules.append(ToolRule(effect=Effect.DENY, reason="Never: at all.", risk=Risk.HIGH, examples=(), roles=("builder",)))
    text = read(preview_card(replace(PREVIEW, rules=tuple(rules))))
    assert "• one, two, three, four and 2 more: it does thing 0" in text
    assert "• and 5 more rules" in text
    assert "Never happens:\n• Never (builder)" in text


def test_whatever_is_in_it_a_dry_run_fits_its_sizes() -> None:
    long = "very " * 400
    steps = tuple(
        StepPreview(name=StepName(f"s{number}"), role="r", model="m", certainty=Certainty.OPEN, when=long)
        for number in range(40)
    )
    trouble = tuple(Trouble(kind=TroubleKind.FAILURES, text=long, hint=long, stops=number == 0) for number in range(8))
    rules = tuple(
        ToolRule(effect=effect, reason=long, risk=Risk.HIGH, examples=(long,) * 9, roles=(long,) * 9)
        for effect in (Effect.ASK, Effect.DENY)
        for _ in range(30)
    )
    assert_fits(preview_card(replace(PREVIEW, title=long, steps=steps, trouble=trouble, rules=rules, reasons=(long,))))


def spent(usd: str, *, shared: BudgetScope | None = None, **task: object) -> Card:
    """The live card of the sample task, planned and nothing else, after so much was spent on it."""
    view = sample_view()
    steps = tuple(
        replace(part, step=replace(part.step, state=state, position=position), bill=Bill())
        for position, (part, state) in enumerate(
            zip(view.steps, (StepState.COMPLETED, *(StepState.PENDING,) * 4), strict=True), 1
        )
    )
    changed = replace(view.task, state=TaskState.RUNNING, estimate=ESTIMATE, **task)
    month = Period(begin=NOW, end=NOW + timedelta(days=30))
    budgets = () if shared is None else (Budget(scope=shared, unit=PeriodUnit.MONTH, usd=Decimal("0.25")),)
    standing = tuple(Allowance(budget=each, period=month, spent_usd=Decimal(0)) for each in budgets)
    bill = Bill(cost_usd=Decimal(usd))
    return task_card(replace(view, task=changed, steps=steps, approvals=(), bill=bill, shared=standing), now=NOW)


def test_a_live_card_says_at_which_step_its_budget_is_likely_passed_while_that_is_likely() -> None:
    said = "Will likely pass its budget at step"
    # plan, build, test and review are 0.10 each
    assert f"{said} 4 (test), and asks then." in read(spent("0.25", budget_usd=Decimal("0.5")))
    assert said not in read(spent("0.05", budget_usd=Decimal("0.5")))
    assert said not in read(spent("0.60", budget_usd=Decimal("0.5")))
    assert said not in read(spent("0.25"))


def test_a_live_card_names_a_budget_that_the_task_shares_where_everybody_may_see_it() -> None:
    where = "at step 4 (test), and asks then."
    named = read(spent("0", shared=BudgetScope(project="shop")))
    assert f"Will likely pass the monthly budget of shop {where}" in named
    # how much a person spends, or all projects together, is not everybody's to read
    for scope in (BudgetScope(), BudgetScope(person="slack:T1/U1"), BudgetScope(project="shop", person="slack:T1/U1")):
        task = {"requested_by": scope.person} if scope.person else {}
        text = read(spent("0", shared=scope, **task))
        assert f"Will likely pass a budget that it shares {where}" in text
        assert "T1/U1" not in text


def test_the_last_card_holds_the_estimate_against_what_came_of_it() -> None:
    view = sample_view()
    task = replace(view.task, state=TaskState.COMPLETED, finished_at=NOW, estimate=ESTIMATE)

    def line(usd: str, state: TaskState = TaskState.COMPLETED) -> str:
        ended = replace(view, task=replace(task, state=state), approvals=(), bill=Bill(cost_usd=Decimal(usd)))
        return next((each for each in read(ended_card(ended, now=NOW)).split("\n") if each.startswith("Estimate")), "")

    minutes = about_time((NOW - STARTED_AT).total_seconds())
    assert line("0.42") == (f"Estimate: $0.42 of an expected $0.40, up to $1.10 · {minutes} of 10 min, up to 30 min")
    assert line("2").endswith("more than nine in ten such tasks cost")
    # what was called off halfway says nothing about its estimate
    assert line("0.42", TaskState.CANCELLED) == ""


def test_why_a_task_cost_what_it_did_begins_with_what_was_expected() -> None:
    view = sample_view()

    def why(usd: str, state: TaskState = TaskState.COMPLETED) -> str:
        task = replace(view.task, state=state, estimate=ESTIMATE)
        return reasons(replace(view, task=task, bill=Bill(calls=1, cost_usd=Decimal(usd))))[0]

    assert why("0.3") == "It was expected to cost $0.40, up to $1.10: it cost $0.30, no more than was likely."
    assert why("0.9").endswith("it cost $0.90, within that.")
    assert why("3").endswith("it cost $3.00, more than that.")
    assert why("3", TaskState.RUNNING) == "It was expected to cost $0.40, up to $1.10."


def came_of(kind: TaskType, usd: float, *, times: int) -> list[tuple[TaskType, Outcome]]:
    """Tasks of one kind that each cost so much."""
    return [(kind, outcome(ESTIMATE, cost_usd=usd, tokens=240_000, duration_s=500))] * times


def card_of(found: Calibration) -> Card:
    """The card, which fits."""
    card = calibration_card(found, note="Understood as: estimates.")
    assert_fits(card)
    return card


def test_estimates_that_are_too_low_say_by_how_much_and_what_to_do() -> None:
    card = card_of(calibrated(came_of(TaskType.BUG_FIX, 2.0, times=40)))
    assert card.status == "Cost: too low"
    assert "Cost | 0 % | 0 % | too low" in read(card)
    assert "Cost: a task typically takes 5.0 times the likely figure." in read(card)


def test_few_tasks_are_too_early_to_tell_and_none_are_nothing() -> None:
    few = card_of(calibrated(came_of(TaskType.BUG_FIX, 0.8, times=3)))
    assert few.status == "Too early to tell"
    assert "It takes 10 completed tasks to tell." in read(few)
    none = card_of(calibrated([]))
    assert "No task that was estimated is completed yet." in read(none)


def test_kinds_have_a_row_each_and_can_be_asked_for_alone() -> None:
    found = calibrated([*came_of(TaskType.BUG_FIX, 0.3, times=12), *came_of(TaskType.FEATURE, 2.0, times=12)])
    assert "bug fixes | 12 | 100/100 | 100/100" in read(card_of(found))
    assert "features: cost too low, tokens too high" in read(card_of(found))
    assert "features | 12 | 0/0 | 100/100" in read(card_of(found))
    alone = read(card_of(only(found, (TaskType.FEATURE,))))
    assert "12 completed tasks." in alone
    assert "bug fixes" not in alone
