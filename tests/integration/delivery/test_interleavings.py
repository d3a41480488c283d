"""Whatever happens in whichever order, what must arrive arrives once, cards end right, and the pace is kept."""

import asyncio
import shutil
import tempfile
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.chat.errors import ChatError, ChatUnavailableError, OutcomeUnknownError, RateLimitedError
from adapters.chat.port import Pace
from bot.delivery.drawing import drawn_again
from core.domain.conversation import DeliveryState
from core.domain.event import AgentActed
from core.domain.identity import PersonId, approval_id, task_id
from core.domain.notification import Happening, NotificationRules
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.store.store import Store
from tests.integration.delivery.office import C1, Office
from tests.support.clock import FakeClock
from tests.support.values import BUILD, FIRST_RUN

pytestmark = [pytest.mark.slack, pytest.mark.slow]
PACE = Pace(post_interval_s=1.0, edit_interval_s=2.0, edits_per_minute=20)
TOLD = NotificationRules(channel=frozenset({Happening.FAILED}), direct=frozenset({Happening.APPROVAL}))
TASKS = 3

happenings = st.sampled_from(["submit", "ask", "decide", "act", "act", "begin", "end"])
failures = st.sampled_from(["limited", "away", "unknown", "lost answer", "gone for ever"])
machinery = st.sampled_from(["follow", "send", "draw", "step", "step", "crash", "crash in flight", "wait"])
story = st.lists(st.tuples(st.one_of(happenings, failures, machinery), st.integers(1, TASKS)), max_size=40)


