"""Sessions in our own database pass the suite that claude-agent-sdk ships for stores, and carry a real run."""

from uuid import uuid4

import pytest
from claude_agent_sdk.testing import run_session_store_conformance

from adapters.claude import ClaudeAgentRunner
from adapters.claude.sessions import Entry, StoredSessions, TranscriptTable
from core.agents.runner import AgentCompleted, AgentWaiting
from core.store import Store
from tests.integration.claude.conftest import Desk
from tests.support.agents import Ears, a_spec, decided, leaves, obedient


class Apart:
    """The store's table under a fresh prefix: the suite wants an empty store for each of its contracts."""

    def __init__(self, table: TranscriptTable) -> None:
        self._table = table
        self._prefix = uuid4().hex

    async def append(self, project_key: str, session_id: str, subpath: str, entries: list[Entry]) -> None:
        await self._table.append(self._prefix + project_key, session_id, subpath, entries)

    async def load(self, project_key: str, session_id: str, subpath: str) -> list[Entry] | None:
        return await self._table.load(self._prefix + project_key, session_id, subpath)

    async def sessions(self, project_key: str) -> list[tuple[str, int]]:
        return await self._table.sessions(self._prefix + project_key)

    async def subpaths(self, project_key: str, session_id: str) -> list[str]:
        return await self._table.subpaths(self._prefix + project_key, session_id)

    async def delete(self, project_key: str, session_id: str, subpath: str | None = None) -> None:
        await self._table.delete(self._prefix + project_key, session_id, subpath)


async def test_the_database_keeps_sessions_as_the_sdk_wants_them(store: Store) -> None:
    await run_session_store_conformance(lambda: StoredSessions(Apart(store.transcripts)))


@pytest.mark.agent_cli
async def test_a_run_that_waited_goes_on_from_the_database(store: Store, desk: Desk) -> None:
    await desk.asks(obedient([[leaves("one")], [leaves("danger", risky=True)], [leaves("two")]]))
    spec = desk.spec()

    def fresh() -> ClaudeAgentRunner:
        return ClaudeAgentRunner(settings=desk.settings(), sessions=store.transcripts, mask=str)

    outcome = await fresh().run(spec, on_signal=Ears())
    assert isinstance(outcome, AgentWaiting)
    spec = a_spec(desk.worktree, session=spec.session, decisions=(decided(outcome.calls[0], approved=True),))

    assert isinstance(await fresh().run(spec, on_signal=Ears()), AgentCompleted)
    assert desk.ran() == ["one", "danger", "two"]
