"""Who starts: limits hold, priority and age decide, held models wait, and nobody is forgotten by the clock."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.identity import AgentRunId, PersonId, ProjectName, agent_run_id, task_id
from core.domain.model import FAILURES_TO_OPEN, ModelStanding
from core.domain.queue import WaitingRun
from core.domain.task import Priority
from core.engine.parts import AgentLimits
from core.engine.places import BOOST_AFTER, Choice, Start, choose, rank
from tests.support.values import NOON

SHOP, GARDEN = ProjectName("shop"), ProjectName("garden")
OPUS, SONNET, HAIKU = "opus", "sonnet", "haiku"
ROW = (OPUS, SONNET, HAIKU)
"""The models of a role, best first: each run may go on with those after its own."""
SECOND = timedelta(seconds=1)


def waits(
    number: int = 1,
    *,
    project: ProjectName = SHOP,
    model: str = OPUS,
    priority: Priority = Priority.NORMAL,
    since: datetime = NOON,
    not_before: datetime | None = None,
) -> WaitingRun:
    """The first agent run of task `number`, queued `since`."""
    task = task_id(number)
    return WaitingRun(
        id=agent_run_id(task, 1),
        task=task,
        project=project,
        person=PersonId("console:alice"),
        role="builder",
        model=model,
        priority=priority,
        created_at=since,
        not_before=not_before,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A situation of the queue."""

    waiting: Sequence[WaitingRun]
    at_work: Sequence[tuple[ProjectName, str]] = ()
    standings: Mapping[str, ModelStanding]
    limits: AgentLimits
    project_limits: Mapping[ProjectName, int | None]
    fallback: bool = True

    def choice(self, now: datetime) -> Choice:
        return choose(
            self.waiting,
            at_work=self.at_work,
            standings=self.standings,
            limits=self.limits,
            project_limit=self.project_limits.get,
            models=self.models,
            now=now,
        )

    def models(self, run: WaitingRun) -> Sequence[str]:
        return ROW[ROW.index(run.model) :] if self.fallback else [run.model]

    def after(self, choice: Choice) -> "Queue":
        """The situation when everybody chosen has taken the place."""
        models = {start.run: start.model for start in choice.start}
        started = [(run.project, models[run.id]) for run in self.waiting if run.id in models]
        left = [run for run in self.waiting if run.id not in models]
        return replace(self, waiting=left, at_work=[*self.at_work, *started])


def queue(*waiting: WaitingRun, total: int = 5, fallback: bool = True, **changes: object) -> Queue:
    plain = Queue(waiting=waiting, standings={}, limits=AgentLimits(total=total), project_limits={}, fallback=fallback)
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType]  # fields of Queue


def started(asked: Queue, now: datetime = NOON) -> list[str]:
    return [start.run for start in asked.choice(now).start]


def broken(model: str, *, seconds: float, **more: object) -> ModelStanding:
    until = NOON + seconds * SECOND
    plain = ModelStanding(model=model, failures=FAILURES_TO_OPEN, broken_until=until)
    return replace(plain, **more)  # pyright: ignore[reportArgumentType]  # fields of ModelStanding


def limited(model: str, *, seconds: float) -> ModelStanding:
    return ModelStanding(model=model, limited_until=NOON + seconds * SECOND)


def standings(*known: ModelStanding) -> Mapping[str, ModelStanding]:
    return {standing.model: standing for standing in known}


moments = st.integers(-5, 5).map(lambda step: NOON + step * SECOND)
some_standing = st.tuples(st.none() | moments, st.none() | moments)
run_facts = st.tuples(
    st.sampled_from([SHOP, GARDEN]),
    st.sampled_from(ROW),
    st.sampled_from(Priority),
    st.sampled_from([0, 1, 23, 24, 25, 47, 49, 300]),
    st.none() | moments,
)


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    """Small queues in which everything that can be in the way is: limits, broken and limited models, back-offs."""
    limit = st.none() | st.integers(1, 2)
    drawn = draw(st.lists(run_facts, max_size=6))
    return Queue(
        waiting=[
            waits(n, project=p, model=m, priority=pr, since=NOON - timedelta(hours=h), not_before=b)
            for n, (p, m, pr, h, b) in enumerate(drawn, 1)
        ],
        at_work=draw(st.lists(st.tuples(st.sampled_from([SHOP, GARDEN]), st.sampled_from(ROW)), max_size=3)),
        standings={
            model: ModelStanding(model=model, failures=3 if until else 0, limited_until=asked, broken_until=until)
            for model in draw(st.sets(st.sampled_from(ROW)))
            for asked, until in [draw(some_standing)]
        },
        limits=AgentLimits(total=draw(st.integers(1, 4)), per_model=draw(limit)),
        project_limits={SHOP: draw(limit), GARDEN: draw(limit)},
        fallback=draw(st.booleans()),
    )


