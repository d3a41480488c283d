"""What an agent run does now, or the first reason why it does not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from adapters.chat.card import Fields, Text
from bot.cards.agent import Limits, LoggedWork, agent_card, doing, short_model
from core.domain.cost import Bill
from core.domain.event import CostMismatchFound
from core.domain.identity import AgentRunId
from core.domain.model import ModelStanding
from core.domain.task import AgentRunState, Priority, TaskState
from core.queries import AgentDetail, AgentEntry, Room
from core.store.queries import RunOfTask, Seats
from tests.support.history import DOCS, SHOP
from tests.support.values import NOON, a_run, a_task, an_approval

MODEL = "claude-sonnet"
NOBODY = Room(seats=(), models={})


def entry(*, task_state: TaskState = TaskState.RUNNING, postponed: str = "", **run: Any) -> AgentEntry:
    of = RunOfTask(run=a_run(**run), project=SHOP, title="x", task_state=task_state, priority=Priority.NORMAL)
    return AgentEntry(of=of, bill=Bill(), postponed=postponed)


def told(each: AgentEntry, *, room: Room = NOBODY, worker: bool = True, **limits: Any) -> str:
    return doing(each, room=room, limits=Limits(**{"everywhere": 5, **limits}), worker=worker, now=NOON)


def busy(**at_work: int) -> Room:
    return Room(
        seats=tuple(Seats(project=name, model=MODEL, at_work=count) for name, count in at_work.items()),  # type: ignore[arg-type]
        models={},
    )


def test_an_agent_at_work_tells_what_it_does() -> None:
    assert told(entry(state=AgentRunState.RUNNING, activity="Editing a.py")) == "Editing a.py"
    assert told(entry(state=AgentRunState.STARTING)) == "starting"
    assert told(entry(state=AgentRunState.FAILED, error="No key.")) == "No key."
    assert told(entry(state=AgentRunState.COMPLETED, result={"summary": "Done so."})) == "Done so."


def test_an_agent_that_asks_says_what() -> None:
    waiting = entry(state=AgentRunState.WAITING)
    asked = an_approval(7, title="Run: make")

    line = doing(waiting, room=NOBODY, limits=Limits(everywhere=1), worker=True, now=NOON, asks=asked)

    assert line == "asks A7: Run: make"
    assert told(waiting) == "waits for an answer"


def test_a_queued_agent_says_the_first_reason_that_holds() -> None:
    later = NOON + timedelta(minutes=2)
    standing = ModelStanding(model=MODEL, limited_until=later, reason="Slow down.")
    held = Room(seats=busy(shop=5).seats, models={MODEL: standing})

    assert told(entry(task_state=TaskState.PAUSED, not_before=later), room=held) == "its task is paused"
    assert told(entry(not_before=later, postponed="529"), room=held) == "tries again in 2m 00s: 529"
    assert told(entry(not_before=NOON), room=held) == "claude-sonnet".removeprefix("claude-") + (
        " is held for 2m 00s: Slow down."
    )
    assert told(entry(), room=busy(shop=3, docs=2)) == "no place: 5 of 5 at work"
    assert told(entry()) == "next in line"
    assert told(entry(), worker=False) == "no worker is running"


def test_each_limit_that_is_reached_is_named() -> None:
    assert told(entry(), room=busy(shop=2, docs=1), in_project=2) == "no place in shop: 2 of 2 at work"
    assert told(entry(), room=busy(docs=2), in_project=2) == "next in line"
    assert told(entry(), room=busy(docs=2), per_model=2) == "no place on sonnet: 2 of 2 at work"
    assert told(entry(), room=busy(shop=1, docs=1), everywhere=2, in_project=1) == (
        "no place: 2 of 2 at work; no place in shop: 1 of 1 at work"
    )
    assert busy(shop=1, docs=2).in_project(DOCS) == 2


def card_of(logged: LoggedWork | None = None, **run: Any) -> tuple[Mapping[str, str], list[str]]:
    detail = AgentDetail(entry=entry(**run), task=a_task(), approvals=(), messages=(), switched=())
    card = agent_card(detail, logged or LoggedWork(folder="/logs"), doing_now="", now=NOON)
    facts = {f.label: f.value for part in card.sections if isinstance(part, Fields) for f in part.fields}
    return facts, [action.typed or action.command for action in card.actions]


def test_the_card_shows_what_was_measured_and_leaves_out_what_was_not() -> None:
    measured = {"peak_memory_bytes": 300 * 2**20, "cpu_s": 65.0, "attempts": 2, "restarts": 1, "session": "abc"}

    facts, _ = card_of(LoggedWork(folder="/logs", tool_calls=12), **measured)

    assert facts["Memory"] == "300 MB at most"
    assert facts["Processor"] == "1m 05s"
    assert facts["Tool calls"] == "12"
    assert facts["Attempts"] == "2, 1 restarted because stuck"
    assert facts["Session"] == "abc"
    assert {"Memory", "Processor", "Tool calls", "Attempts"}.isdisjoint(card_of()[0])


@pytest.mark.parametrize(
    ("state", "commands"),
    [
        (AgentRunState.RUNNING, ["logs T1.1 --follow", 'steer T1 "…" --to T1.1', "cancel T1"]),
        (AgentRunState.QUEUED, ["logs T1.1", "cancel T1"]),
        (AgentRunState.FAILED, ["logs T1.1", "retry T1 --from build"]),
        (AgentRunState.COMPLETED, ["logs T1.1"]),
    ],
)
def test_the_card_offers_what_can_be_done_now(state: AgentRunState, commands: list[str]) -> None:
    assert card_of(state=state, id=AgentRunId("T1.1"))[1] == commands


def test_a_sum_that_differs_from_the_agent_programs_is_told() -> None:
    found = CostMismatchFound(agent_run=AgentRunId("T1.1"), ledger_usd="2", reported_usd="1.5")
    detail = AgentDetail(entry=entry(), task=a_task(), approvals=(), messages=(), switched=(), mismatches=(found,))
    card = agent_card(detail, LoggedWork(folder="/logs"), doing_now="", now=NOON)
    told = [part.text for part in card.sections if isinstance(part, Text)]
    assert told == ["T1.1: the ledger counts $2.00, the agent program says $1.50."]


def test_models_are_short_without_maker_and_date() -> None:
    assert short_model("claude-sonnet-4-5-20250929") == "sonnet-4-5"
    assert short_model("other/model-1") == "other/model-1"
