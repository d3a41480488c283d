"""Who shows no progress is nudged, then begun again once, then failed; who works is left in peace, however long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from core.agents.runner import AgentCompleted, AgentFailed, AgentOutcome, FailureKind
from core.engine.vigil import Action, LoopClock, Vigil
from tests.support.jumping_loop import run
from tests.support.values import a_run

DONE = AgentCompleted(result={"summary": "Done."})
STUCK_AFTER_S = 600.0


def now_s() -> float:
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Watched:
    """An agent under a vigil. `work` is what it does; it may call `vigil.progressed`."""

    restarts: int = 0
    told: list[tuple[Action, float, float]] = field(default_factory=list[tuple[Action, float, float]])
    """What was done, how many minutes were told, and when."""
    nudged_at: list[float] = field(default_factory=list[float])
    cleaned_up_at: float | None = None
    vigil: Vigil = field(init=False)

    def __post_init__(self) -> None:
        self.vigil = Vigil(a_run(restarts=self.restarts), stuck_after_s=STUCK_AFTER_S, clock=LoopClock())

    async def over(self, work: Callable[[], Awaitable[AgentOutcome]]) -> AgentOutcome:
        async def watched() -> AgentOutcome:
            try:
                return await work()
            finally:
                self.cleaned_up_at = now_s()

        async def tell(action: Action, minutes: float) -> None:
            self.told.append((action, minutes, now_s()))

        return await self.vigil.over(watched(), nudge=lambda: self.nudged_at.append(now_s()), tell=tell)


async def hang() -> AgentOutcome:
    await asyncio.Event().wait()
    raise AssertionError("it never ends by itself")


def test_an_agent_that_shows_life_is_left_in_peace_for_hours() -> None:
    watched = Watched()

    async def work() -> AgentOutcome:
        for _ in range(100):
            await asyncio.sleep(STUCK_AFTER_S - 1)
            watched.vigil.progressed()
        return DONE

    assert run(watched.over(work)) == DONE
    assert watched.told == []
    assert watched.nudged_at == []


def test_a_silent_agent_is_nudged_and_then_begun_again() -> None:
    watched = Watched()
    outcome = run(watched.over(hang))
    assert watched.told == [("nudged", 10.0, 600.0), ("restarted", 20.0, 1200.0)]
    assert watched.nudged_at == [600.0]
    assert isinstance(outcome, AgentFailed)
    assert (outcome.kind, outcome.transient) == (FailureKind.STUCK, True)
    assert watched.cleaned_up_at == 1200.0


def test_an_agent_that_was_begun_again_before_is_failed_with_words_for_people() -> None:
    watched = Watched(restarts=1)
    outcome = run(watched.over(hang))
    assert [action for action, *_ in watched.told] == ["nudged", "failed"]
    assert isinstance(outcome, AgentFailed)
    assert (outcome.kind, outcome.transient) == (FailureKind.STUCK, False)
    assert "no progress for 20 minutes" in outcome.message
    assert "retry" in outcome.message


def test_a_sign_of_life_after_the_nudge_is_answered_by_patience_as_at_the_beginning() -> None:
    watched = Watched()

    async def work() -> AgentOutcome:
        await asyncio.sleep(900)
        watched.vigil.progressed()
        await asyncio.sleep(900)
        return DONE

    assert run(watched.over(work)) == DONE
    assert [(action, at) for action, _, at in watched.told] == [("nudged", 600.0), ("nudged", 1500.0)]


def test_an_agent_that_ends_after_the_nudge_has_its_outcome() -> None:
    watched = Watched()

    async def work() -> AgentOutcome:
        await asyncio.sleep(1199)
        return DONE

    assert run(watched.over(work)) == DONE


def test_what_the_work_raises_is_raised() -> None:
    async def work() -> AgentOutcome:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(Watched().over(work))


def test_who_is_cancelled_waits_until_the_agent_has_cleaned_up_even_when_cancelled_again() -> None:
    watched = Watched()

    async def stubborn() -> AgentOutcome:
        try:
            return await hang()
        finally:
            await asyncio.sleep(7)

    async def story() -> None:
        vigil = asyncio.create_task(watched.over(stubborn))
        for _ in range(3):
            await asyncio.sleep(2)
            vigil.cancel()
        with pytest.raises(asyncio.CancelledError):
            await vigil
        assert watched.cleaned_up_at == now_s() == 9.0

    run(story())
    assert watched.told == []


def test_an_agent_that_is_given_up_may_clean_up_first_and_what_it_says_then_changes_nothing() -> None:
    watched = Watched()

    async def stubborn() -> AgentOutcome:
        try:
            return await hang()
        finally:
            await asyncio.sleep(7)
            raise ZeroDivisionError

    outcome = run(watched.over(stubborn))
    assert isinstance(outcome, AgentFailed)
    assert watched.cleaned_up_at == 1207.0


def test_a_nudge_that_cannot_be_told_ends_the_agent_and_is_raised() -> None:
    async def story() -> None:
        ended = asyncio.Event()

        async def work() -> AgentOutcome:
            try:
                return await hang()
            finally:
                ended.set()

        async def tell(_action: Action, _minutes: float) -> None:
            raise ZeroDivisionError

        vigil = Vigil(a_run(), stuck_after_s=STUCK_AFTER_S, clock=LoopClock())
        with pytest.raises(ZeroDivisionError):
            await vigil.over(work(), nudge=lambda: None, tell=tell)
        assert ended.is_set()

    run(story())


def test_work_that_was_cancelled_by_nobody_of_ours_is_a_crash_to_be_tried_again_at_once() -> None:
    async def leaks() -> AgentOutcome:
        raise asyncio.CancelledError

    ended = run(Watched().over(leaks))

    assert isinstance(ended, AgentFailed)
    assert (ended.transient, ended.kind, ended.at_once) == (True, FailureKind.CRASHED, True)
