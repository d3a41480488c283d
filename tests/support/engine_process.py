"""A program for the kill tests: forks engines on request, each of which may be told where to die by SIGKILL.

`python -m tests.support.engine_process` reads one errand a line (JSON) on stdin, and tells on stdout which process
does it and how that ended. It imports everything once and forks, because most of an engine's start is importing.
"""

import asyncio
import contextlib
import json
import os
import selectors
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event

from core.agents.memory import Stage, ToolInput
from core.agents.runner import AgentFailed, AgentInbox, AgentOutcome, AgentRunner, AgentSignal, AgentSpec, OnSignal
from core.domain.approval import ApprovalState
from core.domain.errors import ConflictError, StoreError
from core.domain.event import ApprovalRequested
from core.domain.identity import TaskId
from core.domain.project import PlanGate, Project
from core.domain.task import AgentRunState, Task
from core.domain.workflow import Mode
from core.forge import ForgeDesk, Issue, PullRequest, PullRequestDraft
from core.store.store import Store
from core.workspaces.workspace import Conflict, Merge, Workspace
from core.workspaces.workspaces import Workspaces
from tests.support.engine import ALICE, IDENTITY, PATIENCE_S, YES, Workshop, at_work, open_workshop
from tests.support.engine_plays import passes_from, round_of, runs, settles, usual, writes
from tests.support.waiting import eventually, eventually_awaited

PROJECT = "shop"
VERIFY = """
if [ -e {home}/die-in-verify ]; then rm {home}/die-in-verify; kill -9 $PPID; fi
grep -q 'round 2' work.txt
"""
"""The first round does not pass; on request the engine dies while this runs."""
SETTLED = "print(2 + 2)  # 4\n"
"""What becomes of the line that both builders of a pair change."""
BUDGET_USD = Decimal("0.0009")
"""What a task of the story about money may cost: three calls; Alice allows three more each time she is asked."""
COMMANDS = 6
"""Calls of that story, each with a command; one more brings the result."""
ALICE_TRIES = 3
STOP = "stop"
"""Once this file is there, an errand that waits for it ends."""
HELD = "held"
"""While this file is there, builders wait."""


Story = Literal["everything", "pair", "money"]
"""What Alice asks for: every kind of step once; two builders beside each other that change the same line; or one that
needs more money twice.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What an engine process is to do: bring the one task of `home` to its end."""

    home: str
    url: str
    story: Story = "everything"
    die_at_commit: int = 0
    """SIGKILL just before this commit (from 1) of a transaction that wrote something; 0 for never."""
    die_at_point: int = 0
    """SIGKILL at this point (from 1) of those that `Doom.point` marks; 0 for never."""
    stop: bool = False
    """Whether the process is a worker for whatever comes until it is told to stop."""
    decide: bool = True
    """Whether Alice approves everything; else the errand waits for others to do it."""

    def text(self) -> str:
        """As one line."""
        return json.dumps(asdict(self))


