"""The AgentRunner on claude-agent-sdk: sessions in the database, a private home and environment for each process."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from claude_agent_sdk import project_key_for_directory

from adapters.claude import briefing, transcript
from adapters.claude.callbacks import Callbacks
from adapters.claude.cli import check_cli, find_cli
from adapters.claude.copies import copied
from adapters.claude.gate import Gate
from adapters.claude.launch import Launch, mark
from adapters.claude.leftovers import end_leftovers, end_orphans
from adapters.claude.messages import Delivery
from adapters.claude.options import cli_options
from adapters.claude.process import AgentProcess, SessionLostError
from adapters.claude.provider import Patience
from adapters.claude.pulse import Pulse
from adapters.claude.requests import requested_call
from adapters.claude.resources import ResourceWatch
from adapters.claude.sandbox import cli_sandbox
from adapters.claude.sessions import MAIN, Entry, StoredSessions, TranscriptTable
from adapters.claude.settings import ClaudeSettings
from adapters.claude.supervision import Supervision, memory_limit
from adapters.claude.tool_servers import own_server
from adapters.claude.transcript import Transcript
from core.agents.logs import AgentLog
from core.agents.runner import AgentCompleted, AgentInbox, AgentOutcome, AgentSpec, AgentWaiting, OnSignal, SessionCopy
from core.agents.verdicts import verdict_on
from core.domain.errors import AgentUnavailableError
from core.workspaces.sandbox import Sandbox

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

        Raises AgentUnavailableError when the CLI cannot be started, ConfigurationError for tool servers that cannot be
        told apart, and whatever `on_signal` and `inbox` raise.
        """
        self._check_key()
        # A process of the same run can only be left if a launcher was killed: two must never work in one worktree.
        await asyncio.to_thread(end_leftovers, mark(spec))
        known = await self._transcript(spec)
        settled = self._settled(spec, known)
        if settled is not None:
            return settled
        delivery = Delivery(inbox)
        try:
            return await self._start(spec, known, on_signal=on_signal, delivery=delivery)
        except SessionLostError as error:
            _LOG.warning("agent %s: its session cannot be continued and begins anew: %s", spec.agent_run, error)
            await self.forget(spec.session, worktree=spec.worktree)
            return await self._start(spec, Transcript(), on_signal=on_signal, delivery=delivery)

    async def forget(self, session: str, *, worktree: Path) -> None:
        """Drop what is kept of a session that worked in `worktree`; one that is not known is fine."""
        await self._table.delete(project_key_for_directory(worktree), session)

    async def end_orphans(self) -> int:
        """End processes of agents whose orchestrator no longer lives, and return how many there were.

        Only those of this run folder, and none of a living process, be it this or another one: call it at start.
        """
        return await asyncio.to_thread(end_orphans, self._settings.run_folder)

    def _check_key(self) -> None:
        if not self._settings.api_key:
            raise AgentUnavailableError(
                "No agent can be started: there is no API key.",
                hint="Set ANTHROPIC_API_KEY, or try it without a key: `orchestrator demo`.",
            )

    async def _transcript(self, spec: AgentSpec) -> Transcript:
        key = project_key_for_directory(spec.worktree)
        entries = await self._table.load(key, spec.session, MAIN)
        if entries is None and spec.copy_of is not None:
            entries = await self._copy(spec, spec.copy_of)
            await self._table.append(key, spec.session, MAIN, entries)
        return transcript.read(entries)

    async def _copy(self, spec: AgentSpec, source: SessionCopy) -> list[Entry]:
        """The first entries of a session that is a copy; [] when there is nothing left to copy."""
        for key in await self._table.project_keys(source.session):
            entries = await self._table.load(key, source.session, MAIN) or []
            return copied(entries, session=spec.session, until=source.until, worktree=spec.worktree)
        _LOG.warning("agent %s: the session %s is gone; it begins anew", spec.agent_run, source.session)
        return []

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
                    verdict=verdict_on(spec, tool=call.tool, tool_input=call.tool_input),
                    worktree=spec.worktree,
                    mask=self._mask,
                )
                for call in undecided
            )
        )

    async def _start(
        self, spec: AgentSpec, known: Transcript, *, on_signal: OnSignal, delivery: Delivery
    ) -> AgentOutcome:
        cli = await asyncio.to_thread(find_cli, self._settings)
        sandbox = await cli_sandbox(self._sandbox)
        log = AgentLog(spec.log_folder, mask=self._mask, now=self._now)
        delivery.begin(known.told)
        async with Launch(spec, settings=self._settings, cli=cli) as launch:
            gate = Gate(spec, mask=self._mask)
            callbacks = Callbacks(
                spec,
                gate=gate,
                transcript=known,
                log=log,
                mask=self._mask,
                on_signal=on_signal,
                stop=launch.let_go,
                delivery=delivery,
                pulse=Pulse(every_s=self._settings.tell_every_s, clock=time.monotonic),
            )
            process = self._process(spec, gate=gate, callbacks=callbacks, log=log, delivery=delivery, launch=launch)
            options = cli_options(
                spec,
                paths=launch.paths,
                sessions=StoredSessions(self._table, on_stored=delivery.stored),
                resume=known.begun or known.copied,
                own_tools=own_server(spec.tools, fail=callbacks.fail),
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
            watch = self._watch(spec, callbacks=callbacks, launch=launch)
            return await Supervision(spec, end=launch.let_go, watch=watch).over(process.talk(options, opening=opening))

    def _process(
        self, spec: AgentSpec, *, gate: Gate, callbacks: Callbacks, log: AgentLog, delivery: Delivery, launch: Launch
    ) -> AgentProcess:
        settings = self._settings
        return AgentProcess(
            spec,
            gate=gate,
            callbacks=callbacks,
            log=log,
            mask=self._mask,
            delivery=delivery,
            patience=Patience(max_retries=settings.max_retries, within_s=settings.patience_s, clock=time.monotonic),
            now=self._now,
            on_ready=launch.drop_secrets,
        )

    def _watch(self, spec: AgentSpec, *, callbacks: Callbacks, launch: Launch) -> ResourceWatch:
        return ResourceWatch(
            launch.paths.pid,
            limit_bytes=memory_limit(spec),
            tell=callbacks.signal,
            measure_every_s=self._settings.measure_every_s,
            tell_every_s=self._settings.tell_every_s,
        )
