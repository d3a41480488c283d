"""Hooks hear events and may object; one that fails or hangs harms nobody, but is never taken for consent."""

import asyncio
from typing import Any, cast

import pytest

from core.domain.event import JournalEntry, NoticeRaised
from core.engine.hooks import HOOK_TIMEOUT_S, Hook, Hooks
from tests.support.jumping_loop import run
from tests.support.values import NOON, T1

ENTRY = JournalEntry(seq=1, task=T1, at=NOON, event=NoticeRaised(text="Look."))
VIEW = cast("Any", object())


class Listener:
    """Hears events only."""

    def __init__(self) -> None:
        self.heard: list[JournalEntry] = []

    async def on_event(self, entry: JournalEntry) -> None:
        self.heard.append(entry)


class Guard:
    """Asked at gates only; `answer` may be an error to raise, or None to hang."""

    def __init__(self, answer: str | Exception | None) -> None:
        self.answer = answer
        self.asked: list[tuple[object, str]] = []

    async def before_gate(self, task: object, gate: str) -> str:
        self.asked.append((task, gate))
        if self.answer is None:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return str(self.answer)


class Faulty(Listener):
    """Fails at, or hangs over, every event."""

    def __init__(self, *, hangs: bool) -> None:
        super().__init__()
        self.hangs = hangs

    async def on_event(self, entry: JournalEntry) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        raise ZeroDivisionError


def hooks(*each: object) -> Hooks:
    return Hooks(hooks=[(f"h{number}", cast("Hook", hook)) for number, hook in enumerate(each, 1)])


def test_everybody_who_listens_hears_an_event_once() -> None:
    first, second = Listener(), Listener()
    run(hooks(first, Guard("no"), second).tell(ENTRY))
    assert first.heard == second.heard == [ENTRY]


@pytest.mark.parametrize("hangs", [False, True])
def test_a_hook_that_fails_or_hangs_keeps_the_event_from_nobody(*, hangs: bool) -> None:
    after = Listener()

    async def told() -> float:
        await hooks(Faulty(hangs=hangs), after).tell(ENTRY)
        return asyncio.get_running_loop().time()

    assert run(told()) == (HOOK_TIMEOUT_S if hangs else 0)
    assert after.heard == [ENTRY]


def test_without_hooks_nobody_objects() -> None:
    assert run(Hooks().objection(VIEW, "plan")) == ""
    assert run(hooks(Listener(), Guard("")).objection(VIEW, "plan")) == ""


def test_the_first_objection_counts_with_the_name_of_its_hook_and_no_other_is_asked() -> None:
    content, strict, later = Guard(""), Guard("Friday."), Guard("Also no.")
    assert run(hooks(content, strict, later).objection(VIEW, "plan")) == "The hook h2 refuses: Friday."
    assert content.asked == strict.asked == [(VIEW, "plan")]
    assert later.asked == []


@pytest.mark.parametrize(
    ("answer", "kind"), [(ZeroDivisionError("secret"), "ZeroDivisionError"), (None, "TimeoutError")]
)
def test_a_check_that_could_not_be_made_is_not_passed(answer: Exception | None, kind: str) -> None:
    objection = run(hooks(Guard(answer)).objection(VIEW, "publish"))
    assert objection == f"The hook h1 refuses: it could not answer ({kind})."


def test_stopping_is_not_taken_for_a_fault_of_the_hook() -> None:
    async def story() -> None:
        telling = asyncio.create_task(hooks(Faulty(hangs=True)).tell(ENTRY))
        await asyncio.sleep(0)
        telling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await telling

    run(story())


def test_being_stopped_just_when_a_hook_is_done_is_not_overheard() -> None:
    async def story() -> None:
        class Last(Listener):
            async def on_event(self, entry: JournalEntry) -> None:
                asyncio.get_running_loop().call_soon(follower.cancel)

        async def follow() -> None:
            await hooks(Last()).tell(ENTRY)
            await asyncio.Event().wait()

        follower = asyncio.create_task(follow())
        for _ in range(20):
            await asyncio.sleep(0)
        assert follower.cancelled()

    run(story())