class Play:
    """Acts out a story; what makes no sense at the moment is left out."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.states: dict[int, TaskState] = {}
        self.asked: dict[int, int] = {}
        self.decided: set[int] = set()

    async def act(self, what: str, number: int) -> None:
        if what in {"limited", "away", "unknown", "lost answer", "gone for ever"}:
            self._fail(what)
        elif what in {"follow", "send", "draw", "step", "crash", "crash in flight", "wait"}:
            await self._run(what)
        elif what == "submit":
            if number not in self.states:
                self.states[number] = TaskState.QUEUED
                await self.office.submit(number)
        elif self.states.get(number, TaskState.FAILED) not in FINAL_TASK_STATES:
            await self._happens(what, number)

    async def _happens(self, what: str, number: int) -> None:
        office, task = self.office, task_id(number)
        match what:
            case "ask":
                approval = len(self.asked) + 1
                self.asked[approval] = number
                await office.ask(approval, task=task)
            case "decide":
                waiting = [each for each, of in self.asked.items() if of == number and each not in self.decided]
                if waiting:
                    self.decided.add(waiting[0])
                    await office.decide(approval_id(waiting[0]))
            case "act":
                await office.tell(AgentActed(agent_run=FIRST_RUN, step=BUILD, activity="Reads"), task=task)
            case "begin":
                if self.states[number] is TaskState.QUEUED:
                    await self._move(number, TaskState.PLANNING)
                    await self._move(number, TaskState.RUNNING)
            case _:
                await self._move(number, TaskState.FAILED)

    async def _move(self, number: int, target: TaskState) -> None:
        self.states[number] = target
        await self.office.move(target, task=task_id(number))

    def _fail(self, what: str) -> None:
        lost = OutcomeUnknownError("No answer.")
        errors: dict[str, ChatError] = {
            "limited": RateLimitedError("Slowly.", retry_after_s=3.0),
            "away": ChatUnavailableError("No connection."),
            "unknown": lost,
            "lost answer": lost,
            "gone for ever": RateLimitedError("Slowly.", retry_after_s=20.0, everywhere=True),
        }
        self.office.chat.faults.fail(errors[what], done=what == "lost answer")

    async def _run(self, what: str) -> None:
        delivery = self.office.delivery
        match what:
            case "follow":
                await delivery.follower.catch_up()
            case "send":
                await delivery.sender.begin_due()
                await delivery.sender.settle()
            case "draw":
                await delivery.coalescer.begin_due()
                await delivery.coalescer.settle()
            case "step":
                await self.office.step()
            case "crash":
                await self.office.crash()
            case "crash in flight":
                await delivery.follower.catch_up()
                await delivery.sender.begin_due()
                await delivery.coalescer.begin_due()
                for _ in range(5):
                    await asyncio.sleep(0)
                await self.office.crash()
            case _:
                self.office.clock.advance(seconds=1)


@given(story=story)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_whatever_happens_everything_arrives_once_and_ends_right(
    story: list[tuple[str, int]], sqlite_template: Path
) -> None:
    clock = FakeClock()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orchestrator.sqlite3"
        shutil.copy(sqlite_template, path)
        async with await Store.open(f"sqlite:///{path}", clock=clock) as store:
            office = Office.over(store, clock, notify=TOLD, pace=PACE)
            await office.delivery.begin()
            play = Play(office)
            await play.act("submit", 1)
            for what, number in story:
                await play.act(what, number)
            office.chat.faults.clear()
            await office.deliver(most_steps=600)
            await everything_arrived_once(office, play)
            await every_card_is_true(office)
            the_pace_was_kept(office)
            await office.close()


async def everything_arrived_once(office: Office, play: Play) -> None:
    """Each key of the outbox is on the platform once, and what had to be said is in the outbox."""
    posted = Counter(message.key for message in office.chat.board.messages.values())
    assert set(posted.values()) == {1}
    alice = PersonId("memory:S1/alice")
    needed = {f"T{number}:card" for number in play.states}
    needed |= {f"A{number}:card" for number in play.asked}
    for number, state in play.states.items():
        if state is TaskState.FAILED:
            needed |= {f"T{number}:ended:1", f"T{number}:channel:1:failed"}
    assert needed <= set(posted)
    for key in {f"A{number}:direct:{alice}" for number in play.asked} | needed:
        row = await office.row(key)
        assert row.state is DeliveryState.SENT
        assert bool(row.message) == (key in posted)
    # in the thread of a task its card is first, and questions come in their order
    for number in play.states:
        thread = office.message(f"T{number}:card").thread
        keys = [each.key for each in office.chat.board.in_thread(thread)]
        asked = [f"A{each}:card" for each, of in play.asked.items() if of == number]
        assert keys[0] == f"T{number}:card"
        assert [key for key in keys if key in asked] == asked


async def every_card_is_true(office: Office) -> None:
    """What stands there is what would be drawn now."""
    async with office.store.reading() as uow:
        for key in {message.key for message in office.chat.board.messages.values()}:
            shown = office.message(key).card
            assert shown is not None
            for stands in await uow.cards.of(shown.key):
                now = await drawn_again(uow, stands.key, place=stands.place, now=office.clock())
                card = office.chat.board.messages[stands.message].card
                assert now is not None
                assert card is not None
                assert (card.status, card.tone) == (now.card.status, now.card.tone)
                assert [each.label for each in card.actions] == [each.label for each in now.card.actions]


def the_pace_was_kept(office: Office) -> None:
    """No channel got posts, and no message edits, faster than the platform bears; nor did the space as a whole."""
    posts, edits = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for call in office.chat.calls:
        match call.name:
            case "post" if call.place is not None:
                posts[call.place.channel].append(call.at.timestamp())
            case "direct":
                posts[str(call.person)].append(call.at.timestamp())
            case "edit":
                edits[call.message].append(call.at.timestamp())
            case _:
                pass
    assert all(later - earlier >= 1.0 for times in posts.values() for earlier, later in pairwise(times))
    assert all(later - earlier >= 2.0 for times in edits.values() for earlier, later in pairwise(times))
    every_edit = sorted(at for times in edits.values() for at in times)
    assert all(sum(at <= other < at + 59.9 for other in every_edit) <= 20 for at in every_edit)
    assert C1.channel in posts
