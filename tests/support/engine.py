"""A whole engine for tests: real store, real git, local forge, and agents that play what the test has written."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.localforge.forge import LocalForge
from config.estimate_loader import load_estimates
from config.price_loader import load_prices
from config.role_loader import load_roles
from config.workflow_loader import load_workflows
from core.agents.memory import MemoryAgentRunner, Play, Remembered, Tools
from core.agents.runner import AgentSpec
from core.domain.approval import Approval
from core.domain.errors import NotFoundError
from core.domain.event import Event, TaskStateChanged
from core.domain.identity import PersonId, ProjectName, TaskId
from core.domain.project import PlanGate, Project
from core.domain.task import FINAL_TASK_STATES, Task, TaskState
from core.engine.client import EngineClient
from core.engine.engine import Engine
from core.engine.parts import AgentLimits, EngineParts
from core.estimates.estimating import Estimating
from core.orchestrator import Decision, Orchestrator
from core.store.store import Store
from core.views import TaskView
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces
from tests.support.engine_plays import WORKFLOWS, PolicyOfWords, step_of, usual

ALICE = PersonId("console:alice")
IDENTITY = CommitIdentity(name="Orchestrator", email="bot@example.invalid")
PATH = "/usr/local/bin:/usr/bin:/bin"
PATIENCE_S = 90.0
"""Deadline of every wait: far beyond what a busy machine needs, far below a hang."""
QUICK = AgentLimits(first_pause_s=0.05, longest_pause_s=0.4)
"""Pauses before another try that a test can wait for."""
FINAL = frozenset(state.value for state in FINAL_TASK_STATES)
YES = Decision(approved=True)


def utc_now() -> datetime:
    """The wall clock: durable work is timed by the machine."""
    return datetime.now(UTC)


def git(folder: Path, *arguments: str) -> str:
    """What plain git says in `folder`, untouched by anybody's settings."""
    environment = {"PATH": PATH, "HOME": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    options = ("-c", "user.name=Ann", "-c", "user.email=ann@example.invalid")
    done = subprocess.run(
        ["git", *options, *arguments], cwd=folder, env=environment, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def make_repository(folder: Path) -> Path:
    """A repository with one commit on main, and issue 7 for the local forge."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    issue = folder / ".orchestrator" / "issues" / "7.md"
    issue.parent.mkdir(parents=True)
    issue.write_text("---\ntitle: The sum is wrong\nauthor: bob\n---\nTwo and two give three.\n")
    (folder / "sum.py").write_text("print(3)\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Begin")
    return folder


@dataclass(kw_only=True)
class Workshop:
    """The parts around one engine; every project has its own repository and plays."""

    home: Path
    store: Store
    client: EngineClient
    runner: MemoryAgentRunner
    parts: EngineParts
    orchestrator: Orchestrator
    projects: dict[ProjectName, Project]
    sessions: Mapping[str, Remembered]
    """Every session that agents could go on with."""
    plays: dict[ProjectName, Mapping[str, Play]] = field(default_factory=dict[ProjectName, Mapping[str, Play]])

    def project(self, name: str, *, plays: Mapping[str, Play] | None = None, **changes: Any) -> Project:
        """Bind a project with a fresh repository.

        Its agents play `plays`, by the name of a step or else of a role, and the usual where there is none.
        """
        project = Project(
            name=ProjectName(name), repository=str(self.home / "repositories" / name), plan_gate=PlanGate.NEVER
        )
        project = replace(project, **changes)
        if not Path(project.repository).exists():
            make_repository(Path(project.repository))
        self.projects[project.name] = project
        self.plays[project.name] = plays or {}
        return project

    async def submit(
        self, project: Project, request: str = "fix the sum", *, workflow: str = "build_only", **options: Any
    ) -> Task:
        """Alice asks for something; `options` are those of `Orchestrator.submit`."""
        return await self.orchestrator.submit(request, project=project.name, by=ALICE, workflow=workflow, **options)

    async def until(
        self, task: TaskId, condition: Callable[[list[Event]], bool], *, within_s: float = PATIENCE_S
    ) -> list[Event]:
        """The task's events so far, as soon as `condition` holds for them; the test fails when it never does."""
        events: list[Event] = []
        try:
            async with asyncio.timeout(within_s):
                async for entry in self.store.journal.follow(after=0, task=task):
                    events.append(entry.event)
                    if condition(events):
                        return events
        except TimeoutError:
            pass
        raise AssertionError(f"waited {within_s:g} s in vain; {task} so far:\n" + "\n".join(map(str, events)))

    async def ended(self, task: TaskId, *, within_s: float = PATIENCE_S) -> TaskView:
        """The task once it has ended, however that was."""
        await self.until(task, lambda events: has_ended(events[-1]), within_s=within_s)
        return await self.orchestrator.task(task)

    async def asked(self, task: TaskId, *, times: int = 1) -> list[Approval]:
        """The approvals that are open once `times` have been asked for, all in all, and the task waits for them."""

        def asked(events: list[Event]) -> bool:
            waits = [e for e in events if isinstance(e, TaskStateChanged)][-1:]
            requested = sum(event.type == "approval_requested" for event in events)
            return requested >= times and bool(waits) and waits[0].target == TaskState.AWAITING_APPROVAL

        await self.until(task, asked)
        return [each for each in await self.orchestrator.pending_approvals() if each.task == task]

    async def approve(self, approval: Approval, **changes: Any) -> None:
        """Alice says yes."""
        await self.orchestrator.decide(approval.id, replace(YES, **changes), by=ALICE)

    async def deny(self, approval: Approval, reason: str = "") -> None:
        """Alice says no."""
        await self.orchestrator.decide(approval.id, Decision(approved=False, reason=reason), by=ALICE)

    async def events(self, task: TaskId) -> list[Event]:
        """Everything that happened to the task."""
        return [entry.event for entry in await self.store.journal.read(task=task, limit=100_000)]

    def starts(self, task: TaskId, role: str = "") -> list[AgentSpec]:
        """What the agents of the task were started with, oldest first."""
        specs = [spec for spec in self.runner.starts if spec.agent_run.startswith(f"{task}.")]
        return [spec for spec in specs if not role or spec.role.name == role]

    def lanes(self, task: TaskId) -> list[str]:
        """What is left of the worktrees that steps had for themselves, on the disk and in git."""
        on_disk = [path.name for path in (self.home / "worktrees").glob(f"{task}.lane-*")]
        repositories = {Path(project.repository) for project in self.projects.values()}
        refs = [ref for each in repositories for ref in git(each, "for-each-ref", "--format=%(refname)").splitlines()]
        return [*on_disk, *(ref for ref in refs if f"/{task}" in ref and ("--" in ref or "lane" in ref))]

    def commits(self, project: Project, branch: str) -> list[str]:
        """Step and round of each commit that the task's branch has beyond main, newest first."""
        form = "--format=%(trailers:key=Step,valueonly,separator=)/%(trailers:key=Round,valueonly,separator=)"
        return git(Path(project.repository), "log", form, f"main..{branch}").splitlines()

    def pull_requests(self, project: Project) -> list[Path]:
        """The records of the local forge."""
        return sorted((self.home / "forge" / project.name / "pulls").glob("*.json"))


def has_ended(event: Event) -> bool:
    """Whether this is the last state change of a task."""
    return isinstance(event, TaskStateChanged) and event.target in FINAL


def hides(text: str) -> str:
    """The one secret there is, hidden."""
    return text.replace("hunter2", "***")


@asynccontextmanager
async def open_workshop(
    home: Path,
    url: str,
    *,
    tools: Tools | None = None,
    sessions: dict[str, Remembered] | None = None,
    busy_timeout_s: float = 30.0,
    clock: Callable[[], datetime] = utc_now,
) -> AsyncGenerator[Workshop]:
    """Wire everything but the engine itself, and let go of it afterwards."""
    home.mkdir(parents=True, exist_ok=True)
    projects: dict[ProjectName, Project] = {}

    def bound(name: ProjectName) -> Project:
        if name not in projects:
            raise NotFoundError("project", name, hint="Bind it in orchestrator.toml.")
        return projects[name]

    def play_of(spec: AgentSpec) -> Play:
        plays = workshop.plays[ProjectName(spec.environment["PROJECT"])]
        return plays.get(step_of(spec)) or plays.get(spec.role.name, usual)

    roles = load_roles(home)
    workflows = {**load_workflows(home, roles), **{workflow.name: workflow for workflow in WORKFLOWS}}
    async with await Store.open(url, clock=clock, busy_timeout_s=busy_timeout_s) as store:
        client = await EngineClient.open(url)
        sessions = {} if sessions is None else sessions
        runner = MemoryAgentRunner(play_of, tools=tools, sessions=sessions)
        prices = load_prices(home)
        estimating = Estimating(store, prices=prices, priors=load_estimates(home))
        parts = EngineParts(
            store=store,
            workspaces=Workspaces(folder=home / "worktrees", identity=IDENTITY),
            runner=runner,
            forge=LocalForge(folder=home / "forge", clock=utc_now),
            roles=lambda _project: roles,
            prices=prices,
            estimating=estimating,
            policy=lambda _project: PolicyOfWords(),
            project=bound,
            environment=lambda project: {"PATH": PATH, "PROJECT": project.name},
            log_folder=home / "agent_logs",
            notes_folder=home / "notes",
            limits=QUICK,
            mask=hides,
        )
        workshop = Workshop(
            home=home,
            store=store,
            client=client,
            runner=runner,
            parts=parts,
            orchestrator=Orchestrator(
                store=store,
                engine=client,
                project=bound,
                workflows=lambda _project: workflows,
                roles=lambda _project: roles,
                mask=hides,
                estimating=estimating,
            ),
            projects=projects,
            sessions=sessions,
        )
        try:
            yield workshop
        finally:
            await client.close()


@asynccontextmanager
async def at_work(workshop: Workshop, *, limits: AgentLimits = QUICK, **parts: Any) -> AsyncGenerator[Engine]:
    """An engine for the workshop, with some of its `parts` exchanged, closed at the end."""
    engine = await Engine.launch(replace(workshop.parts, limits=limits, **parts), workshop.client)
    try:
        yield engine
    finally:
        await engine.close()


def copied_database(template: Path, home: Path) -> str:
    """URL of a migrated, empty SQLite database of its own."""
    path = home / "orchestrator.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, path)
    return f"sqlite:///{path}"
