"""A task in memory that does what the engine does with each move, and objects to every move that must not be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, TypeVar, assert_never

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.identity import StepName
from core.domain.project import PlanGate
from core.domain.task import (
    AGENT_RUN_TRANSITIONS,
    FINAL_TASK_STATES,
    STEP_TRANSITIONS,
    TASK_TRANSITIONS,
    AgentRun,
    AgentRunState,
    Step,
    StepState,
    Task,
    TaskState,
    check_transition,
)
from core.domain.workflow import Gate, Workflow
from core.engine.moves import (
    AskGate,
    Await,
    ContinueAgent,
    End,
    GiveUp,
    Move,
    PassGate,
    Prepare,
    Publish,
    Refuse,
    RunAgent,
    Settle,
    Situation,
    StartStep,
    gate_key,
    next_move,
)
from tests.support.values import a_run, a_step, a_task, an_approval

Option = TypeVar("Option")

MOST_WAITS = 2
MOST_CALLS = 2
MOST_DEATHS = 3
MOVES_OF_A_ROUND = 4 + MOST_WAITS * (MOST_CALLS + 2) + 2
"""Start, run, settle, ask; for each wait: decisions, continue, run; then the gate's decision and its passing."""

RUN_ENDS = frozenset({AgentRunState.COMPLETED, AgentRunState.FAILED, AgentRunState.CANCELLED})
_OPEN_STEPS = frozenset({StepState.RUNNING, StepState.WAITING})


class AgentEnd(StrEnum):
    """How one process of an agent run ends."""

    COMPLETED = "completed"
    WAITING = "waiting"
    DIED = "died"
    """Our own process went down with it: nothing was recorded."""
    FAILED = "failed"


class Fate(Protocol):
    """Chooses what people, agents and crashes do."""

    def choose(self, options: Sequence[Option]) -> Option: ...


