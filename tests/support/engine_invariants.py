"""What must hold after a task was brought to its end by several processes, most of which were killed."""

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path

from core.domain.event import (
    AgentActed,
    CommitCreated,
    Event,
    ModelCalled,
    PullRequestOpened,
    TaskStateChanged,
    WorkspacePrepared,
    WorkVerified,
)
from core.domain.task import TaskState
from tests.support.engine import FINAL, Workshop, git, open_workshop
from tests.support.engine_process import PROJECT, SETTLED, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a story must leave."""

    commits: tuple[str, ...] = ("build/2", "build/1")
    """Step and round of each, newest first."""
    runs: int = 5
    in_order: bool = True
    """Whether the journal tells the same order every time; not of what happens at the same time."""
    files: Mapping[str, str] = field(default_factory=dict[str, str])


EVERYTHING = Expected()
PAIR = Expected(commits=("right/1", "left/1"), runs=4, in_order=False, files={"sum.py": SETTLED})
MONEY = Expected(commits=("build/1",), runs=1, in_order=False)
STORIES: Mapping[Story, Expected] = {"everything": EVERYTHING, "pair": PAIR, "money": MONEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run leaves, without what differs from run to run."""

    story: tuple[str, ...]
    cost_usd: Decimal
    calls: int


def assert_same(found: Outcome, wanted: Outcome) -> None:
    """Fail with the events that differ."""
    difference = difflib.unified_diff(wanted.story, found.story, "undisturbed", "found", lineterm="", n=1)
    assert found == wanted, "\n".join(difference)


async def outcome(home: Path, url: str, expected: Expected = EVERYTHING) -> Outcome:
    """Check everything that must hold for the one task of `home`, seen from outside; return what to compare."""
    async with open_workshop(home, url) as workshop:
        project = workshop.project(PROJECT)
        (view,) = await workshop.orchestrator.tasks()
        entries = await workshop.store.journal.read(limit=100_000)
        events = [entry.event for entry in entries]
        assert view.task.state == TaskState.COMPLETED, view.task.failure
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert workshop.commits(project, view.task.branch) == list(expected.commits)
        for name, text in expected.files.items():
            assert git(Path(project.repository), "show", f"{view.task.branch}:{name}") == text.rstrip()
        assert git(Path(project.repository), "log", "--merges", "--format=%H", view.task.branch) == ""
        assert workshop.lanes(view.task.id) == []
        assert git(home / "worktrees" / view.task.id, "status", "--porcelain") == ""
        assert git(Path(project.repository), "status", "--porcelain") == ""
        assert len(workshop.pull_requests(project)) == 1
        assert not await workshop.client.live_tasks()
        called = [Decimal(event.cost_usd) for event in events if isinstance(event, ModelCalled)]
        assert view.bill.cost_usd == sum(called) == sum(step.bill.cost_usd for step in view.steps)
        assert all(approval.used_at is not None for approval in view.approvals if approval.agent_run)
        await _nothing_twice(workshop, events, runs=expected.runs)
    diary = (home / "diary.txt").read_text().splitlines()
    _no_completed_run_again(diary)
    deployed = home / "deployed.txt"
    assert max(Counter(deployed.read_text().splitlines() if deployed.exists() else []).values(), default=0) <= 1
    told = story(events) if expected.in_order else sorted(story(_without_standing(events)))
    return Outcome(story=tuple(told), cost_usd=view.bill.cost_usd, calls=view.bill.calls)


def story(events: Sequence[Event]) -> list[str]:
    """The events in order; what an agent does may be seen twice when it had to begin again, so it is left out."""
    return [_told(event) for event in events if not isinstance(event, AgentActed)]


def _without_standing(events: Sequence[Event]) -> list[Event]:
    """Whether a task is said to wait depends on who else works just then."""
    return [event for event in events if not isinstance(event, TaskStateChanged) or event.target in FINAL]


def _told(event: Event) -> str:
    facts = asdict(event)
    match event:
        case ModelCalled():
            # the session's id depends on the database
            facts["message_id"] = re.sub("/.*:", "/", event.message_id)
        case CommitCreated():
            del facts["commit"]
        case WorkspacePrepared():
            del facts["base_commit"]
        case PullRequestOpened():
            del facts["url"]
        case WorkVerified():
            # it names the home
            del facts["command"]
        case _:
            pass
    return " ".join(f"{name}={value}" for name, value in facts.items())


async def _nothing_twice(workshop: Workshop, events: Sequence[Event], *, runs: int) -> None:
    """Repeated work is written down once."""
    once = [repr(event) for event in events if not isinstance(event, AgentActed)]
    twice = [event for event, count in Counter(once).items() if count > 1]
    # a task waits for a plan and then for a tool, and in every round again
    assert [event for event in twice if "task_state_changed" not in event and "agent_run_state" not in event] == []
    async with workshop.store.reading() as uow:
        found = await uow.agent_runs.of((await uow.tasks.list())[0].id)
    assert len({(run.step, run.round, run.purpose) for run in found}) == len(found) == runs


def _no_completed_run_again(diary: Sequence[str]) -> None:
    """No process starts a run whose completion is recorded, or one that is at work already."""
    completed: set[str] = set()
    working: set[str] = set()
    for line in diary:
        match line.split():
            case ["process", _, "knows", *known]:
                # what the process before was at died with it
                completed, working = set(known), set()
            case ["start", run, _, state]:
                assert state == "running", line
                assert run not in completed, f"{run} was started again after its completion was recorded"
                assert run not in working, f"{run} was started twice at the same time"
                working.add(run)
            case ["end" | "interrupted", run, *_]:
                working.discard(run)
            case _:
                pass
