"""Sessions in a table pass the suite that claude-agent-sdk ships for stores."""

from claude_agent_sdk.testing import run_session_store_conformance

from adapters.claude.sessions import MemoryTranscripts, StoredSessions


async def test_sessions_in_memory_conform() -> None:
    await run_session_store_conformance(lambda: StoredSessions(MemoryTranscripts()))


async def test_an_entry_that_comes_twice_is_kept_once() -> None:
    table = MemoryTranscripts()

    for _ in range(2):
        await table.append("p", "s", "", [{"uuid": "1", "type": "user"}, {"type": "no uuid"}])

    assert await table.load("p", "s", "") == [{"uuid": "1", "type": "user"}, {"type": "no uuid"}, {"type": "no uuid"}]
