"""The gate every tool call passes: the policy, people's decisions, and that an approved call runs once (no I/O).

The CLI keeps only the last of several calls that are deferred in one turn and drops the others in silence. So the
first risky call of a process is deferred, and the later ones are refused in words that tell the agent to wait. All of
them are requests. When the session continues, the deferred call is answered directly; the others are told to the agent
(`briefing`), and each approved one opens the gate once for exactly the same call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.claude import briefing
from adapters.claude.requests import QUESTION_TOOL, questions, requested_call
from adapters.claude.transcript import RESULT_TOOL, WAITS
from core.agents.permissions import Effect, Verdict
from core.agents.runner import AgentSpec, RequestedCall, ToolDecision
from core.agents.verdicts import verdict_on

ToolInput = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    """The call may run; `approval` is the decision it uses up, `tool_input` what it runs with when that differs."""

    approval: str = ""
    tool_input: ToolInput | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defer:
    """The call waits for a person, and the process ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """The call does not run; the agent is told why."""

    reason: str


Answer = Let | Defer | Refuse


class Gate:
    """Answers each call of one process. Remembers what it let through: that, and no I/O, is its state."""

    def __init__(self, spec: AgentSpec, *, mask: Callable[[str], str]) -> None:
        self._spec = spec
        self._mask = mask
        self._decisions = {decision.tool_use_id: decision for decision in spec.decisions}
        # The deferred call too: should the CLI have lost it, the agent's second try must not be asked about again.
        self._grants = [decision for decision in spec.decisions if is_grant(decision)]
        self._let: dict[str, Let] = {}
        self._reminded = False
        self._requests: dict[str, RequestedCall] = {}

    @property
    def requests(self) -> tuple[RequestedCall, ...]:
        """The calls of this process that people must decide, in the order they came."""
        return tuple(self._requests.values())

    @property
    def unused(self) -> tuple[ToolDecision, ...]:
        """Approved calls the agent has not made yet."""
        return tuple(self._grants)

    def answer(self, tool_use_id: str, tool: str, tool_input: ToolInput) -> Answer:
        """Answer a call; asking again about one that was let through gives the same answer, without the approval."""
        if tool == RESULT_TOOL:
            reminder = self.reminder()
            return Refuse(reason=reminder) if reminder else Let()
        if tool_use_id in self._let:
            return Let(tool_input=self._let[tool_use_id].tool_input)
        decision = self._decisions.get(tool_use_id)
        if decision is not None:
            return self._decided(decision, tool_input)
        return self._undecided(tool_use_id, tool, tool_input)

    def reminder(self) -> str:
        """What to say, once, to an agent that wants to end while an approved call was not made; '' for nothing."""
        if self._reminded or not self._grants or self._requests:
            return ""
        self._reminded = True
        return briefing.unmade(self._grants)

    def _decided(self, decision: ToolDecision, tool_input: ToolInput) -> Answer:
        if not decision.approved:
            return Refuse(reason=briefing.denied(decision))
        if decision.tool == QUESTION_TOOL:
            answered = Let(approval=decision.approval, tool_input=self._answered(decision, tool_input))
            return self._let_through(decision.tool_use_id, answered)
        if decision.used:
            return Refuse(reason=briefing.INTERRUPTED)
        self._grants.remove(decision)
        return self._let_through(decision.tool_use_id, Let(approval=decision.approval))

    def _undecided(self, tool_use_id: str, tool: str, tool_input: ToolInput) -> Answer:
        verdict = verdict_on(self._spec, tool=tool, tool_input=tool_input)
        if verdict.effect is Effect.DENY:
            return Refuse(reason=verdict.reason or "The rules of this project do not allow this call.")
        grant = next((grant for grant in self._grants if same_call(grant, tool, tool_input)), None)
        if grant is not None:
            self._grants.remove(grant)
            return self._let_through(tool_use_id, Let(approval=grant.approval))
        if verdict.effect is Effect.ALLOW and tool != QUESTION_TOOL:
            return self._let_through(tool_use_id, Let())
        refused = [decision for decision in self._spec.decisions if not decision.approved]
        again = next((decision for decision in refused if same_call(decision, tool, tool_input)), None)
        if again is not None:
            return Refuse(reason=briefing.denied(again))
        return self._ask(tool_use_id, tool, tool_input, verdict=verdict)

    def _ask(self, tool_use_id: str, tool: str, tool_input: ToolInput, *, verdict: Verdict) -> Answer:
        first = not self._requests or next(iter(self._requests)) == tool_use_id
        self._requests[tool_use_id] = requested_call(
            tool_use_id, tool, tool_input, verdict=verdict, worktree=self._spec.worktree, mask=self._mask
        )
        return Defer() if first else Refuse(reason=WAITS)

    def _let_through(self, tool_use_id: str, answer: Let) -> Let:
        self._let[tool_use_id] = answer
        return answer

    def _answered(self, decision: ToolDecision, tool_input: ToolInput) -> ToolInput:
        """The CLI takes the answers of AskUserQuestion in its input, by the text of each question."""
        originals = questions(tool_input)
        given = list(decision.answers.values())
        answers = {
            question.text: decision.answers.get(question.text)
            or decision.answers.get(self._mask(question.text))
            or (given[0] if len(originals) == len(given) == 1 else "(no answer)")
            for question in originals
        }
        return {**tool_input, "answers": answers}


def is_grant(decision: ToolDecision) -> bool:
    """Whether the decision opens the gate for a repeated call: approved, unused, and not the answer to a question."""
    return decision.approved and not decision.used and decision.tool != QUESTION_TOOL


def same_call(decision: ToolDecision, tool: str, tool_input: ToolInput) -> bool:
    """Whether this is exactly the decided call. What a shell command is said to be for does not change what it does."""
    return decision.tool == tool and _effective(tool, decision.tool_input) == _effective(tool, tool_input)


def _effective(tool: str, tool_input: ToolInput) -> dict[str, object]:
    ignored = {"description"} if tool == "Bash" else set[str]()
    return {name: value for name, value in tool_input.items() if name not in ignored}
