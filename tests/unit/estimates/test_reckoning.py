"""What work will take, from like tasks and from what is stated, and how often that holds."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.cost import PriceChange, PriceList
from core.domain.estimate import Band, Estimate, Likeness
from core.domain.identity import ProjectName, StepName
from core.domain.project import Project
from core.domain.task import Complexity
from core.estimates.priors import Priors
from core.estimates.reckoning import estimate_of
from core.estimates.work import Known, Taken, Work
from core.store.past_tasks import PastTask
from tests.support.past_work import (
    BUILD_AND_TEST,
    CHEAP,
    DEAR,
    PRICES,
    PRIOR,
    PRIORS,
    ROLES,
    SHOP,
    a_past_task,
    a_workflow,
    some_work,
    tariff,
)
from tests.support.values import NOON

pytestmark = pytest.mark.money

TWO_BUILDERS = a_workflow(("one", "builder", ()), ("two", "builder", ()), ("test", "tester", ("one", "two")))
IN_A_ROW = a_workflow(("one", "builder", ()), ("two", "builder", ("one",)), ("test", "tester", ("two",)))


def estimated(work: Work, past: Sequence[PastTask] = (), *, prices: PriceList = PRICES) -> Estimate:
    return estimate_of(work, past, priors=PRIORS, prices=prices, now=NOON + timedelta(days=1))


def middle(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.cost_usd.p50, estimate.tokens.p50, estimate.duration_s.p50


def test_without_any_past_it_rests_on_what_is_stated() -> None:
    found = estimated(some_work())
    assert (found.tasks, found.alike) == (0, ())
    assert [(step.step, step.role, step.model) for step in found.steps] == [
        ("build", "builder", CHEAP),
        ("test", "tester", CHEAP),
    ]
    assert found.steps[0].cost_usd == Band(p50=1.0, p90=2.5)
    assert found.steps[0].tokens == Band(p50=1_000_000, p90=2_500_000)
    assert found.steps[0].duration_s == Band(p50=100, p90=250)
    assert found.cost_usd.p50 == pytest.approx(2.2, abs=0.15)
    assert found.cost_usd.p90 < 5.0


def test_what_is_stated_follows_the_model_and_how_complex_the_work_is() -> None:
    dear = estimated(some_work(model=DEAR))
    assert dear.steps[0].cost_usd == Band(p50=10.0, p90=25.0)
    assert dear.tokens == estimated(some_work()).tokens
    complex_ = estimated(some_work(complexity=Complexity.COMPLEX))
    assert complex_.steps[1].duration_s.p50 == 200


def test_a_role_has_its_own_stated_figures_before_those_of_its_result() -> None:
    long = replace(PRIOR, tokens_in=190_000)
    priors = Priors(roles={"tester": long}, results={ROLES["builder"].result: PRIOR}, fallback=long)
    found = estimate_of(some_work(), [], priors=priors, prices=PRICES, now=NOON)
    assert [step.tokens.p50 for step in found.steps] == [1_000_000, 2_000_000]


def test_many_like_tasks_say_what_it_takes() -> None:
    past = [a_past_task(number, tokens={"build": 3_000_000}, seconds=30) for number in range(1, 101)]
    found = estimated(some_work(), past)
    assert found.tasks == 100
    assert found.alike == (Likeness.TYPE, Likeness.COMPLEXITY, Likeness.PROJECT, Likeness.MODEL)
    assert middle(found) == pytest.approx((4.0, 4_000_000, 60), rel=0.05)
    assert [step.tokens.p50 for step in found.steps] == pytest.approx([3_000_000, 1_000_000], rel=0.03)


def test_the_narrowest_likeness_with_enough_tasks_counts() -> None:
    elsewhere = [a_past_task(number, project=ProjectName("docs")) for number in range(1, 9)]
    larger = [a_past_task(number, complexity=Complexity.COMPLEX) for number in range(11, 16)]
    dearer = [a_past_task(number, model=DEAR) for number in range(21, 24)]
    alike = {
        "all": estimated(some_work(), elsewhere + larger + dearer).alike,
        "dearer": estimated(some_work(), [*dearer, *(a_past_task(n, model=DEAR) for n in (31, 32))]).alike,
        "elsewhere": estimated(some_work(), elsewhere + larger[:2]).alike,
        "few": estimated(some_work(), elsewhere[:2] + larger[:2]).alike,
    }
    assert alike == {
        "all": (Likeness.TYPE, Likeness.PROJECT),
        "dearer": (Likeness.TYPE, Likeness.COMPLEXITY, Likeness.PROJECT),
        "elsewhere": (Likeness.TYPE, Likeness.COMPLEXITY),
        "few": (Likeness.TYPE,),
    }


def test_a_model_that_answers_with_a_longer_name_is_the_same_model() -> None:
    past = [a_past_task(number, model=f"{CHEAP}-20260101") for number in range(1, 7)]
    assert Likeness.MODEL in estimated(some_work(), past).alike


def test_dollars_of_past_tasks_are_told_at_the_model_of_today() -> None:
    past = [a_past_task(number) for number in range(1, 101)]
    found = estimated(some_work(model=DEAR), past)
    assert found.cost_usd.p50 == pytest.approx(20.0, rel=0.05), "they paid 2 dollars with the cheap model"
    assert found.tokens.p50 == pytest.approx(2_000_000, rel=0.05)


def test_dollars_of_past_tasks_are_told_at_the_prices_of_today() -> None:
    halved = PriceChange(begin=NOON + timedelta(hours=10), price=tariff("0.5").first)
    prices = replace(PRICES, tariffs={**PRICES.tariffs, CHEAP: replace(tariff("1"), changes=(halved,))})
    found = estimated(some_work(), [a_past_task(number) for number in range(1, 101)], prices=prices)
    assert found.cost_usd.p50 == pytest.approx(1.0, rel=0.05)


def test_what_was_free_and_has_a_price_now_is_told_at_that() -> None:
    prices = replace(PRICES, tariffs={**PRICES.tariffs, "local": tariff("0")})
    past = [a_past_task(number, model="local") for number in range(1, 101)]
    free = [replace(task, parts=tuple(replace(part, cost_usd=0.0) for part in task.parts)) for task in past]
    assert estimated(some_work(), free, prices=prices).cost_usd.p50 == pytest.approx(2.0, rel=0.05)
    assert estimated(some_work(model="local"), free, prices=prices).cost_usd == Band(p50=0.0, p90=0.0)


def test_a_plan_with_more_builders_is_expected_to_take_more() -> None:
    past = [a_past_task(number) for number in range(1, 101)]
    one, two = estimated(some_work(), past), estimated(some_work(TWO_BUILDERS), past)
    assert two.tokens.p50 == pytest.approx(one.tokens.p50 * 1.5, rel=0.03)
    assert len(two.steps) == 3


def test_steps_beside_each_other_take_no_more_time_than_the_longest_of_them() -> None:
    past = [a_past_task(number) for number in range(1, 101)]
    beside, after = estimated(some_work(TWO_BUILDERS), past), estimated(some_work(IN_A_ROW), past)
    assert beside.duration_s.p50 == pytest.approx(120, rel=0.05)
    assert after.duration_s.p50 == pytest.approx(180, rel=0.05)
    assert estimated(some_work(TWO_BUILDERS)).duration_s.p50 < estimated(some_work(IN_A_ROW)).duration_s.p50


def test_past_tasks_that_did_steps_beside_each_other_are_held_against_their_longest_way() -> None:
    past = [a_past_task(number, workflow=TWO_BUILDERS, duration_s=120.0) for number in range(1, 101)]
    assert estimated(some_work(IN_A_ROW), past).duration_s.p50 == pytest.approx(180, rel=0.05)


def test_while_a_planner_may_divide_the_work_like_tasks_count_as_they_were() -> None:
    to_be_planned = a_workflow(("plan", "planner", ()), ("build", "builder", ("plan",)))
    divided = a_workflow(
        ("plan", "planner", ()), ("one", "builder", ("plan",)), ("two", "builder", ("plan",)), ("three", "builder", ())
    )
    past = [a_past_task(number, workflow=divided) for number in range(1, 101)]
    before = estimated(some_work(to_be_planned), past)
    done = Known(done={StepName("plan"): Taken(cost_usd=1.0, tokens=1_000_000, duration_s=60)})
    planned = estimated(some_work(to_be_planned, known=done), past)
    assert before.tokens.p50 == pytest.approx(4_000_000, rel=0.05)
    assert planned.tokens.p50 == pytest.approx(2_000_000, rel=0.05)


def test_what_is_done_counts_as_what_it_took_and_is_certain() -> None:
    known = Known(done={StepName("build"): Taken(cost_usd=50.0, tokens=7.0, duration_s=9.0)})
    found = estimated(some_work(known=known), [a_past_task(number) for number in range(1, 101)])
    assert found.steps[0].cost_usd == Band(p50=50.0, p90=50.0)
    assert found.cost_usd.p50 == pytest.approx(51.0, rel=0.01)
    all_done = Known(done={step.name: Taken(cost_usd=1.0) for step in BUILD_AND_TEST.steps})
    assert estimated(some_work(known=all_done)).cost_usd == Band(p50=2.0, p90=2.0)


def test_a_step_whose_condition_does_not_hold_is_left_out_and_one_that_depends_on_results_is_not() -> None:
    whens = {"test": 'complexity == "complex"', "build": "plan.files"}
    workflow = a_workflow(("plan", "planner", ()), ("build", "builder", ()), ("test", "tester", ()), whens=whens)
    assert [step.name for step in some_work(workflow).steps] == ["plan", "build"]
    assert len(some_work(workflow, complexity=Complexity.COMPLEX).steps) == 3


def test_planners_get_the_model_of_planners_and_the_rest_that_of_the_project() -> None:
    workflow = a_workflow(("plan", "planner", ()), ("build", "builder", ("plan",)))
    bound = Project(name=SHOP, repository="/shop", model="project-1")
    chosen = some_work(workflow, project=bound, planner_model=DEAR)
    assert [step.model for step in chosen.steps] == [DEAR, "project-1"]
    assert [step.model for step in some_work(workflow, model=DEAR, project=bound).steps] == [DEAR, DEAR]
    assert [step.model for step in some_work(workflow).steps] == [CHEAP, CHEAP]


def test_a_step_that_was_not_needed_is_not_to_come() -> None:
    whens = {"test": "not build.passed"}
    workflow = a_workflow(("build", "builder", ()), ("test", "tester", ("build",)), whens=whens)
    assert [step.name for step in some_work(workflow, known=Known(skipped={StepName("test")})).steps] == ["build"]


def test_a_role_nobody_had_before_is_estimated_from_what_is_stated_and_scaled_like_the_rest() -> None:
    past = [a_past_task(number, tokens={"build": 2_000_000, "test": 2_000_000}) for number in range(1, 101)]
    found = estimated(some_work(a_workflow(("write", "writer", ()))), past)
    assert found.steps[0].tokens.p50 == 1_000_000
    assert found.tokens.p50 == pytest.approx(1_000_000, rel=0.05)


def test_work_without_any_step_takes_nothing() -> None:
    assert estimated(some_work(a_workflow())).cost_usd == Band(p50=0.0, p90=0.0)


Draw = Callable[[random.Random], float]


def log_normal(chance: random.Random) -> float:
    return math.exp(chance.gauss(0.0, 0.6))


def heavy(chance: random.Random) -> float:
    """One in six goes back and takes two and a half times as much; the tail is a long one."""
    again = 2.5 if chance.random() < 1 / 6 else 1.0
    return math.exp(chance.gauss(0.0, 0.4)) * again * (1 - chance.random()) ** -0.2


def a_drawn_task(number: int, draw: Draw, chance: random.Random, *, by: float) -> PastTask:
    """Steps that are all hard in a hard task, and each a little by itself; `by` is how wrong what is stated is."""
    workflow = TWO_BUILDERS if chance.random() < 0.3 else BUILD_AND_TEST
    hard = draw(chance)
    tokens = {step.name: 1e6 * by * hard * math.exp(chance.gauss(0, 0.3)) for step in workflow.steps}
    task = a_past_task(number, workflow=workflow, tokens=tokens)
    seconds = {name: count / 1e4 for name, count in tokens.items()}
    longest = max(seconds[step.name] for step in workflow.steps if step.role == "builder") + seconds[StepName("test")]
    return replace(task, seconds=seconds, duration_s=longest * 1.2)


def tokens_of(task: PastTask) -> float:
    return float(sum(part.usage.input_tokens for part in task.parts))


def shares(draw: Draw, *, history: int, by: float, times: int) -> dict[str, tuple[float, float]]:
    """How often a next task stayed at or under p50 and p90 of its plan's estimate, by what is measured."""
    chance = random.Random(f"{draw.__name__} {history} {by}")
    stayed: dict[str, list[tuple[bool, bool]]] = {"cost": [], "tokens": [], "time": []}
    for _ in range(times):
        past = [a_drawn_task(number, draw, chance, by=by) for number in range(1, history + 1)]
        actual = a_drawn_task(0, draw, chance, by=by)
        work = some_work(BUILD_AND_TEST if len(actual.parts) == 2 else TWO_BUILDERS)
        found = estimated(work, past)
        for name, value, band in (
            ("cost", sum(part.cost_usd for part in actual.parts), found.cost_usd),
            ("tokens", tokens_of(actual), found.tokens),
            ("time", actual.duration_s, found.duration_s),
        ):
            stayed[name].append((value <= band.p50, value <= band.p90))
    return {
        name: (sum(one for one, _ in each) / times, sum(two for _, two in each) / times)
        for name, each in stayed.items()
    }


@pytest.mark.parametrize("draw", [log_normal, heavy])
def test_with_history_half_of_the_tasks_stay_under_p50_and_nine_in_ten_under_p90(draw: Draw) -> None:
    for p50, p90 in shares(draw, history=40, by=3.0, times=400).values():
        assert 0.42 <= p50 <= 0.58
        assert 0.85 <= p90 <= 0.95


@pytest.mark.parametrize("draw", [log_normal, heavy])
@pytest.mark.parametrize("by", [1.0, 3.0])
def test_with_few_tasks_estimates_are_not_overconfident(draw: Draw, by: float) -> None:
    for _, p90 in shares(draw, history=4, by=by, times=400).values():
        assert p90 >= 0.75


def test_steps_whose_time_nobody_measured_count_as_a_second() -> None:
    past = [replace(a_past_task(number), seconds={}, duration_s=0.0) for number in range(1, 101)]
    assert 0.5 < estimated(some_work(), past).duration_s.p50 < 3