@dataclass(slots=True)
class TaskWorld:
    """One task with its steps, agent runs and approvals. `apply` is the engine; `fate` is everybody else."""

    workflow: Workflow
    plan_gate: PlanGate
    fate: Fate
    sturdy: bool = False
    """Agents never fail, and results are negative only where a loop back is left: such a walk goes far."""
    task: Task = field(init=False)
    steps: dict[StepName, Step] = field(init=False)
    runs: list[AgentRun] = field(init=False, default_factory=list[AgentRun])
    approvals: list[Approval] = field(init=False, default_factory=list[Approval])
    moves: list[Move] = field(init=False, default_factory=list[Move])
    deaths: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.task = a_task(workflow=self.workflow)
        self.steps = {
            name: a_step(name=name, position=position, role=self.workflow.step(name).role)
            for position, name in enumerate(self.workflow.order(), start=1)
        }

    @property
    def situation(self) -> Situation:
        """What the next move is derived from, as the store would hand it over now."""
        return Situation(
            task=self.task,
            steps=tuple(self.steps.values()),
            runs=tuple(self.runs),
            approvals=tuple(self.approvals),
            plan_gate=self.plan_gate,
        )

    @property
    def ended(self) -> bool:
        """Whether the task is in a final state."""
        return self.task.state in FINAL_TASK_STATES

    @property
    def most_moves(self) -> int:
        """More moves than this no task of this workflow needs: every loop back runs each step once more at the most."""
        loops = sum(step.loop.max_rounds for step in self.workflow.steps if step.loop)
        return 2 + MOST_DEATHS + MOVES_OF_A_ROUND * len(self.steps) * (1 + loops)

    def advance(self) -> Move:
        """Ask for the next move, apply it, and return it."""
        move = next_move(self.situation)
        self.moves.append(move)
        self.apply(move)
        return move

    def apply(self, move: Move) -> None:
        """Do what the engine does with `move`; AssertionError when it must not be asked for now."""
        match move:
            case Prepare():
                assert not self.task.branch, "the workspace was prepared twice"
                self._move_task(TaskState.PLANNING, branch="orchestrate/T1-fix")
            case StartStep():
                self._start(self.steps[move.step])
            case RunAgent():
                self._run(self._known_run(move.agent_run), move.attempt)
            case ContinueAgent():
                self._continue(self._known_run(move.agent_run))
            case Settle():
                self._settle(self._known_run(move.agent_run))
            case AskGate():
                self._ask(self.steps[move.step])
            case PassGate():
                self._pass(self.steps[move.step])
            case Await():
                self._decide()
            case Refuse():
                assert self._gates(ApprovalState.DENIED), "the plan was refused by nobody"
                self.end(TaskState.CANCELLED, move.reason)
            case GiveUp():
                assert any(run.state == AgentRunState.FAILED for run in self.runs), "given up without a failure"
                self.end(TaskState.FAILED, move.reason)
            case Publish():
                self._publish()
            case End():
                assert self.ended, "stopped although the task goes on"
            case _:
                assert_never(move)

    def end(self, target: TaskState, reason: str) -> None:
        """End the task and what is open of it."""
        run_target = AgentRunState.FAILED if target == TaskState.FAILED else AgentRunState.CANCELLED
        for run in [run for run in self.runs if run.state not in RUN_ENDS]:
            self._move_run(run, run_target)
        self.approvals = [
            replace(one, state=ApprovalState.CANCELLED) if one.state == ApprovalState.PENDING else one
            for one in self.approvals
        ]
        for step in [*self.steps.values()]:
            if step.state in _OPEN_STEPS:
                failed = target == TaskState.FAILED
                self._move_step(step, StepState.FAILED if failed else StepState.CANCELLED)
            elif step.state == StepState.PENDING:
                self._move_step(step, StepState.CANCELLED)
        self._move_task(target, failure=reason if target == TaskState.FAILED else "")

    def _start(self, step: Step) -> None:
        for need in self.workflow.step(step.name).needs:
            needed = self.steps[need]
            assert needed.state == StepState.COMPLETED, f"{step.name} began although {need} is {needed.state}"
            assert self._is_through_its_gate(needed), f"{step.name} began before the gate of {need} was approved"
        busy = [other.name for other in self.steps.values() if other.state in _OPEN_STEPS]
        assert not busy, f"{step.name} began while {busy} had not ended"
        assert not self._runs_of(step), f"round {step.round} of {step.name} began twice"
        self.runs.append(
            a_run(ordinal=len(self.runs) + 1, step=step.name, round=step.round, role=step.role, attempts=1)
        )
        self._move_step(step, StepState.RUNNING)
        self._move_task(self._working_state(step.name))

    def _run(self, run: AgentRun, attempt: int) -> None:
        assert run.state not in RUN_ENDS, f"{run.id} was run again although it is {run.state}"
        assert attempt == run.attempts, "another attempt was run than the one that is due"
        assert not self._pending(run), f"{run.id} was run while people had not decided"
        self._move_run(run, AgentRunState.RUNNING)
        match self.fate.choose(self._possible_ends(run)):
            case AgentEnd.COMPLETED:
                self._move_run(self._known_run(run.id), AgentRunState.COMPLETED)
            case AgentEnd.FAILED:
                self._move_run(self._known_run(run.id), AgentRunState.FAILED)
            case AgentEnd.DIED:
                self.deaths += 1
            case AgentEnd.WAITING:
                for call in range(self.fate.choose(range(1, MOST_CALLS + 1))):
                    self._request(run, call)
                self._move_step(self.steps[run.step], StepState.WAITING)
                self._move_task(TaskState.AWAITING_APPROVAL)
                self._move_run(self._known_run(run.id), AgentRunState.WAITING)

    def _possible_ends(self, run: AgentRun) -> Sequence[AgentEnd]:
        ends = [AgentEnd.COMPLETED] * 6
        ends += [AgentEnd.WAITING] * 3 if run.attempts <= MOST_WAITS else []
        ends += [AgentEnd.DIED] if self.deaths < MOST_DEATHS else []
        return ends if self.sturdy else [*ends, AgentEnd.FAILED]

    def _request(self, run: AgentRun, call: int) -> None:
        key = f"{run.id}:{run.attempts}.{call}"
        number = len(self.approvals) + 1
        self.approvals.append(an_approval(number, key=key, step=run.step, agent_run=run.id))

    def _continue(self, run: AgentRun) -> None:
        assert run.state == AgentRunState.WAITING, f"{run.id} was continued although it is {run.state}"
        assert not self._pending(run), f"{run.id} was continued before every call was decided"
        self._move_run(run, AgentRunState.QUEUED, attempts=run.attempts + 1)
        self._move_step(self.steps[run.step], StepState.RUNNING)
        self._move_task(self._working_state(run.step))

    def _settle(self, run: AgentRun) -> None:
        step = self.steps[run.step]
        assert run.state == AgentRunState.COMPLETED, f"{run.id} was settled although it is {run.state}"
        assert run.round == step.round, f"{run.id} is not of the current round"
        assert step.state in _OPEN_STEPS, f"{run.id} was settled although its step is {step.state}"
        loop = self.workflow.step(step.name).loop
        last_chance = loop is None or step.round > loop.max_rounds
        if (self.sturdy and last_chance) or self.fate.choose([True, True, False]):
            self._move_step(step, StepState.COMPLETED)
            return
        self._move_step(step, StepState.FAILED)
        if loop is None or last_chance:
            self.end(TaskState.FAILED, "the result was negative")
            return
        for name in self.workflow.after(loop.back_to):
            self._move_step(self.steps[name], StepState.PENDING, round=self.steps[name].round + 1)

    def _ask(self, step: Step) -> None:
        assert self.plan_gate == PlanGate.ALWAYS, "a gate was asked although the project wants none"
        assert self.workflow.step(step.name).gate == Gate.PLAN, f"{step.name} has no gate"
        assert step.state == StepState.COMPLETED, f"the gate of {step.name} was asked while it is {step.state}"
        assert gate_key(step) not in {approval.key for approval in self.approvals}, "a gate was asked twice"
        number = len(self.approvals) + 1
        self.approvals.append(an_approval(number, key=gate_key(step), step=step.name, kind=ApprovalKind.PLAN))
        self._move_step(step, StepState.WAITING)
        self._move_task(TaskState.AWAITING_APPROVAL)

    def _pass(self, step: Step) -> None:
        assert step.state == StepState.WAITING, f"the gate of {step.name} was passed while it is {step.state}"
        assert self._is_through_its_gate(step), f"the gate of {step.name} was passed without an approval"
        assert self._runs_of(step)[-1].state == AgentRunState.COMPLETED, "a gate was passed for unfinished work"
        self._move_step(step, StepState.COMPLETED)
        self._move_task(TaskState.RUNNING)

    def _decide(self) -> None:
        pending = [index for index, one in enumerate(self.approvals) if one.state == ApprovalState.PENDING]
        assert pending, "the task waits for people although nobody was asked"
        index = self.fate.choose(pending)
        decision = self.fate.choose([ApprovalState.APPROVED, ApprovalState.APPROVED, ApprovalState.DENIED])
        self.approvals[index] = replace(self.approvals[index], state=decision)

    def _publish(self) -> None:
        for step in self.steps.values():
            assert step.state == StepState.COMPLETED, f"published although {step.name} is {step.state}"
            assert self._is_through_its_gate(step), f"published before the gate of {step.name} was approved"
        self._move_task(TaskState.RUNNING)
        self._move_task(TaskState.COMPLETED)

    def _is_through_its_gate(self, step: Step) -> bool:
        if self.plan_gate == PlanGate.NEVER or self.workflow.step(step.name).gate == Gate.NONE:
            return True
        return any(gate.key == gate_key(step) for gate in self._gates(ApprovalState.APPROVED))

    def _gates(self, state: ApprovalState) -> list[Approval]:
        return [one for one in self.approvals if one.kind == ApprovalKind.PLAN and one.state == state]

    def _pending(self, run: AgentRun) -> list[Approval]:
        return [one for one in self.approvals if one.agent_run == run.id and one.state == ApprovalState.PENDING]

    def _runs_of(self, step: Step) -> list[AgentRun]:
        return [run for run in self.runs if run.step == step.name and run.round == step.round]

    def _known_run(self, run_id: str) -> AgentRun:
        return next(run for run in self.runs if run.id == run_id)

    def _working_state(self, step: StepName) -> TaskState:
        order = self.workflow.order()
        gated = [order.index(one.name) for one in self.workflow.steps if one.gate == Gate.PLAN]
        planning = gated and order.index(step) <= max(gated) and self.task.state != TaskState.RUNNING
        return TaskState.PLANNING if planning else TaskState.RUNNING

    def _move_task(self, target: TaskState, *, branch: str | None = None, failure: str = "") -> None:
        check_transition(TASK_TRANSITIONS, kind="Task", name=self.task.id, source=self.task.state, target=target)
        self.task = replace(self.task, state=target, branch=branch or self.task.branch, failure=failure)

    def _move_step(self, step: Step, target: StepState, *, round: int | None = None) -> None:  # noqa: A002 # the domain's word
        current = self.steps[step.name]
        check_transition(STEP_TRANSITIONS, kind="Step", name=step.name, source=current.state, target=target)
        self.steps[step.name] = replace(current, state=target, round=round or current.round)

    def _move_run(self, run: AgentRun, target: AgentRunState, *, attempts: int | None = None) -> None:
        index = next(index for index, one in enumerate(self.runs) if one.id == run.id)
        current = self.runs[index]
        check_transition(AGENT_RUN_TRANSITIONS, kind="Agent run", name=run.id, source=current.state, target=target)
        self.runs[index] = replace(current, state=target, attempts=attempts or current.attempts)