class Doom:
    """Counts commits and points, and ends the process at the one that was chosen."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._home = Path(errand.home)
        self._turn = threading.Lock()
        # beside the connections, because one that was interrupted no longer lends its own notebook
        self._wrote: WeakKeyDictionary[sa.Connection, str] = WeakKeyDictionary()
        self.commits = 0
        self.points: list[str] = []

    def point(self, name: str) -> None:
        """We are here."""
        self.points.append(name)
        if len(self.points) == self._errand.die_at_point:
            self._die(f"at point {name}")

    def watch_commits(self) -> None:
        """Hear of every engine's transactions: the application's and those of the durable engine."""
        event.listen(sa.Engine, "after_cursor_execute", self._executed)
        event.listen(sa.Engine, "commit", self._commit)
        event.listen(sa.Engine, "rollback", self._rollback)

    def note(self, line: str) -> None:
        """Add a line to the diary, which outlives us."""
        with (self._home / "diary.txt").open("a") as diary:
            diary.write(f"{line}\n")

    def _executed(self, connection: sa.Connection, cursor: Any, statement: str, *_: object) -> None:
        # how many rows a RETURNING statement touched is known only after they are read
        touched = cursor.rowcount != 0 or "RETURNING" in statement
        if touched and statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self._wrote[connection] = statement

    def _rollback(self, connection: sa.Connection) -> None:
        self._wrote.pop(connection, None)

    def _commit(self, connection: sa.Connection) -> None:
        wrote = self._wrote.pop(connection, None)
        if wrote is None:
            return
        with self._turn:
            self.commits += 1
            self.note(f"commit {self.commits} {' '.join(wrote.split())[:60]}")
            if self.commits == self._errand.die_at_commit:
                self._die(f"before the commit of {' '.join(wrote.split())[:60]}")

    def _die(self, where: str) -> None:
        self.note(f"died {where}")
        os.kill(os.getpid(), signal.SIGKILL)


class DoomedRunner:
    """Marks points around and inside every agent run, and keeps a diary of them."""

    def __init__(self, inner: AgentRunner, doom: Doom, store: Store) -> None:
        self._inner = inner
        self._doom = doom
        self._store = store

    async def check(self) -> None:
        await self._inner.check()

    async def forget(self, session: str, *, worktree: Path) -> None:
        await self._inner.forget(session, worktree=worktree)

    async def run(self, spec: AgentSpec, *, on_signal: OnSignal, inbox: AgentInbox | None = None) -> AgentOutcome:
        role = spec.role.name
        self._doom.point(f"{role} begins")

        async def heard(signal: AgentSignal) -> None:
            self._doom.point(f"{role} before {signal.type}")
            await on_signal(signal)
            self._doom.point(f"{role} after {signal.type}")

        async with self._store.reading() as uow:
            state = (await uow.agent_runs.get(spec.agent_run)).state
        self._doom.note(f"start {spec.agent_run} {os.getpid()} {state}")
        try:
            outcome = await self._inner.run(spec, on_signal=heard, inbox=inbox)
        except asyncio.CancelledError:
            self._doom.note(f"interrupted {spec.agent_run}")
            raise
        self._doom.note(f"end {spec.agent_run} {outcome.type}")
        self._doom.point(f"{role} {outcome.type}")
        return outcome


class DoomedForge:
    """Marks points before and after every call that an errand makes."""

    def __init__(self, inner: ForgeDesk, doom: Doom) -> None:
        self._inner = inner
        self._doom = doom
        self.label, self.offered, self.fetch, self.review = inner.label, inner.offered, inner.fetch, inner.review

    async def issue(self, project: Project, reference: str) -> Issue:
        self._doom.point("issue wanted")
        issue = await self._inner.issue(project, reference)
        self._doom.point("issue read")
        return issue

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        self._doom.point("to be published")
        opened = await self._inner.publish(project, draft)
        self._doom.point("published")
        return opened

    async def remark(self, project: Project, reference: str, text: str, *, key: str) -> str:
        self._doom.point("to be remarked")
        address = await self._inner.remark(project, reference, text, key=key)
        self._doom.point("remarked")
        return address


class DoomedWorkspaces(Workspaces):
    """Marks points before and after everything git does."""

    doom: Doom

    async def prepare(self, project: Project, *, task: TaskId, slug: str) -> Workspace:
        self.doom.point("to be prepared")
        workspace = await super().prepare(project, task=task, slug=slug)
        self.doom.point("prepared")
        return workspace

    async def commit(
        self, workspace: Workspace, *, subject: str, body: str = "", trailers: Mapping[str, str]
    ) -> str | None:
        self.doom.point("to be committed")
        commit = await super().commit(workspace, subject=subject, body=body, trailers=trailers)
        self.doom.point("committed")
        return commit

    async def undo(self, workspace: Workspace) -> None:
        self.doom.point("to be undone")
        await super().undo(workspace)
        self.doom.point("undone")

    async def open_lane(self, workspace: Workspace, *, lane: str, start: str) -> Workspace:
        self.doom.point("lane to be opened")
        opened = await super().open_lane(workspace, lane=lane, start=start)
        self.doom.point("lane opened")
        return opened

    async def merge_lane(
        self, workspace: Workspace, lane: Workspace, *, trailers: Mapping[str, str]
    ) -> Merge | Conflict:
        self.doom.point(f"{lane.lane} to be merged")
        merged = await super().merge_lane(workspace, lane, trailers=trailers)
        self.doom.point(f"{lane.lane} merged")
        return merged

    async def begin_settlement(self, workspace: Workspace, lane: Workspace) -> tuple[str, ...]:
        self.doom.point("settlement to begin")
        files = await super().begin_settlement(workspace, lane)
        self.doom.point("settlement begun")
        return files

    async def finish_settlement(
        self, workspace: Workspace, lane: Workspace, *, subject: str, trailers: Mapping[str, str]
    ) -> Merge | Conflict:
        self.doom.point("settlement to be finished")
        merged = await super().finish_settlement(workspace, lane, subject=subject, trailers=trailers)
        self.doom.point("settlement finished")
        return merged

    async def drop_lane(self, workspace: Workspace, *, lane: str) -> None:
        self.doom.point(f"{lane} to be dropped")
        await super().drop_lane(workspace, lane=lane)
        self.doom.point(f"{lane} dropped")


async def do(errand: Errand) -> None:
    """Work on the errand until the task has ended, or until death."""
    home = Path(errand.home)
    doom = Doom(errand)

    def deploy(_tool: str, tool_input: ToolInput, _worktree: Path) -> str:
        if "risky" not in str(tool_input["command"]):
            # it does no harm, and is run again when nobody saw what it said
            return "said"
        with (home / "deployed.txt").open("a") as file:
            file.write(f"{tool_input['command']}\n")
        return "deployed"

    async def let_go() -> bool:
        return not (home / HELD).exists()

    async def builds(stage: Stage) -> Mapping[str, object]:
        await eventually_awaited(let_go, within_s=4 * PATIENCE_S, what="being let go")
        await stage.use("Bash", {"command": f"risky deploy {round_of(stage.spec)}"})
        return await usual(stage)

    async def left(stage: Stage) -> Mapping[str, object] | AgentFailed:
        await stage.use("Bash", {"command": "risky deploy left"})
        return await writes({"sum.py": "print(4)\n"})(stage)

    async def right(stage: Stage) -> Mapping[str, object] | AgentFailed:
        return await writes({"sum.py": SETTLED if settles(stage.spec) else "print(2 + 2)\n"})(stage)

    spends = runs(*(f"echo {number}" for number in range(COMMANDS)))
    async with open_workshop(home, errand.url, tools=deploy) as workshop:
        builder = spends if errand.story == "money" else builds
        plays = {"builder": builder, "tester": passes_from(1), "planner": usual, "left": left, "right": right}
        verify = VERIFY.format(home=home) if errand.story == "everything" else ""
        workshop.project(PROJECT, plan_gate=PlanGate.ALWAYS, verify=verify, plays=plays)
        doom.note(f"process {os.getpid()} knows {' '.join(await _completed(workshop))}")
        doom.watch_commits()
        workspaces = DoomedWorkspaces(folder=home / "worktrees", identity=IDENTITY)
        workspaces.doom = doom
        runner, forge = DoomedRunner(workshop.runner, doom, workshop.store), DoomedForge(workshop.parts.forge, doom)
        async with at_work(workshop, workspaces=workspaces, runner=runner, forge=forge):
            doom.note(f"process {os.getpid()} began")
            await _follow(workshop, errand)
    (home / "course.json").write_text(json.dumps({"commits": doom.commits, "points": doom.points}))


async def _completed(workshop: Workshop) -> list[str]:
    """The agent runs whose completion is recorded, before this process does anything."""
    async with workshop.store.reading() as uow:
        tasks = await uow.tasks.list()
        runs_of = [run for task in tasks for run in await uow.agent_runs.of(task.id)]
    return [run.id for run in runs_of if run.state == AgentRunState.COMPLETED]


async def _follow(workshop: Workshop, errand: Errand) -> None:
    """Submit the task unless it is there, decide what is asked, and return when all is over."""
    if errand.stop:
        await eventually((Path(errand.home) / STOP).exists, within_s=6 * PATIENCE_S, what="the end of work")
        return
    for _ in range(ALICE_TRIES):
        try:
            async with workshop.store.reading() as uow:
                tasks = await uow.tasks.list()
            project = workshop.parts.project(next(iter(workshop.projects)))
            task = tasks[0] if tasks else await _submitted(workshop, project, errand)
            await _decide(workshop, task.id, errand)
            break
        except StoreError:  # a person would look again
            continue

    async def at_rest() -> bool:
        return not await workshop.client.live_tasks()

    await eventually_awaited(at_rest, within_s=PATIENCE_S, what="the end of the workflow")


async def _submitted(workshop: Workshop, project: Project, errand: Errand) -> Task:
    if errand.story == "money":
        return await workshop.submit(project, budget_usd=BUDGET_USD)
    mode = Mode.PARALLEL if errand.story == "pair" else Mode.AUTO
    return await workshop.submit(project, "fix issue #7", workflow=errand.story, mode=mode)


async def _decide(workshop: Workshop, task: TaskId, errand: Errand) -> None:
    async for entry in workshop.orchestrator.events(task):
        if errand.decide and isinstance(entry.event, ApprovalRequested):
            approval = await workshop.orchestrator.approval(entry.event.approval)
            if approval.state == ApprovalState.PENDING:
                with contextlib.suppress(ConflictError):  # somebody else was faster
                    await workshop.orchestrator.decide(approval.id, YES, by=ALICE)


def main() -> None:
    """Serve errands until stdin ends, then end what still runs."""
    assert threading.active_count() == 1, "forking needs a process without threads"
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    alive: dict[int, int] = {}
    while True:
        for key, _ in selector.select():
            if key.data is None:
                line = os.read(0, 65536).decode()
                if not line:
                    _end(alive)
                    return
                for text in line.splitlines():
                    pid, ended = _forked(Errand(**json.loads(text)))
                    alive[ended] = pid
                    selector.register(ended, selectors.EVENT_READ, pid)
                    _tell(pid=pid)
            else:
                selector.unregister(key.fd)
                os.close(key.fd)
                _, status = os.waitpid(key.data, 0)
                del alive[key.fd]
                _tell(ended=key.data, status=os.waitstatus_to_exitcode(status))


def _forked(errand: Errand) -> tuple[int, int]:
    """Process id, and a file descriptor that reads as ended once the process has."""
    ended, held = os.pipe()
    pid = os.fork()
    if pid:
        os.close(held)
        return pid, ended
    status = 1
    try:
        _redirect(Path(errand.home) / "process.log")
        asyncio.run(do(errand))
        status = 0
    except BaseException:  # noqa: BLE001 - the parent of this process must not go on in it
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _redirect(log: Path) -> None:
    with Path(os.devnull).open("rb") as nothing, log.open("ab") as output:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


def _tell(**facts: int) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _end(alive: Mapping[int, int]) -> None:
    for pid in alive.values():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