@given(queues(), moments)
def test_no_limit_is_ever_exceeded_by_who_starts(asked: Queue, now: datetime) -> None:
    choice = asked.choice(now)
    after = asked.after(choice)
    projects, models = Counter(p for p, _ in after.at_work), Counter(m for _, m in after.at_work)
    runs = {run.id: run for run in asked.waiting}
    if choice.start:
        assert len(after.at_work) <= asked.limits.total
    for start in choice.start:
        limit = asked.project_limits[runs[start.run].project]
        assert limit is None or projects[runs[start.run].project] <= limit
        assert asked.limits.per_model is None or models[start.model] <= asked.limits.per_model


@given(queues(), moments)
def test_nobody_starts_early_twice_on_a_foreign_model_or_on_one_that_is_held(asked: Queue, now: datetime) -> None:
    runs = {run.id: run for run in asked.waiting}
    choice = asked.choice(now)
    assert len({start.run for start in choice.start}) == len(choice.start)
    for start in choice.start:
        run = runs[start.run]
        assert run.not_before is None or run.not_before <= now
        assert start.model in asked.models(run)
        assert asked.standings.get(start.model, ModelStanding(model=start.model)).held_until(now) is None


@given(queues(), moments)
def test_a_better_model_is_left_only_while_it_is_broken(asked: Queue, now: datetime) -> None:
    runs = {run.id: run for run in asked.waiting}
    for start in asked.choice(now).start:
        row = asked.models(runs[start.run])
        for better in row[: list(row).index(start.model)]:
            assert asked.standings[better].broken(now)


@given(queues(), moments)
def test_the_clock_is_looked_at_again_before_time_alone_changes_the_answer(asked: Queue, now: datetime) -> None:
    choice = asked.choice(now)
    settled = asked.after(choice)
    assert settled.choice(now).start == (), "whoever could start has started"
    again = choice.look_again_at
    assert again is None or again > now
    later = [now + step * SECOND / 2 for step in range(1, 25)] + [now + timedelta(days=days) for days in (1, 2, 9)]
    for moment in later:
        if again is None or moment < again:
            assert settled.choice(moment).start == (), f"{moment} was slept through"


