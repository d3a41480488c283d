"""Sessions in our own database pass the suite that claude-agent-sdk ships for stores, and carry a real run."""

from uuid import uuid4

import pytest
from claude_agent_sdk.testing import run_session_store_conformance

from adapters.claude import ClaudeAgentRunner
from adapters.claude.sessions import Entry, StoredSessions, TranscriptTable
from core.agents.runner import AgentCompleted, AgentWaiting, SessionCopy
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

    async def project_keys(self, session_id: str) -> list[str]:
        return await self._table.project_keys(session_id)

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


@pytest.mark.agent_cli
async def test_a_session_in_the_database_is_copied_into_another_worktree(store: Store, desk: Desk) -> None:
    await desk.asks(obedient([[leaves("one")]]))
    runner = ClaudeAgentRunner(settings=desk.settings(), sessions=store.transcripts, mask=str)
    source = desk.spec(prompt="The word is KIWI.")
    await runner.run(source, on_signal=Ears())
    elsewhere = desk.folder / "elsewhere"
    elsewhere.mkdir()

    copy = a_spec(elsewhere, copy_of=SessionCopy(session=source.session))
    assert isinstance(await runner.run(copy, on_signal=Ears()), AgentCompleted)

    assert desk.model is not None
    assert "KIWI" in str(desk.model.conversations[-1].body)
    assert len(await store.transcripts.project_keys(source.session)) == 1
    assert len(await store.transcripts.project_keys(copy.session)) == 1
    await runner.forget(copy.session, worktree=elsewhere)
    assert await store.transcripts.project_keys(copy.session) == []


@pytest.mark.agent_cli
async def test_a_copy_of_a_session_that_is_gone_begins_anew(store: Store, desk: Desk) -> None:
    await desk.asks(obedient([[leaves("one")]]))
    runner = ClaudeAgentRunner(settings=desk.settings(), sessions=store.transcripts, mask=str)

    spec = desk.spec(copy_of=SessionCopy(session=str(uuid4())))

    assert isinstance(await runner.run(spec, on_signal=Ears()), AgentCompleted)
    assert desk.ran() == ["one"]
