"""What the CLI asks us while it works: hooks and the permission callback, answered by the gate."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, assert_never, cast

from claude_agent_sdk import (
    HookContext,
    HookInput,
    HookJSONOutput,
    HookMatcher,
    PermissionResult,
    PermissionResultAllow,
    PermissionResultDeny,
    ToolPermissionContext,
)
from claude_agent_sdk.types import HookEvent

from adapters.claude import briefing
from adapters.claude.activity import activity
from adapters.claude.gate import Answer, Defer, Gate, Let, Refuse
from adapters.claude.messages import Delivery, Say
from adapters.claude.pulse import Pulse
from adapters.claude.reading import Reading
from adapters.claude.requests import QUESTION_TOOL
from adapters.claude.transcript import RESULT_TOOL, WAITS, Transcript
from core.agents.logs import AgentLog
from core.agents.runner import (
    AgentSignal,
    AgentSpec,
    ApprovalUsed,
    AsksAgain,
    MessageHeard,
    OnSignal,
    Progressed,
    ResourcesMeasured,
    ToolUsed,
)

HOOK_WITHIN_S = 600.0
"""Far above what a decision takes; a hook that fails or hangs blocks its call."""


class Callbacks:
    """Hooks and permission callback of one process. Signals go out one at a time, in the order things happen.

    What `on_signal` raises is kept in `error` and ends the process by `stop`.
    """

    def __init__(
        self,
        spec: AgentSpec,
        *,
        gate: Gate,
        transcript: Transcript,
        log: AgentLog,
        mask: Callable[[str], str],
        on_signal: OnSignal,
        stop: Callable[[], None],
        delivery: Delivery,
        pulse: Pulse,
    ) -> None:
        self._spec = spec
        self._gate = gate
        self._transcript = transcript
        self._log = log
        self._mask = mask
        self._on_signal = on_signal
        self._stop = stop
        self._delivery = delivery
        self._pulse = pulse
        self.reading = Reading()
        """Told of every message that was read."""
        self._say: Say | None = None
        self._handed_in = False
        self._one_at_a_time = asyncio.Lock()
        self._shown: set[str] = set()
        self._briefed = False
        self.error: BaseException | None = None

    def hooks(self) -> dict[HookEvent, list[HookMatcher]]:
        """For the SDK. A PreToolUse hook that fails blocks its call."""
        return {
            "PreToolUse": [HookMatcher(hooks=[self._pre_tool_use], timeout=HOOK_WITHIN_S, on_failure="block")],
            "UserPromptSubmit": [HookMatcher(hooks=[self._user_prompt_submit])],
            # The CLI has this event and the SDK passes it on; only the SDK's list of names lacks it.
            cast("HookEvent", "PostToolBatch"): [HookMatcher(hooks=[self._post_tool_batch])],
            "Stop": [HookMatcher(hooks=[self._stop_hook])],
        }

    def connected(self, say: Say) -> None:
        """From now on messages can be said to the agent."""
        self._say = say

    async def signal(self, signal: AgentSignal) -> None:
        """Send one signal; what the receiver raises ends the process and goes on to the caller."""
        async with self._one_at_a_time:
            if self.error is not None:
                raise self.error
            try:
                await self._on_signal(signal)
            except BaseException as error:
                self.fail(error)
                raise
            if not isinstance(signal, ResourcesMeasured):
                self._pulse.told()

    async def alive(self) -> None:
        """There was a sign of life; it is told when nothing was for a while."""
        if self._pulse.due():
            await self.signal(Progressed())

    async def tell_heard(self) -> None:
        """Tell which messages have become part of the session."""
        for message in self._delivery.heard():
            await self.signal(MessageHeard(message=message))

    def halt(self) -> None:
        """End the process now; what it was doing is known to the session or was not done."""
        self._stop()

    def fail(self, error: BaseException) -> None:
        """End the process because of `error`, the first of which comes out of the run."""
        if self.error is None:
            self.error = error
        self._stop()

    async def can_use_tool(
        self, tool: str, tool_input: dict[str, Any], context: ToolPermissionContext
    ) -> PermissionResult:
        """The CLI's own permission question; also how a deferred call is decided after resuming."""
        tool_use_id = context.tool_use_id or ""
        answer = self._gate.answer(tool_use_id, tool, tool_input)
        match answer:
            case Let():
                await self._announce(tool_use_id, tool, tool_input, answer)
                return PermissionResultAllow(
                    updated_input=None if answer.tool_input is None else dict(answer.tool_input)
                )
            case Defer():
                # The CLI did not take the hook's word: it defers no call of a message that came in one piece. The call
                # waits all the same; `_post_tool_batch` ends the turn.
                return PermissionResultDeny(message=WAITS)
            case Refuse():
                return PermissionResultDeny(message=answer.reason)
            case _:
                assert_never(answer)

    async def tell_answers(self) -> None:
        """Record that answers to questions are used up now that the agent is told them."""
        for decision in self._spec.decisions:
            if decision.tool == QUESTION_TOOL and decision.approved and not decision.used:
                await self.signal(ApprovalUsed(approval=decision.approval))

    async def _pre_tool_use(self, data: HookInput, tool_use_id: str | None, _context: HookContext) -> HookJSONOutput:
        given = cast("Mapping[str, Any]", data)
        tool, tool_input, call = (
            str(given["tool_name"]),
            cast("Mapping[str, object]", given["tool_input"]),
            tool_use_id or "",
        )
        self._log.tool_called(tool_use_id=call, tool=tool, tool_input=tool_input)
        if all(call != decision.tool_use_id for decision in self._spec.decisions):
            # the message of a call that people decided was read by an earlier process
            self.reading.called(call)
        if tool == QUESTION_TOOL and any(decision.tool_use_id == call for decision in self._spec.decisions):
            # Only the permission callback can hand answers to this tool.
            return {}
        if tool == RESULT_TOOL and await self._deliver():
            return _hook_output(Refuse(reason=briefing.HEED_FIRST))
        answer = self._gate.answer(call, tool, tool_input)
        self._handed_in = tool == RESULT_TOOL and isinstance(answer, Let)
        if isinstance(answer, Let):
            await self._announce(call, tool, tool_input, answer)
        return _hook_output(answer)

    async def _user_prompt_submit(self, _data: HookInput, _id: str | None, _context: HookContext) -> HookJSONOutput:
        """When a deferred call is resumed the CLI itself says `continue`; all other decisions are told with that."""
        if self._briefed or self._transcript.deferred is None:
            return {}
        self._briefed = True
        told = briefing.decisions(self._spec, self._transcript)
        if not told:
            return {}
        await self.tell_answers()
        self._log.prompt(told)
        return {"hookSpecificOutput": {"hookEventName": "UserPromptSubmit", "additionalContext": told}}

    async def _post_tool_batch(self, _data: HookInput, _id: str | None, _context: HookContext) -> HookJSONOutput:
        """No further model call once something waits for people: when a call was deferred there is none anyway."""
        if self._gate.requests:
            return {"continue_": False, "stopReason": WAITS}
        await self._deliver()
        if not self._handed_in:
            await self.reading.caught_up()
            await self.signal(AsksAgain())
        return {}

    async def _stop_hook(self, _data: HookInput, _id: str | None, _context: HookContext) -> HookJSONOutput:
        too_late = self._handed_in or bool(self._gate.requests)
        said = [] if too_late else self._delivery.take()
        for words in said:
            self._log.prompt(words)
        reasons = "\n\n".join(filter(None, [self._gate.reminder(), *said]))
        return {"decision": "block", "reason": reasons} if reasons else {}

    async def _deliver(self) -> bool:
        """Say what waits in the inbox; whether there was something.

        Not after the result was handed in: what comes then is for whoever works next. The CLI reads in order, so it
        knows a message that is said from within a hook before the hook's answer, and adds it to the next request.
        """
        if self._say is None or self._handed_in or self._gate.requests or not self._delivery.due:
            return False
        for words in self._delivery.take():
            self._log.prompt(words)
            await self._say(words)
        return True

    async def _announce(self, tool_use_id: str, tool: str, tool_input: Mapping[str, object], answer: Let) -> None:
        if answer.approval:
            await self.signal(ApprovalUsed(approval=answer.approval))
        if tool_use_id in self._shown:
            return
        self._shown.add(tool_use_id)
        line = activity(tool, tool_input, worktree=self._spec.worktree, mask=self._mask)
        await self.signal(ToolUsed(tool=tool, activity=line))


def _hook_output(answer: Answer) -> HookJSONOutput:
    match answer:
        case Let():
            return {"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "allow"}}
        case Defer():
            return {"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "defer"}}
        case Refuse():
            return {
                "hookSpecificOutput": {
                    "hookEventName": "PreToolUse",
                    "permissionDecision": "deny",
                    "permissionDecisionReason": answer.reason,
                }
            }
        case _:
            assert_never(answer)