@given(queues(), moments, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_read_does_not_matter(asked: Queue, now: datetime, random: Random) -> None:
    shuffled = [*asked.waiting]
    random.shuffle(shuffled)
    assert replace(asked, waiting=shuffled).choice(now) == asked.choice(now)


@given(queues())
def test_when_nothing_holds_anybody_every_place_is_given_away(asked: Queue) -> None:
    free = replace(
        asked,
        standings={},
        at_work=(),
        limits=AgentLimits(total=asked.limits.total),
        project_limits={SHOP: None, GARDEN: None},
    )
    choice = free.choice(NOON + timedelta(days=1))
    assert len(choice.start) == min(len(free.waiting), free.limits.total)
    assert choice.look_again_at is None


def test_the_more_urgent_starts_first_and_of_the_equally_urgent_the_one_that_waits_longest() -> None:
    low = waits(1, priority=Priority.LOW, since=NOON - timedelta(hours=3))
    newer = waits(2, since=NOON - timedelta(hours=1))
    older = waits(3, since=NOON - timedelta(hours=2))
    high = waits(4, priority=Priority.HIGH)
    assert started(queue(low, newer, older, high)) == ["T4.1", "T3.1", "T2.1", "T1.1"]


def test_of_runs_queued_at_the_same_moment_the_older_id_starts_first() -> None:
    assert started(queue(waits(10), waits(9), waits(2))) == ["T2.1", "T9.1", "T10.1"]


@pytest.mark.parametrize(
    ("priority", "hours", "expected"),
    [
        (Priority.HIGH, 0, 0),
        (Priority.HIGH, 72, 0),
        (Priority.NORMAL, 23.999, 1),
        (Priority.NORMAL, 24, 0),
        (Priority.LOW, 0, 2),
        (Priority.LOW, 24, 1),
        (Priority.LOW, 48, 0),
        (Priority.LOW, -1, 2),
    ],
)
def test_each_day_of_waiting_counts_as_one_class(priority: Priority, hours: float, expected: int) -> None:
    assert rank(waits(priority=priority, since=NOON - timedelta(hours=hours)), NOON) == expected


@pytest.mark.parametrize("priority", Priority)
def test_nobody_starves_while_urgent_work_never_ends(priority: Priority) -> None:
    """One place, and every hour a new urgent run: more than the place can take."""
    patient = waits(1, priority=priority, since=NOON)
    waiting, now, number = [patient], NOON, 1
    while patient in waiting:
        number += 1
        waiting.append(waits(number, priority=Priority.HIGH, since=now))
        (first,) = started(queue(*waiting, total=1), now)
        waiting = [run for run in waiting if run.id != first]
        now += timedelta(hours=1)
        assert now - NOON < 2 * BOOST_AFTER + timedelta(hours=3), "it starves"


def test_a_run_that_cannot_start_lets_those_behind_it_pass() -> None:
    held = waits(1, priority=Priority.HIGH, model=OPUS)
    crowded = waits(2, priority=Priority.HIGH, project=GARDEN, model=HAIKU)
    early = waits(3, priority=Priority.HIGH, model=HAIKU, not_before=NOON + SECOND)
    free = waits(4, priority=Priority.LOW, model=HAIKU)
    asked = queue(
        held,
        crowded,
        early,
        free,
        standings=standings(limited(OPUS, seconds=60)),
        at_work=[(GARDEN, HAIKU)],
        project_limits={GARDEN: 1},
    )
    assert started(asked) == ["T4.1"]


def test_a_back_off_ends_exactly_when_it_was_said_to() -> None:
    asked = queue(waits(1, not_before=NOON + SECOND))
    assert asked.choice(NOON) == Choice(start=(), look_again_at=NOON + SECOND)
    assert started(asked, NOON + SECOND) == ["T1.1"]


def test_a_model_the_provider_limits_is_waited_for_and_not_changed() -> None:
    asked = queue(waits(1), waits(2), standings=standings(limited(OPUS, seconds=60)))
    assert asked.choice(NOON) == Choice(start=(), look_again_at=NOON + 60 * SECOND)
    assert asked.choice(NOON + 60 * SECOND).start == (
        Start(run=AgentRunId("T1.1"), model=OPUS),
        Start(run=AgentRunId("T2.1"), model=OPUS),
    )


def test_work_goes_on_with_the_next_model_while_one_is_broken() -> None:
    asked = queue(waits(1), waits(2), standings=standings(broken(OPUS, seconds=60)))
    assert [start.model for start in asked.choice(NOON).start] == [SONNET, SONNET]


def test_without_another_model_a_broken_one_is_waited_for() -> None:
    asked = queue(waits(1), fallback=False, standings=standings(broken(OPUS, seconds=60)))
    assert asked.choice(NOON) == Choice(start=(), look_again_at=NOON + 60 * SECOND)


def test_after_its_pause_a_broken_model_is_tried_by_one_run_alone() -> None:
    asked = queue(waits(1), waits(2), waits(3), fallback=False, standings=standings(broken(OPUS, seconds=60)))
    later = NOON + 60 * SECOND
    choice = asked.choice(later)
    assert choice.start == (Start(run=AgentRunId("T1.1"), model=OPUS),)
    trying = asked.after(choice)
    assert trying.choice(later + timedelta(hours=1)).start == (), "the others wait for how it goes"
    mended = replace(trying, standings=standings(asked.standings[OPUS].after_success()))
    assert started(mended, later) == ["T2.1", "T3.1"]


def test_the_first_model_to_be_well_again_is_not_slept_through_when_all_are_broken() -> None:
    asked = queue(
        waits(1), standings=standings(*(broken(m, seconds=s) for m, s in zip(ROW, (600, 60, 300), strict=True)))
    )
    assert asked.choice(NOON).look_again_at == NOON + 60 * SECOND
    assert [start.model for start in asked.choice(NOON + 60 * SECOND).start] == [SONNET]


def test_a_model_that_is_well_again_is_not_slept_through_while_its_stand_in_has_no_room() -> None:
    asked = queue(
        waits(1),
        standings=standings(broken(OPUS, seconds=60), limited(SONNET, seconds=600)),
    )
    assert asked.choice(NOON).look_again_at == NOON + 60 * SECOND
    crowded = queue(
        waits(1),
        standings=standings(broken(OPUS, seconds=60)),
        limits=AgentLimits(per_model=1),
        at_work=[(GARDEN, SONNET)],
    )
    assert crowded.choice(NOON) == Choice(start=(), look_again_at=NOON + 60 * SECOND)


def test_lowering_a_limit_takes_no_place_away_but_gives_none_either() -> None:
    asked = queue(waits(1), total=1, at_work=[(SHOP, OPUS), (GARDEN, OPUS)])
    assert asked.choice(NOON) == Choice(start=(), look_again_at=None)
