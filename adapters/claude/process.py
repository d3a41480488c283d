"""One CLI process from start to end: what it says becomes signals, logs and one outcome."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import cast

from claude_agent_sdk import (
    AssistantMessage,
    ClaudeAgentOptions,
    ClaudeSDKClient,
    ClaudeSDKError,
    Message,
    MirrorErrorMessage,
    RateLimitEvent,
    ResultMessage,
    StreamEvent,
    SystemMessage,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    UserMessage,
)

from adapters.claude import outcome, provider
from adapters.claude.callbacks import Callbacks
from adapters.claude.gate import Gate
from adapters.claude.messages import Delivery
from adapters.claude.provider import Patience, Retry
from adapters.claude.tool_servers import down_servers
from adapters.claude.usage import UsageMeter
from core.agents.logs import AgentLog
from core.agents.runner import AgentFailed, AgentOutcome, AgentSpec, AgentWaiting, ModelAnswered, ProviderLimited
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
        delivery: Delivery,
        patience: Patience,
        now: Callable[[], datetime],
        on_ready: Callable[[], None],
    ) -> None:
        self._spec = spec
        self._gate = gate
        self._callbacks = callbacks
        self._log = log
        self._mask = mask
        self._delivery = delivery
        self._patience = patience
        self._now = now
        self._on_ready = on_ready
        self._given_up: Retry | None = None
        self._meter = UsageMeter()
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._heard = False

    def note_stderr(self, line: str) -> None:
        """Keep the last lines for the message of a crash."""
        self._stderr.append(line)

    async def talk(self, options: ClaudeAgentOptions, *, opening: str | None) -> AgentOutcome:
        """The same as `_talk`, while messages are collected for the agent."""
        collecting = asyncio.create_task(self._delivery.collect(), name=f"inbox of {self._spec.agent_run}")
        collecting.add_done_callback(self._collected)
        try:
            return await self._talk(options, opening=opening)
        finally:
            collecting.cancel()
            await asyncio.wait({collecting})

    def _collected(self, collecting: asyncio.Task[None]) -> None:
        error = None if collecting.cancelled() else collecting.exception()
        if error is not None:
            self._callbacks.fail(error)

    async def _talk(self, options: ClaudeAgentOptions, *, opening: str | None) -> AgentOutcome:
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
            if self._callbacks.error is not None:
                raise self._callbacks.error
            ended = result if isinstance(result, AgentFailed) else self._outcome(result)
        await self._tell(self._meter.rest())
        await self._callbacks.tell_heard()
        self._summarise(ended)
        return ended

    async def _listen(self, options: ClaudeAgentOptions, *, opening: str | None) -> ResultMessage | AgentFailed | None:
        async with ClaudeSDKClient(options) as client:
            self._callbacks.connected(client.query)
            if opening is not None:
                down = await down_servers(client, self._spec.mcp_servers)
                if down:
                    return outcome.servers_down(down, servers=self._spec.mcp_servers, mask=self._mask)
                await client.query(opening)
            async for message in client.receive_response():
                if not self._heard:
                    self._heard = True
                    self._on_ready()
                await self._take(message)
                if isinstance(message, ResultMessage):
                    if self._delivery.in_flight:
                        # Said, but too late: the CLI would begin another turn with it while it is told to end.
                        self._callbacks.halt()
                    return message
        return None

    async def _take(self, message: Message) -> None:
        await self._callbacks.tell_heard()
        match message:
            case StreamEvent():
                await self._take_event(message)
            case AssistantMessage():
                await self._take_words(message)
            case UserMessage():
                self._take_results(message)
                await self._callbacks.alive()
            case MirrorErrorMessage():
                raise ClaudeSDKError(f"the session could not be saved: {message.error}")
            case RateLimitEvent():
                await self._take_limit(message)
            case SystemMessage(subtype=provider.RETRY):
                await self._take_retry(provider.retry(message.data))
            case _:
                _LOG.debug("agent %s: %s", self._spec.agent_run, type(message).__name__)

    async def _take_event(self, message: StreamEvent) -> None:
        self._patience.answered()
        await self._tell(self._meter.stream_event(message.event))
        self._callbacks.reading.event(message.event.get("type"))
        await self._callbacks.alive()

    async def _take_limit(self, message: RateLimitEvent) -> None:
        until = provider.full_until(message.rate_limit_info)
        if until is not None:
            detail = f"its limit {message.rate_limit_info.rate_limit_type or ''} is used up".replace("  ", " ")
            await self._callbacks.signal(ProviderLimited(model=self._spec.model, until=until, detail=detail))

    async def _take_retry(self, retry: Retry) -> None:
        """Tell when the provider has room again, and end the process when that is longer than it may wait."""
        if retry.asked_for_s is not None:
            until = self._now() + timedelta(seconds=retry.asked_for_s)
            detail = f"it answered {retry.status}"
            await self._callbacks.signal(ProviderLimited(model=self._spec.model, until=until, detail=detail))
        if self._patience.ends_with(retry):
            self._given_up = retry
            self._callbacks.halt()

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
            await self._callbacks.alive()
        self._callbacks.reading.message(message)

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
        if self._given_up is not None:
            return outcome.given_up(self._given_up, mask=self._mask)
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
        if self._given_up is not None:
            return outcome.given_up(self._given_up, mask=self._mask)
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
