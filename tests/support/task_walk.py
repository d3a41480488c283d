"""Everybody but the engine's rules, for a task in memory: agents, git, people, dispatcher and crashes, in any order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.identity import AgentRunId, StepName
from core.domain.task import AGENT_RUN_ENDS, AT_WORK, AgentRun, AgentRunState, RunPurpose, StepState, TaskState
from core.engine.approval_keys import gate_key
from core.engine.moves import (
    AskGate,
    AwaitMoney,
    Effect,
    End,
    Leave,
    Prepare,
    Publish,
    Restore,
    RunAgent,
    SetAside,
    Settle,
)
from core.engine.situation import ACTIVE_STEPS
from tests.support.task_world import DONE, WRITERS, TaskWorld

MAX_INTERRUPTIONS = 5
MOST_HAPPENINGS = 3000
Happening = Callable[[], None]


@dataclass(slots=True)
class Whims:
    """How often each thing may still happen that holds a task up: without bounds no walk would end."""

    deaths: int = 3
    pauses: int = 3
    asks: int = 6
    postponements: int = 4
    conflicts: int = 4
    changes: int = 3
    mended_plans: int = 2
    cancels: int = 1
    lives: int = 2
    stops: int = 2


@dataclass(slots=True)
class TaskWalk:
    """Plays `world` to its end; `sturdy` agents never fail, so that such a walk goes far.

    `good` is how likely a result sends nothing back.
    """

    world: TaskWorld
    random: Random
    sturdy: bool = False
    good: float = 0.7
    whims: Whims = field(default_factory=Whims)
    happenings: int = 0

    def to_the_end(self) -> TaskWorld:
        """Let things happen until the task has ended and nobody wants more of it."""
        while not self._over():
            self.step()
            assert self.happenings < MOST_HAPPENINGS, "the task does not come to an end"
        return self.world

    def step(self) -> None:
        """The driver looks, mostly; then one thing happens."""
        self.happenings += 1
        if self.random.random() < 0.8 or not self._possible():
            self.world.advance()
        possible = self._possible()
        assert possible or self.world.ended, "nothing can happen any more, but the task has not ended"
        whims = self._whims()
        if whims and (not possible or self.random.random() < 0.1):
            self.random.choice(whims)()
        elif possible:
            self.random.choice(possible)()

    def _over(self) -> bool:
        return self.world.ended and self.world.due == (End(),) and self.whims.lives == 0

    def _possible(self) -> list[Happening]:
        """What will happen sooner or later by itself; () means that the task hangs."""
        world = self.world
        happenings: list[Happening] = [self._bound(self._finish, effect) for effect in world.due]
        happenings = [] if world.due == (End(),) else happenings
        happenings += [self._bound(self._dispatch, run) for run in world.queued()]
        happenings += [self._bound(self._decide, approval) for approval in world.asked]
        if world.task.state == TaskState.PAUSED:
            happenings.append(self._resume)
        return happenings

    def _whims(self) -> list[Happening]:
        """What people and machines may do at any time."""
        world, whims = self.world, self.whims
        wanted: list[Happening] = []
        if world.ended:
            return [self._retry] if whims.lives else []
        if whims.deaths:
            wanted.append(self._die)
        if whims.pauses and world.task.state != TaskState.PAUSED:
            wanted.append(self._pause)
        if whims.cancels and not self.sturdy:
            wanted.append(self._cancel)
        if whims.lives and world.task.branch:
            wanted.append(self._rewind)
        return wanted

    @staticmethod
    def _bound(act: Callable[..., None], what: object) -> Happening:
        return lambda: act(what)

    def _yes(self, likely: float = 0.5) -> bool:
        return self.random.random() < likely

    def _fails(self) -> bool:
        return not self.sturdy and self._yes(0.06)

    def _dispatch(self, run: AgentRun) -> None:
        self.world.move_run(run, AgentRunState.STARTING)

    def _decide(self, approval: Approval) -> None:
        states = [ApprovalState.APPROVED] * 4
        if not self.sturdy or approval.kind == ApprovalKind.TOOL:
            states.append(ApprovalState.DENIED)
        if approval.kind in (ApprovalKind.PLAN, ApprovalKind.RESULT) and self.whims.changes:
            states.append(ApprovalState.CHANGED)
        state = self.random.choice(states)
        self.whims.changes -= state == ApprovalState.CHANGED
        self.world.decide(approval, state)

    def _pause(self) -> None:
        self.whims.pauses -= 1
        self.world.move_task(TaskState.PAUSED)

    def _resume(self) -> None:
        world = self.world
        begun = any(step.state not in (StepState.PENDING, StepState.SKIPPED) for step in world.steps.values())
        world.move_task(TaskState.RUNNING if begun else TaskState.PLANNING if world.task.branch else TaskState.QUEUED)

    def _cancel(self) -> None:
        self.whims.cancels -= 1
        self.world.end(TaskState.CANCELLED, "Cancelled by a person.")

    def _die(self) -> None:
        """Our process goes down with everything it had going, and another one looks at what is stored."""
        self.whims.deaths -= 1
        self.world.due = ()

    def _retry(self) -> None:
        self.whims.lives -= 1
        self.world.reopen(self.random.choice(self._beginnings()), restore=False)

    def _rewind(self) -> None:
        self.whims.lives -= 1
        first = self.random.choice(self._beginnings())
        self.world.end(TaskState.CANCELLED, f"Goes back to {first}.")
        self.world.reopen(first, restore=True)

    def _beginnings(self) -> Sequence[StepName]:
        """Steps that may be done again: all before them are done."""
        done = {step.name for step in self.world.steps.values() if step.state in DONE}
        return [name for name in self.world.workflow.order() if done >= self.world.workflow.before(name)]

    def _finish(self, effect: Effect) -> None:
        """The effect's last transaction; it may come too late."""
        world = self.world
        begins = isinstance(effect, RunAgent) and world.run(effect.agent_run).state == AgentRunState.STARTING
        if not begins:
            world.due = tuple(other for other in world.due if other != effect)
        if world.ended:
            return
        match effect:
            case Prepare():
                if not world.task.branch:
                    paused = world.task.state == TaskState.PAUSED
                    self._moved_or_failed(
                        TaskState.PAUSED if paused else TaskState.PLANNING, branch="orchestrate/T1-fix"
                    )
            case Restore():
                if world.task.restore_commit:
                    self._moved_or_failed(world.task.state, restore_commit="")
            case RunAgent():
                self._work(effect.agent_run)
            case AwaitMoney():
                raise AssertionError("nothing here is shared")
            case SetAside():
                if world.run(effect.agent_run).state in AT_WORK:
                    world.move_run(world.run(effect.agent_run), AgentRunState.QUEUED)
            case Settle():
                self._settle(effect)
            case AskGate():
                self._ask_gate(effect.step)
            case Leave():
                raise AssertionError("nothing here is offered unfinished")
            case Publish() if world.due_in_life != world.task.life:
                pass
            case Publish():
                if self._fails():
                    world.end(TaskState.FAILED, "The forge said no.")
                elif world.task.state != TaskState.PAUSED:
                    world.move_task(TaskState.RUNNING)
                    world.move_task(TaskState.COMPLETED)
            case End():
                pass

    def _moved_or_failed(self, state: TaskState, **changes: object) -> None:
        if self._fails():
            self.world.end(TaskState.FAILED, "Git said no.")
        else:
            self.world.move_task(state, **changes)

    def _work(self, run_id: AgentRunId) -> None:
        """Begin the agent's process, or let it come to an end."""
        world = self.world
        run = world.run(run_id)
        if run.state == AgentRunState.STARTING:
            world.move_run(run, AgentRunState.RUNNING, attempts=run.attempts + 1)
            return
        if run.state != AgentRunState.RUNNING:
            return
        world.spent += Decimal(self.random.choice((0, 1, 1, 3)))
        ends: list[Happening] = [lambda: world.move_run(run, AgentRunState.COMPLETED)] * 3
        if world.budget is not None and self.whims.stops:
            ends.append(lambda: self._stop_for_money(run))
        if self.whims.asks:
            ends.append(lambda: self._ask(run))
        if self.whims.postponements:
            ends.append(lambda: self._postpone(run))
        if not self.sturdy or run.purpose == RunPurpose.MERGE:
            ends.append(lambda: world.move_run(run, AgentRunState.FAILED))
        self.random.choice(ends)()

    def _ask(self, run: AgentRun) -> None:
        self.whims.asks -= 1
        for call in range(self.random.randint(1, 2)):
            self.world.ask(f"{run.id}:{run.attempts}.{call}", run.step, run=run.id)
        self.world.move_run(run, AgentRunState.WAITING)
        self.world.move_step(self.world.steps[run.step], StepState.WAITING)

    def _stop_for_money(self, run: AgentRun) -> None:
        """The agent program counts more than we do, and says that the budget is used up."""
        self.whims.stops -= 1
        self.world.move_run(run, AgentRunState.QUEUED)
        self.world.ask_for_money()

    def _postpone(self, run: AgentRun) -> None:
        self.whims.postponements -= 1
        self.world.move_run(run, AgentRunState.QUEUED)

    def _settle(self, effect: Settle) -> None:
        """Commit, merge and judge; a step that writes beside others may meet conflicts."""
        world = self.world
        run = world.run(effect.agent_run)
        step = world.steps[run.step]
        if step.state not in ACTIVE_STEPS or step.round != run.round or run.state not in AGENT_RUN_ENDS:
            return
        in_lane = step.role in WRITERS and bool(world.workflow.beside(step.name))
        if in_lane and self.whims.conflicts and self._yes(0.4):
            self.whims.conflicts -= 1
            if run.purpose == RunPurpose.WORK:
                world.add_run(step, purpose=RunPurpose.MERGE)
            else:
                world.ask_conflict(step)
            return
        world.settled.add(run.id)
        if step.role == "analyst" and self.whims.mended_plans and self._yes(0.2):
            self.whims.mended_plans -= 1
            world.add_run(step)
            return
        loop = world.workflow.step(step.name).loop
        last_chance = loop is None or world.sent_back[step.name] >= loop.max_rounds
        positive = (self.sturdy and last_chance) or self._yes(self.good)
        world.move_step(step, StepState.COMPLETED if positive else StepState.FAILED)

    def _ask_gate(self, name: StepName) -> None:
        world = self.world
        step = world.steps[name]
        if step.state != StepState.COMPLETED:
            return
        assert world.gated(name), f"{name} has no gate"
        assert not [run for run in world.runs_of(step) if run.state in AT_WORK], "asked for work that goes on"
        plan = world.workflow.step(name).gate.value == "plan"
        world.ask(gate_key(step), name, kind=ApprovalKind.PLAN if plan else ApprovalKind.RESULT)
        world.move_step(step, StepState.WAITING)
        if self._fails():
            world.decide(world.approvals[-1], ApprovalState.DENIED)
