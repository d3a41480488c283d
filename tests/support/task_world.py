"""A task in memory that does what the engine does with each change and effect, and objects to all that must not be."""

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import assert_never

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.identity import AgentRunId, StepName
from core.domain.project import PlanGate
from core.domain.task import (
    AGENT_RUN_ENDS,
    AGENT_RUN_TRANSITIONS,
    AT_WORK,
    FINAL_TASK_STATES,
    STEP_TRANSITIONS,
    TASK_TRANSITIONS,
    AgentRun,
    AgentRunState,
    Complexity,
    RunPurpose,
    Step,
    StepState,
    Task,
    TaskState,
    check_transition,
)
from core.domain.workflow import Gate, Workflow
from core.engine.approval_keys import budget_key, conflict_key, gate_key, offer_key, publish_key
from core.engine.money import asked_for_money
from core.engine.moves import (
    AskBudget,
    AskConflict,
    AskOffer,
    AskPublish,
    Change,
    ContinueAgent,
    DropQuestion,
    Effect,
    End,
    GiveUp,
    KeepHere,
    LoopBack,
    PassGate,
    Publish,
    PutBack,
    Refuse,
    Revise,
    RunAgent,
    Settle,
    SkipStep,
    StartStep,
    StopHere,
    TryAgain,
)
from core.engine.rules import next_moves
from core.engine.situation import ACTIVE_STEPS, Situation, conflicts
from core.engine.standing import standing
from tests.support.values import a_run, a_step, a_task, an_approval

WRITERS = frozenset({"builder"})
MOST_CHANGES_AT_ONCE = 60
DONE = (StepState.COMPLETED, StepState.SKIPPED)


