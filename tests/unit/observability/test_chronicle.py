"""The course of the work as log lines: each named like its event, with the names that belong together."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.observability.chronicle import LONGEST, Chronicle
from bot.observability.sighting import Sighting, TaskFacts
from core.correlation import correlation_id
from core.domain.event import HOUSE, AgentActed, CommitCreated, Event, JournalEntry, ModelHeld, TaskSubmitted
from core.domain.identity import TaskId
from tests.support.journal_script import ALICE, called, run_moved
from tests.support.values import BUILD, FIRST_RUN, NOON, T1

FACTS = TaskFacts(project="shop", workflow="bug_fix", created_at=NOON)


def sighting(event: Event, *, life: int = 1) -> Sighting:
    return Sighting(entry=JournalEntry(seq=7, task=T1, at=NOON, event=event), task=FACTS, life=life)


def told(seen: Sighting) -> dict[str, object]:
    """The one line that was logged."""
    with capture_logs() as lines:
        Chronicle().hear(seen)
    (line,) = lines
    return dict(line)


def test_a_line_names_task_agent_project_and_the_life_they_belong_to() -> None:
    line = told(sighting(run_moved("running", source="starting"), life=2))

    assert line["event"] == "agent_run_state_changed"
    assert (line["task"], line["agent_run"], line["project"]) == (T1, FIRST_RUN, "shop")
    assert (line["step"], line["role"], line["source"], line["target"]) == (BUILD, "builder", "starting", "running")
    assert line["correlation"] == correlation_id(T1, life=2, created_at=NOON)
    assert "failure" not in line, "nothing is said of what is not there"


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (TaskSubmitted(title="Fix it", by=ALICE), "info"),
        (AgentActed(agent_run=FIRST_RUN, step=BUILD, activity="Reading a.py"), "debug"),
        (called(), "debug"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.type,
)
def test_what_agents_do_all_the_time_is_told_at_debug_only(event: Event, level: str) -> None:
    assert told(sighting(event))["log_level"] == level


def test_long_texts_and_lists_become_one_short_line() -> None:
    line = told(sighting(TaskSubmitted(title="one\ntwo " + "x" * 1000, by=ALICE)))
    files = told(sighting(CommitCreated(step=BUILD, round=1, commit="c" * 40, files=("a.py", "b.py"))))["files"]

    assert str(line["title"]).startswith("one two x")
    assert len(str(line["title"])) <= LONGEST
    assert files == "a.py, b.py"


def test_an_event_of_the_house_belongs_to_no_task_and_a_task_that_is_gone_to_no_trace() -> None:
    held = ModelHeld(model="claude-sonnet", until=NOON, reason="Too much")
    of_house = told(Sighting(entry=JournalEntry(seq=8, task=HOUSE, at=NOON, event=held)))
    gone = told(replace(sighting(called()), task=None))

    assert (of_house["until"], of_house["seq"]) == (NOON.isoformat(), 8)
    assert not {"task", "correlation"} & of_house.keys()
    assert (gone["task"], "correlation" in gone) == (TaskId(T1), False)
