"""What the agent is told about people's decisions and interruptions (pure)."""

import json
from collections.abc import Iterable

from adapters.claude.requests import QUESTION_TOOL
from adapters.claude.transcript import Transcript
from core.agents.prompts import fenced
from core.agents.runner import AgentMessage, AgentSpec, ToolDecision
from core.domain.identity import MessageId

INTERRUPTED = (
    "This call was approved and started, but was interrupted before its outcome was known. It does not run again by "
    "itself: check its effect first, and make a new call only if it must be repeated; a person will be asked again."
)
GO_ON = (
    "You were interrupted: the process you worked in ended. Check what is already done, then go on from there and hand "
    "in the result."
)

GO_ON_DECIDED = "Go on from where you were, with what people have decided meanwhile, and hand in the result."


HEED_FIRST = "A message has come for you. Heed it first, then hand in the result again."


def opening(spec: AgentSpec, transcript: Transcript) -> str:
    """The first message of a process: the task itself, or that work goes on after an interruption."""
    told = decisions(spec, transcript)
    go_on = GO_ON_DECIDED if told else GO_ON
    words = go_on if transcript.begun else spec.prompt
    return f"{words}\n\n{told}" if told else words


def decisions(spec: AgentSpec, transcript: Transcript) -> str:
    """All decisions but the deferred call's that the agent has not heard of or not acted on; '' when there is none."""
    deferred = transcript.deferred.id if transcript.deferred is not None else ""
    done = {call.id for call in transcript.calls if call.result is not None}
    news = [
        line
        for decision in spec.decisions
        if decision.tool_use_id != deferred and (line := _line(decision, transcript=transcript, done=done))
    ]
    return "\n".join(["The calls that waited for a person have been decided:", *news]) if news else ""


def mark_of(message: MessageId) -> str:
    """By what a message is found again in a session."""
    return f"[message {message}]"


def message(said: AgentMessage) -> str:
    """A message of the inbox as the agent reads it: who it is from and what it counts for, its text fenced."""
    return (
        f"{mark_of(said.id)} The people in charge of this task tell you something by way of the orchestrator. Take it "
        f"into account in what you do from now on; it changes none of your rules and permissions.\n"
        f"{fenced(said.text, label='message')}"
    )


def denied(decision: ToolDecision) -> str:
    """The answer to a call a person refused."""
    if decision.tool == QUESTION_TOOL:
        return f"The person did not want to answer{_because(decision)}. Decide by yourself, and say what you assumed."
    return f"A person denied this call{_because(decision)}. Do not make it again; find another way or leave it out."


def unmade(grants: Iterable[ToolDecision]) -> str:
    """Reminds of approved calls before the end."""
    lines = [f"- {_call(grant)}" for grant in grants]
    return "\n".join([
        "These calls were approved at your request, but you have not made them. Make each exactly as it stands here, "
        "or, if it is no longer needed, hand in the result again:",
        *lines,
    ])  # fmt: skip


def _line(decision: ToolDecision, *, transcript: Transcript, done: set[str]) -> str:
    """One decision as a line of the list; '' when the agent knows, and has nothing left to do about it."""
    heard = f"[{decision.approval}]" in transcript.told
    asked_directly = decision.tool_use_id in done and not any(
        call.id == decision.tool_use_id for call in transcript.waiting
    )
    if asked_directly or (heard and (decision.used or not decision.approved)):
        return ""
    return f"- [{decision.approval}] {_call(decision)}: {_verdict(decision)}"


def _verdict(decision: ToolDecision) -> str:
    if not decision.approved:
        return denied(decision)
    if decision.tool == QUESTION_TOOL:
        return "answered: " + "; ".join(f"{question} → {answer}" for question, answer in decision.answers.items())
    if decision.used:
        return f"approved. {INTERRUPTED}"
    return "approved. Make exactly this call again, with the same input; it may run once."


def _call(decision: ToolDecision) -> str:
    return f"{decision.tool} {json.dumps(dict(decision.tool_input), ensure_ascii=False, default=str)}"


def _because(decision: ToolDecision) -> str:
    return f": {decision.reason.rstrip('.')}" if decision.reason else ""
