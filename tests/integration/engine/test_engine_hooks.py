"""Hooks hear every event once and in order, may object to a gate or the end, and harm nobody when they break."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest

from core.domain.event import JournalEntry
from core.domain.task import TaskState
from core.engine import hooks as hooks_module
from core.engine.hooks import Hook, Hooks
from core.views import TaskView
from tests.support.engine import Workshop, at_work
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


class Listener:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[JournalEntry] = []

    async def on_event(self, entry: JournalEntry) -> None:
        self.heard.append(entry)


class Objector:
    """Refuses to pass one gate."""

    def __init__(self, gate: str, words: str) -> None:
        self._gate, self._words = gate, words
        self.asked: list[str] = []

    async def before_gate(self, task: TaskView, gate: str) -> str:
        self.asked.append(f"{task.task.id} {gate}")
        return self._words if gate == self._gate else ""


class Broken:
    """Raises whatever it is asked."""

    async def on_event(self, entry: JournalEntry) -> None:
        raise ZeroDivisionError(entry)

    async def before_gate(self, task: TaskView, gate: str) -> str:
        raise ZeroDivisionError(task, gate)


class Deaf:
    """Provides nothing."""


@asynccontextmanager
async def hooked(workshop: Workshop, *named: tuple[str, object]) -> AsyncGenerator[None]:
    # both methods of a hook may be left out
    known = cast("Sequence[tuple[str, Hook]]", named)
    async with at_work(workshop, hooks=Hooks(hooks=known)):
        yield


async def test_every_event_is_heard_once_and_in_order(workshop: Workshop):
    listener = Listener()
    async with hooked(workshop, ("listener", listener), ("deaf", Deaf())):
        task = await workshop.submit(workshop.project("shop"))
        view = await workshop.ended(task.id)
        entries = await workshop.store.journal.read(limit=1000)
        await eventually(lambda: len(listener.heard) >= len(entries), what="the last event")
    assert view.task.state == TaskState.COMPLETED
    assert listener.heard == entries


async def test_a_hook_that_raises_at_an_event_harms_nobody_and_the_others_hear_it(workshop: Workshop):
    class BrokenEar:
        async def on_event(self, entry: JournalEntry) -> None:
            raise ZeroDivisionError(entry)

    listener = Listener()
    async with hooked(workshop, ("broken", BrokenEar()), ("listener", listener)):
        view = await workshop.ended((await workshop.submit(workshop.project("shop"))).id)
        await eventually(lambda: len(listener.heard) >= view.seq, what="the last event")
    assert view.task.state == TaskState.COMPLETED


async def test_an_objection_refuses_a_gate_with_the_hooks_words_and_no_person_is_asked(workshop: Workshop):
    objector = Objector("build", "Friday is no day for this.")
    async with hooked(workshop, ("calendar", objector)):
        task = await workshop.submit(workshop.project("shop"), workflow="shown")
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.CANCELLED
    (approval,) = view.approvals
    assert (approval.state, approval.decided_by) == ("denied", None)
    assert "The hook calendar refuses: Friday is no day for this." in approval.decision_reason
    assert objector.asked == [f"{task.id} build"]


async def test_an_objection_to_the_end_keeps_the_work_and_offers_nothing(workshop: Workshop):
    project = workshop.project("shop")
    async with hooked(workshop, ("calendar", Objector("publish", "Friday is no day for this."))):
        view = await workshop.ended((await workshop.submit(project)).id)
    assert view.task.state == TaskState.FAILED
    assert f"The work is committed on {view.task.branch}, but is not offered." in view.task.failure
    assert "The hook calendar refuses: Friday is no day for this." in view.task.failure
    assert workshop.commits(project, view.task.branch) == ["build/1"]
    assert workshop.pull_requests(project) == []


async def test_a_check_that_cannot_be_made_is_not_passed(workshop: Workshop):
    async with hooked(workshop, ("broken", Broken())):
        view = await workshop.ended((await workshop.submit(workshop.project("shop"))).id)
    assert view.task.state == TaskState.FAILED
    assert "The hook broken refuses: it could not answer (ZeroDivisionError)." in view.task.failure


async def test_a_hook_that_hangs_holds_up_no_task(workshop: Workshop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hooks_module, "HOOK_TIMEOUT_S", 1e6)

    class Hangs:
        async def on_event(self, entry: JournalEntry) -> None:
            await asyncio.Event().wait()

    async with hooked(workshop, ("slow", Hangs())):
        view = await workshop.ended((await workshop.submit(workshop.project("shop"))).id)
    assert view.task.state == TaskState.COMPLETED
