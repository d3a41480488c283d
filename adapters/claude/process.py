"""One CLI process from start to end: what it says becomes signals, logs and one outcome."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import cast

from claude_agent_sdk import (
    AssistantMessage,
    ClaudeAgentOptions,
    ClaudeSDKClient,
    ClaudeSDKError,
    Message,
    MirrorErrorMessage,
    ResultMessage,
    StreamEvent,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    UserMessage,
)

from adapters.claude import outcome
from adapters.claude.callbacks import Callbacks
from adapters.claude.gate import Gate
from adapters.claude.usage import UsageMeter
from core.agents.logs import AgentLog
from core.agents.runner import AgentFailed, AgentOutcome, AgentSpec, AgentWaiting, ModelAnswered
from core.domain.errors import AgentUnavailableError

STDERR_LINES = 40
SYNTHETIC = "<synthetic>"
"""The model name of messages the CLI writes itself, such as an API error: nobody is billed for them."""
SESSION_GONE = "No conversation found"

_LOG = logging.getLogger(__name__)


class SessionLostError(Exception):
    """The CLI cannot continue the stored session; it must begin anew."""


class AgentProcess:
    """Talks to one CLI process. `talk` may be called once; its end is the end of the process."""

    def __init__(
        self,
        spec: AgentSpec,
        *,
        gate: Gate,
        callbacks: Callbacks,
        log: AgentLog,
        mask: Callable[[str], str],
    ) -> None:
        self._spec = spec
        self._gate = gate
        self._callbacks = callbacks
        self._log = log
        self._mask = mask
        self._meter = UsageMeter()
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._heard = False

    def note_stderr(self, line: str) -> None:
        """Keep the last lines for the message of a crash."""
        self._stderr.append(line)

    async def talk(self, options: ClaudeAgentOptions, *, opening: str | None) -> AgentOutcome:
        """Start the process, say `opening` (None when the CLI goes on by itself), listen until it is done.

        Raises what `on_signal` raised, AgentUnavailableError when the CLI does not even start, and SessionLostError.
        """
        try:
            result = await self._listen(options, opening=opening)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # All of Exception: the SDK has typed errors, but a control request that times out is a bare one.
            if self._callbacks.error is not None:
                raise self._callbacks.error from error
            ended = self._broken(error)
        else:
            ended = self._outcome(result)
        await self._tell(self._meter.rest())
        self._summarise(ended)
        return ended

    async def _listen(self, options: ClaudeAgentOptions, *, opening: str | None) -> ResultMessage | None:
        async with ClaudeSDKClient(options) as client:
            if opening is not None:
                await client.query(opening)
            async for message in client.receive_response():
                self._heard = True
                await self._take(message)
                if isinstance(message, ResultMessage):
                    return message
        return None

    async def _take(self, message: Message) -> None:
        match message:
            case StreamEvent():
                await self._tell(self._meter.stream_event(message.event))
            case AssistantMessage():
                await self._take_words(message)
            case UserMessage():
                self._take_results(message)
            case MirrorErrorMessage():
                raise ClaudeSDKError(f"the session could not be saved: {message.error}")
            case _:
                _LOG.debug("agent %s: %s", self._spec.agent_run, type(message).__name__)

    async def _take_words(self, message: AssistantMessage) -> None:
        for block in message.content:
            if isinstance(block, TextBlock):
                self._log.text(block.text)
            elif isinstance(block, ThinkingBlock):
                self._log.thinking(block.thinking)
        if message.message_id and message.model != SYNTHETIC:
            usage = cast("Mapping[str, object]", message.usage or {})
            told = self._meter.whole_message(message_id=message.message_id, model=message.model, usage=usage)
            await self._tell(told)

    def _take_results(self, message: UserMessage) -> None:
        for block in message.content:
            if isinstance(block, ToolResultBlock):
                self._log.tool_answered(
                    tool_use_id=block.tool_use_id, result=block.content, failed=bool(block.is_error)
                )

    async def _tell(self, answered: ModelAnswered | None) -> None:
        if answered is not None:
            await self._callbacks.signal(answered)

    def _outcome(self, result: ResultMessage | None) -> AgentOutcome:
        cost = None if result is None else outcome.cost_usd(result)
        if self._gate.requests:
            return AgentWaiting(calls=self._gate.requests, reported_cost_usd=cost)
        if result is None:
            return outcome.crashed("it ended without a result", stderr=self._told(), mask=self._mask)
        if SESSION_GONE in outcome.told(result):
            raise SessionLostError(outcome.told(result))
        for grant in self._gate.unused:
            _LOG.warning("agent %s: the approved call %s was never made", self._spec.agent_run, grant.approval)
        return outcome.outcome(result, spec=self._spec, mask=self._mask)

    def _broken(self, error: Exception) -> AgentOutcome:
        said = f"{error} {self._told()}"
        if SESSION_GONE in said:
            raise SessionLostError(said) from error
        if self._gate.requests:
            return AgentWaiting(calls=self._gate.requests)
        if not self._heard:
            raise AgentUnavailableError(
                self._mask(f"The agent CLI ended before it was ready: {outcome.one_paragraph(said)}"),
                hint="Run `make setup` again; `claude.cli_path` names another CLI.",
            ) from error
        return outcome.crashed(str(error), stderr=self._told(), mask=self._mask)

    def _told(self) -> str:
        return "\n".join(self._stderr)

    def _summarise(self, ended: AgentOutcome) -> None:
        usage = self._meter.total
        self._log.summary({
            "outcome": ended.type,
            "message": ended.message if isinstance(ended, AgentFailed) else "",
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_read_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "reported_cost_usd": str(ended.reported_cost_usd) if ended.reported_cost_usd is not None else None,
        })  # fmt: skip