@dataclass(slots=True)
class TaskWorld:
    """One task with its steps, agent runs and approvals, the driver that works on it, and what it objects to."""

    workflow: Workflow
    plan_gate: PlanGate = PlanGate.ALWAYS
    complexity: Complexity = Complexity.MODERATE
    skips: frozenset[StepName] = frozenset()
    """Steps whose condition never holds."""
    rivals: bool = False
    asks_first: bool = False
    """Whether people are asked before the work leaves this machine."""
    budget: Decimal | None = None
    """What it may cost, in US dollars."""
    shuffle: Random | None = None
    """Asks twice, the second time with rows in another order."""
    spent: Decimal = field(init=False, default=Decimal(0))
    task: Task = field(init=False)
    steps: dict[StepName, Step] = field(init=False)
    runs: list[AgentRun] = field(init=False, default_factory=list[AgentRun])
    approvals: list[Approval] = field(init=False, default_factory=list[Approval])
    sent_back: Counter[StepName] = field(init=False, default_factory=Counter[StepName])
    changes: list[Change] = field(init=False, default_factory=list[Change])
    due: tuple[Effect, ...] = field(init=False, default=())
    """What the driver has going."""
    due_in_life: int = field(init=False, default=1)
    settled: set[AgentRunId] = field(init=False, default_factory=set[AgentRunId])

    def __post_init__(self) -> None:
        self.task = a_task(
            workflow=self.workflow, plan_gate=self.plan_gate, complexity=self.complexity, budget_usd=self.budget
        )
        self.steps = {
            name: a_step(name=name, position=position, role=self.workflow.step(name).role)
            for position, name in enumerate(self.workflow.order(), start=1)
        }

    @property
    def situation(self) -> Situation:
        """What the next move is derived from, as the store would hand it over now."""
        pending = {step.name for step in self.steps.values() if step.state == StepState.PENDING}
        return Situation(
            task=self.task,
            steps=tuple(self.steps.values()),
            runs=tuple(self.runs),
            approvals=tuple(self.approvals),
            skipped=self.skips & pending,
            writers=WRITERS,
            sent_back=dict(self.sent_back),
            rivals=self.rivals,
            asks_to_offer=self.asks_first,
            spent_usd=self.spent,
        )

    @property
    def ended(self) -> bool:
        """Whether the task is in a final state."""
        return self.task.state in FINAL_TASK_STATES

    @property
    def asked(self) -> list[Approval]:
        """What people have not decided yet."""
        return [one for one in self.approvals if one.state == ApprovalState.PENDING]

    @property
    def held(self) -> bool:
        """Whether nothing may cost any more: all is spent, or a person is asked for more."""
        used_up = self.task.budget_usd is not None and self.spent >= self.task.budget_usd
        return used_up or bool([one for one in self.asked if one.kind == ApprovalKind.BUDGET])

    def queued(self) -> list[AgentRun]:
        """Runs that a dispatcher may start."""
        rests = self.ended or self.task.state == TaskState.PAUSED or self.held
        return [] if rests else [run for run in self.runs if run.state == AgentRunState.QUEUED]

    def advance(self) -> tuple[Effect, ...]:
        """What the driver does when something moved: make every change, stop what is not due, begin what is."""
        for _ in range(MOST_CHANGES_AT_ONCE):
            moves = self._answer()
            if isinstance(moves, tuple):
                self._look(moves)
                return moves
            self.changes.append(moves)
            self.apply(moves)
        raise AssertionError(f"changes without end: {self.changes[-6:]}")

    def apply(self, change: Change) -> None:
        """Make one change as the engine does; AssertionError when it must not be made now."""
        assert not self.ended, f"{change} although the task has ended"
        if not isinstance(change, PutBack):
            assert self.task.state != TaskState.PAUSED, f"{change} although the task is paused"
        if isinstance(change, StartStep | TryAgain | ContinueAgent):
            assert not self.held, f"{change} although nothing more may be spent"
        match change:
            case StartStep():
                self._start(self.steps[change.step])
            case SkipStep():
                self._skip(self.steps[change.step])
            case TryAgain():
                self._try_again(self.steps[change.step])
            case ContinueAgent():
                run = self.run(change.agent_run)
                assert not [one for one in self.asked if one.agent_run == run.id], "continued before all was decided"
                self.move_run(run, AgentRunState.QUEUED)
                self.move_step(self.steps[run.step], StepState.RUNNING)
            case PutBack():
                assert self.task.state == TaskState.PAUSED, "put back although the task goes on"
                self.move_run(self.run(change.agent_run), AgentRunState.QUEUED)
            case LoopBack():
                self._loop_back(self.steps[change.step])
            case PassGate():
                assert self._is_through_gate(self.steps[change.step]), "a gate was passed without an approval"
                self.move_step(self.steps[change.step], StepState.COMPLETED)
            case Revise():
                self._revise(self.steps[change.step])
            case AskConflict():
                step = self.steps[change.step]
                assert self._latest_run(step).state == AgentRunState.FAILED, "asked although an agent may settle it"
                self.ask_conflict(step)
            case AskPublish():
                assert self.rivals, "asked although there is no fork"
                self.ask(publish_key(self.task), self.workflow.order()[-1], kind=ApprovalKind.PUBLISH)
            case AskOffer():
                assert self.asks_first, "asked although nobody wants to be asked"
                self.ask(offer_key(self.task), self.workflow.order()[-1], kind=ApprovalKind.PUBLISH)
            case KeepHere():
                assert [one for one in self.approvals if one.kind == ApprovalKind.PUBLISH], "kept without being told so"
                self.move_task(TaskState.RUNNING)
                self.move_task(TaskState.COMPLETED)
            case AskBudget():
                self.ask_budget()
            case DropQuestion():
                asked = next(one for one in self.asked if one.id == change.approval)
                assert asked.budget, "a question about its own money was dropped"
                self.decide(asked, ApprovalState.CANCELLED)
            case StopHere():
                assert [one for one in self.approvals if one.kind == ApprovalKind.BUDGET]
                self.end(TaskState.CANCELLED, change.reason)
            case Refuse():
                assert [one for one in self.approvals if one.state in (ApprovalState.DENIED, ApprovalState.CANCELLED)]
                self.end(TaskState.CANCELLED, change.reason)
            case GiveUp():
                self._check_given_up()
                self.end(TaskState.FAILED, change.reason)
            case _:
                assert_never(change)

    def end(self, target: TaskState, reason: str) -> None:
        """End the task and what is open of it."""
        failed = target == TaskState.FAILED
        for run in [run for run in self.runs if run.state not in AGENT_RUN_ENDS]:
            self.move_run(run, AgentRunState.FAILED if failed else AgentRunState.CANCELLED)
        for approval in self.asked:
            self.decide(approval, ApprovalState.CANCELLED)
        for step in [*self.steps.values()]:
            if step.state in ACTIVE_STEPS:
                self.move_step(step, StepState.FAILED if failed else StepState.CANCELLED)
            elif step.state == StepState.PENDING:
                self.move_step(step, StepState.CANCELLED)
        self.move_task(target, failure=reason if failed else "")

    def reopen(self, first: StepName, *, restore: bool) -> None:
        """Begin another life at `first`, as retry and rewind do."""
        again = self.workflow.after(first)
        for step in [*self.steps.values()]:
            if step.name in again or step.state in (StepState.FAILED, StepState.CANCELLED):
                self.move_step(step, StepState.PENDING, round=step.round + (step.state != StepState.PENDING))
        self.sent_back.clear()
        self.move_task(TaskState.QUEUED, failure="", life=self.task.life + 1, restore_commit="abc" if restore else "")

    def add_run(self, step: Step, *, purpose: RunPurpose = RunPurpose.WORK) -> None:
        """Queue an agent run for the step's current round."""
        others = [run.id for run in self.runs_of(step) if run.state not in AGENT_RUN_ENDS]
        assert not others, f"round {step.round} of {step.name} gets a second agent beside {others}"
        ordinal = len(self.runs) + 1
        self.runs.append(a_run(ordinal=ordinal, step=step.name, round=step.round, role=step.role, purpose=purpose))

    def ask(
        self, key: str, step: StepName, *, kind: ApprovalKind = ApprovalKind.TOOL, run: AgentRunId | None = None
    ) -> None:
        """Ask people something, once under each key."""
        assert key not in {approval.key for approval in self.approvals}, f"{key} was asked twice"
        self.approvals.append(an_approval(len(self.approvals) + 1, key=key, step=step, kind=kind, agent_run=run))

    def ask_conflict(self, step: Step) -> None:
        """Ask people to settle a conflict by hand."""
        number = len(conflicts(self.situation, step)) + 1
        self.ask(conflict_key(step, number), step.name, kind=ApprovalKind.CONFLICT)
        self.move_step(step, StepState.WAITING)

    def ask_budget(self) -> None:
        """Ask people for more money."""
        assert self.held, "asked for money although there is some left"
        assert not [run for run in self.runs if run.state in AT_WORK], "asked while agents are at work"
        self.ask_for_money()

    def ask_for_money(self) -> None:
        """Ask for more, unless people are being asked."""
        asked = asked_for_money(self.task, self.approvals)
        if not asked or asked[-1].state != ApprovalState.PENDING:
            step = self.workflow.order()[0]
            self.ask(budget_key(self.task, len(asked) + 1), step, kind=ApprovalKind.BUDGET)

    def decide(self, approval: Approval, state: ApprovalState) -> None:
        """A person decides, or the end takes the question with it."""
        index = next(index for index, one in enumerate(self.approvals) if one.id == approval.id)
        assert self.approvals[index].state == ApprovalState.PENDING, "decided twice"
        self.approvals[index] = replace(self.approvals[index], state=state)
        if approval.kind == ApprovalKind.BUDGET and state == ApprovalState.APPROVED:
            self.task = replace(self.task, budget_usd=max(self.spent, self.budget or self.spent) + 2)

    def run(self, run_id: AgentRunId) -> AgentRun:
        """The agent run as it is now."""
        return next(run for run in self.runs if run.id == run_id)

    def runs_of(self, step: Step) -> list[AgentRun]:
        """The runs of the step's current round."""
        return [run for run in self.runs if run.step == step.name and run.round == step.round]

    def move_task(self, target: TaskState, **changes: object) -> None:
        """Move the task, if its table allows that."""
        check_transition(TASK_TRANSITIONS, kind="Task", name=self.task.id, source=self.task.state, target=target)
        self.task = replace(self.task, state=target, **changes)  # pyright: ignore[reportArgumentType]  # fields of Task

    def move_step(self, step: Step, target: StepState, **changes: int) -> None:
        """Move a step, if its table allows that."""
        source = self.steps[step.name].state
        check_transition(STEP_TRANSITIONS, kind="Step", name=step.name, source=source, target=target)
        if target == StepState.FAILED != source:
            self.sent_back[step.name] += 1
        self.steps[step.name] = replace(self.steps[step.name], state=target, **changes)  # pyright: ignore[reportArgumentType]  # fields of Step

    def move_run(self, run: AgentRun, target: AgentRunState, **changes: int) -> None:
        """Move an agent run, if its table allows that."""
        index = next(index for index, one in enumerate(self.runs) if one.id == run.id)
        source = self.runs[index].state
        check_transition(AGENT_RUN_TRANSITIONS, kind="Agent run", name=run.id, source=source, target=target)
        self.runs[index] = replace(self.runs[index], state=target, **changes)  # pyright: ignore[reportArgumentType]  # fields of AgentRun

    def _answer(self) -> Change | tuple[Effect, ...]:
        situation = self.situation
        moves = next_moves(situation)
        if self.shuffle is not None:
            again = replace(
                situation,
                steps=self.shuffle.sample(situation.steps, len(situation.steps)),
                approvals=self.shuffle.sample(situation.approvals, len(situation.approvals)),
            )
            assert next_moves(again) == moves, "the order in which rows are read matters"
        return moves

    def _look(self, moves: tuple[Effect, ...]) -> None:
        """Stop what is not due any more, begin what is, and object to what must not go on."""
        for effect in moves:
            if effect not in self.due and isinstance(effect, Settle):
                self._check_settles(effect)
            if isinstance(effect, RunAgent):
                assert self.run(effect.agent_run).state in AT_WORK, "an agent without a place is run"
                assert not self.held, "an agent works although nothing more may be spent"
            if isinstance(effect, Publish):
                self._check_published()
        for effect in set(self.due) - set(moves):
            if isinstance(effect, RunAgent) and self.run(effect.agent_run).state in AT_WORK:
                self.move_run(self.run(effect.agent_run), AgentRunState.QUEUED)
        assert len(set(moves)) == len(moves), "an effect is due twice"
        self.due, self.due_in_life = moves, self.task.life
        if self.ended:
            assert moves == (End(),), f"{moves} although the task has ended"
        elif self.task.state == TaskState.PAUSED:
            assert moves == (), f"{moves} although the task is paused"
            assert not [run for run in self.runs if run.state in AT_WORK], "a task that rests holds places"
        else:
            self._show_standing()

    def _show_standing(self) -> None:
        if self.task.branch:
            if self.task.state == TaskState.QUEUED:
                self.move_task(TaskState.PLANNING)
            self.move_task(standing(self.situation))
        if not self.due and not self.queued():
            assert self.asked, "nothing is due, and nobody was asked: the task hangs"
            assert self.task.state == TaskState.AWAITING_APPROVAL, "it waits for people and does not say so"
        if self.task.state == TaskState.AWAITING_APPROVAL:
            assert self.asked, "it says that it waits for people, who were asked nothing"

    def _start(self, step: Step) -> None:
        self._check_may_begin(step)
        assert step.name not in self.skips, f"{step.name} was begun although its condition does not hold"
        assert not self.runs_of(step), f"round {step.round} of {step.name} began twice"
        self.add_run(step)
        self.move_step(step, StepState.RUNNING)

    def _skip(self, step: Step) -> None:
        self._check_may_begin(step)
        assert step.name in self.skips, f"{step.name} was skipped although its condition holds"
        self.move_step(step, StepState.SKIPPED)

    def _check_may_begin(self, step: Step) -> None:
        for need in self.workflow.before(step.name):
            needed = self.steps[need]
            assert needed.state in DONE, f"{step.name} began although {need} is {needed.state}"
            assert self._is_through_gate(needed), f"{step.name} began before the gate of {need} was approved"

    def _try_again(self, step: Step) -> None:
        failed = [run for run in self.runs_of(step) if run.state == AgentRunState.FAILED]
        assert failed, "tried again without a failure"
        assert len(failed) <= self.workflow.step(step.name).retries, "more agents try than the step allows"
        self.add_run(step)

    def _loop_back(self, step: Step) -> None:
        loop = self.workflow.step(step.name).loop
        assert loop is not None, f"{step.name} has no loop"
        assert step.state == StepState.FAILED, f"{step.name} loops back although it is {step.state}"
        assert self.sent_back[step.name] <= loop.max_rounds, "it loops more often than it may"
        for name in self.workflow.after(loop.back_to):
            other = self.steps[name]
            assert other.state not in ACTIVE_STEPS, f"{name} is taken back while it is {other.state}"
            if other.state != StepState.PENDING:
                self.move_step(other, StepState.PENDING, round=other.round + 1)

    def _revise(self, step: Step) -> None:
        gate = next(one for one in self.approvals if one.key == gate_key(step))
        assert gate.state == ApprovalState.CHANGED, "made again although nobody sent it back"
        self.move_step(step, StepState.PENDING, round=step.round + 1)

    def _check_settles(self, settle: Settle) -> None:
        run = self.run(settle.agent_run)
        step = self.steps[run.step]
        assert (run.round, step.state in ACTIVE_STEPS) == (step.round, True), f"{run.id} is settled too late"
        assert run.id not in self.settled, f"{run.id} is settled twice"
        if settle.after:
            return
        assert run.state == AgentRunState.COMPLETED, f"{run.id} is settled although it is {run.state}"
        order = self.workflow.order()
        for name in self.workflow.beside(step.name) & set(order[: order.index(step.name)]):
            other = self.steps[name]
            open_ = other.state in ACTIVE_STEPS and not any(each.id in self.settled for each in self.runs_of(other))
            both_write = {other.role, step.role} <= WRITERS
            assert not (open_ and both_write), f"{step.name} comes to the branch before {name}"

    def _check_given_up(self) -> None:
        failed = [run for run in self.runs if run.state in (AgentRunState.FAILED, AgentRunState.CANCELLED)]
        denied = [one for one in self.approvals if one.state in (ApprovalState.DENIED, ApprovalState.CANCELLED)]
        sent_back = [step for step in self.steps.values() if step.state == StepState.FAILED]
        assert failed or denied or sent_back, "given up without a reason"

    def _check_published(self) -> None:
        for step in self.steps.values():
            assert step.state in DONE, f"published although {step.name} is {step.state}"
            assert (step.state == StepState.SKIPPED) == (step.name in self.skips)
            assert self._is_through_gate(step), f"published before the gate of {step.name} was approved"
        kept = [one for one in self.approvals if one.key == publish_key(self.task)]
        assert not self.rivals or kept[0].state == ApprovalState.APPROVED, "offered before it was chosen"
        agreed = [one.key for one in self.approvals if one.state == ApprovalState.APPROVED]
        wanted = {publish_key(self.task), offer_key(self.task)}
        assert not self.asks_first or wanted & set(agreed), "it left this machine before anybody agreed"

    def _is_through_gate(self, step: Step) -> bool:
        if step.state == StepState.SKIPPED or not self.gated(step.name):
            return True
        return any(one.key == gate_key(step) and one.state == ApprovalState.APPROVED for one in self.approvals)

    def gated(self, name: StepName) -> bool:
        """Whether people are asked after this step."""
        match self.workflow.step(name).gate:
            case Gate.NONE:
                return False
            case Gate.RESULT:
                return True
            case Gate.PLAN:
                complex_only = self.plan_gate == PlanGate.COMPLEX and self.complexity == Complexity.COMPLEX
                return self.plan_gate == PlanGate.ALWAYS or complex_only

    def _latest_run(self, step: Step) -> AgentRun:
        return self.runs_of(step)[-1]
