"""The AgentRunner on claude-agent-sdk: sessions in the database, a private home and environment for each process."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime

from claude_agent_sdk import project_key_for_directory

from adapters.claude import briefing, outcome, transcript
from adapters.claude.callbacks import Callbacks
from adapters.claude.cli import check_cli, find_cli
from adapters.claude.gate import Gate
from adapters.claude.launch import Launch, mark
from adapters.claude.leftovers import end_leftovers
from adapters.claude.options import cli_options
from adapters.claude.process import AgentProcess, SessionLostError
from adapters.claude.requests import requested_call
from adapters.claude.sandbox import cli_sandbox
from adapters.claude.sessions import MAIN, StoredSessions, TranscriptTable
from adapters.claude.settings import ClaudeSettings
from adapters.claude.transcript import Transcript
from core.agents.logs import AgentLog
from core.agents.runner import AgentCompleted, AgentInbox, AgentOutcome, AgentSpec, AgentWaiting, OnSignal
from core.domain.errors import AgentUnavailableError
from core.workspaces.sandbox import Sandbox

END_WITHIN_S = 1.0
"""How long the launcher gets to end everything before we look for ourselves; it needs some 0.05 s."""
KILL_WITHIN_S = 0.4

_LOG = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class ClaudeAgentRunner:
    """Runs each agent as one process of the agent CLI under our launcher.

    `mask` takes secrets out of a text; it is applied to all that leaves for people or log files. `now` is the clock of
    the log files, in UTC.
    """

    def __init__(
        self,
        *,
        settings: ClaudeSettings,
        sessions: TranscriptTable,
        mask: Callable[[str], str],
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._settings = settings
        self._table = sessions
        self._mask = mask
        self._now = now
        self._sandbox = Sandbox(settings.sandbox)

    async def check(self) -> None:
        """Raise AgentUnavailableError, with what to do, when no agent could be started at all."""
        self._check_key()
        await check_cli(await asyncio.to_thread(find_cli, self._settings))
        await cli_sandbox(self._sandbox)

    async def run(self, spec: AgentSpec, *, on_signal: OnSignal, inbox: AgentInbox | None = None) -> AgentOutcome:
        """Work until the run completes, waits or fails; cancelling ends every process of it first.

        Raises AgentUnavailableError when the CLI cannot be started, and whatever `on_signal` raises.
        """
        self._check_key()
        # A process of the same run can only be left if a launcher was killed: two must never work in one worktree.
        await asyncio.to_thread(end_leftovers, mark(spec))
        known = await self._transcript(spec)
        settled = self._settled(spec, known)
        if settled is not None:
            return settled
        try:
            return await self._start(spec, known, on_signal=on_signal)
        except SessionLostError as error:
            _LOG.warning("agent %s: its session cannot be continued and begins anew: %s", spec.agent_run, error)
            await self._table.delete(project_key_for_directory(spec.worktree), spec.session)
            return await self._start(spec, Transcript(), on_signal=on_signal)

    def _check_key(self) -> None:
        if not self._settings.api_key:
            raise AgentUnavailableError(
                "No agent can be started: there is no API key.",
                hint="Set ANTHROPIC_API_KEY, or try it without a key: `orchestrator demo`.",
            )

    async def _transcript(self, spec: AgentSpec) -> Transcript:
        return transcript.read(await self._table.load(project_key_for_directory(spec.worktree), spec.session, MAIN))

    def _settled(self, spec: AgentSpec, known: Transcript) -> AgentOutcome | None:
        """What needs no process: a result that was handed in before a crash, or calls nobody has decided yet."""
        if known.result is not None:
            return AgentCompleted(result=known.result)
        decided = {decision.tool_use_id for decision in spec.decisions}
        undecided = [call for call in known.waiting if call.id not in decided]
        if not undecided:
            return None
        return AgentWaiting(
            calls=tuple(
                requested_call(
                    call.id,
                    call.tool,
                    call.tool_input,
                    verdict=spec.policy.decide(tool=call.tool, tool_input=call.tool_input, worktree=spec.worktree),
                    worktree=spec.worktree,
                    mask=self._mask,
                )
                for call in undecided
            )
        )

    async def _start(self, spec: AgentSpec, known: Transcript, *, on_signal: OnSignal) -> AgentOutcome:
        cli = await asyncio.to_thread(find_cli, self._settings)
        sandbox = await cli_sandbox(self._sandbox)
        log = AgentLog(spec.log_folder, mask=self._mask, now=self._now)
        gate = Gate(spec, mask=self._mask)
        async with Launch(spec, settings=self._settings, cli=cli) as launch:
            callbacks = Callbacks(
                spec,
                gate=gate,
                transcript=known,
                log=log,
                mask=self._mask,
                on_signal=on_signal,
                stop=launch.let_go,
            )
            process = AgentProcess(spec, gate=gate, callbacks=callbacks, log=log, mask=self._mask)
            options = cli_options(
                spec,
                paths=launch.paths,
                sessions=StoredSessions(self._table),
                resume=known.begun,
                hooks=callbacks.hooks(),
                can_use_tool=callbacks.can_use_tool,
                sandbox=sandbox,
                stderr=process.note_stderr,
            )
            opening = None
            if known.deferred is None:
                opening = briefing.opening(spec, known)
                await callbacks.tell_answers()
                log.prompt(opening, system=spec.system_prompt)
            return await self._within_time(spec, process.talk(options, opening=opening), launch=launch)

    async def _within_time(
        self, spec: AgentSpec, talk: Coroutine[object, object, AgentOutcome], *, launch: Launch
    ) -> AgentOutcome:
        """Await `talk`, but not beyond the role's time; whatever ends the wait, the processes end before it returns."""
        work = asyncio.create_task(talk, name=f"agent {spec.agent_run}")
        try:
            done, _ = await asyncio.wait({work}, timeout=spec.role.limits.timeout_s)
            if done:
                return work.result()
        finally:
            if not work.done():
                launch.let_go()
                await _settled(work, within_s=END_WITHIN_S)
                leftovers = asyncio.to_thread(end_leftovers, mark(spec), within_s=KILL_WITHIN_S)
                await _settled(asyncio.create_task(leftovers), within_s=KILL_WITHIN_S)
                work.cancel()
                await _settled(work, within_s=KILL_WITHIN_S)
        return outcome.timed_out(spec)


async def _settled(work: asyncio.Task[object], *, within_s: float) -> None:
    """Wait for the end of `work` even when the waiting task is cancelled meanwhile; its outcome does not matter."""
    clock = asyncio.get_running_loop()
    deadline = clock.time() + within_s
    while not work.done() and (left := deadline - clock.time()) > 0:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({work}, timeout=left)
    if work.done() and not work.cancelled():
        # Marks an exception as seen: the caller has its own reason to end.
        work.exception()
