"""What can be done next for a task: changes of its state, and effects outside the store; the rules choose one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.identity import AgentRunId, ApprovalId, PersonId, StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep:
    """Begin a step's current round: create its agent run."""

    kind: Literal["start_step"] = "start_step"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipStep:
    """Its condition does not hold."""

    kind: Literal["skip_step"] = "skip_step"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """The step's agent failed for good, and the step allows another one."""

    kind: Literal["try_again"] = "try_again"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueAgent:
    """Every approval the run waited for is decided: queue it again."""

    kind: Literal["continue_agent"] = "continue_agent"
    agent_run: AgentRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """The task rests: its runs give their places back, also those whose process has died or never began."""

    kind: Literal["put_back"] = "put_back"
    agent_run: AgentRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopBack:
    """The step's result sends the work back, and nothing of what runs again is still under way."""

    kind: Literal["loop_back"] = "loop_back"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class PassGate:
    """The gate was approved."""

    kind: Literal["pass_gate"] = "pass_gate"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise:
    """A person wants the result changed: the step runs once more with their words."""

    kind: Literal["revise"] = "revise"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class AskConflict:
    """No agent could bring two changes together: a person must."""

    kind: Literal["ask_conflict"] = "ask_conflict"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPublish:
    """There are forks: ask whether this one is kept."""

    kind: Literal["ask_publish"] = "ask_publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOffer:
    """Ask whether the work may leave this machine: the branch as a pull request, or the findings as a review."""

    kind: Literal["ask_offer"] = "ask_offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHere:
    """A person does not want it to leave this machine: the task is complete with what is here."""

    kind: Literal["keep_here"] = "keep_here"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBudget:
    """The budget is used up, nothing is under way any more, and what comes next costs: ask for more.

    `budget` is the key of a shared one, '' for the task's own.
    """

    kind: Literal["ask_budget"] = "ask_budget"
    budget: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropQuestion:
    """What was asked about a shared budget needs no answer any more: there is money again."""

    kind: Literal["drop_question"] = "drop_question"
    approval: ApprovalId


@dataclass(frozen=True, slots=True, kw_only=True)
class StopHere:
    """A person gave no more money: the task ends by offering what is there, as not finished."""

    kind: Literal["stop_here"] = "stop_here"
    reason: str
    by: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """A person refused the plan: the task ends."""

    kind: Literal["refuse"] = "refuse"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """The task cannot go on."""

    kind: Literal["give_up"] = "give_up"
    reason: str


Change = (
    StartStep
    | SkipStep
    | TryAgain
    | ContinueAgent
    | PutBack
    | LoopBack
    | PassGate
    | Revise
    | AskConflict
    | AskPublish
    | AskOffer
    | KeepHere
    | AskBudget
    | DropQuestion
    | StopHere
    | Refuse
    | GiveUp
)
"""Made in the transaction that asks."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Make the branch and the worktree."""


@dataclass(frozen=True, slots=True)
class Restore:
    """Set the branch back to where the task wants it."""


@dataclass(frozen=True, slots=True)
class RunAgent:
    """The run has its place: work until its process ends."""

    agent_run: AgentRunId


@dataclass(frozen=True, slots=True)
class SetAside:
    """The budget is used up: the run, whose process is no longer due, goes back into the queue."""

    agent_run: AgentRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitMoney:
    """People are asked about a shared budget: let time pass, as another period begins at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Settle:
    """The agent is done: keep or undo its changes, verify, merge, and judge the result."""

    agent_run: AgentRunId
    after: int = 0
    """How many people have said that a conflict is settled by hand."""


@dataclass(frozen=True, slots=True)
class AskGate:
    """Show the step's result to the hooks, then to a person, before later steps start."""

    step: StepName


@dataclass(frozen=True, slots=True)
class Leave:
    """The task is to be offered unfinished: commit what the step has reached, and close it."""

    step: StepName


@dataclass(frozen=True, slots=True)
class Publish:
    """All steps are done: offer the branch."""


@dataclass(frozen=True, slots=True)
class End:
    """The task has ended; there is nothing to do."""


Effect = Prepare | Restore | RunAgent | SetAside | AwaitMoney | Settle | AskGate | Leave | Publish | End
"""Happens outside the store, as long as it is due; equal values are the same effect."""
