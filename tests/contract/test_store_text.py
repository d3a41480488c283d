"""Whatever text agents and people send, both databases give it back as it was."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.domain.event import AgentActed, CommitCreated, NoticeRaised
from core.domain.identity import agent_run_id, task_id
from core.store import Store
from tests.support.values import BUILD, a_step, a_task, an_approval

# every code point, with the ones that databases refuse made frequent
AWKWARD = st.sampled_from(["\x00", "\x1a", "\ud800", "\udfff", "\\u0000", "0000", "'", '"', "%", "a"])
ANY_TEXT = st.lists(AWKWARD | st.characters(exclude_categories=[]), max_size=8).map("".join)
UNPAIRED = ANY_TEXT.map(lambda each: each.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))
"""In JSON a pair of surrogates means the one character they encode; see core.store.codec."""
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False) | UNPAIRED,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(UNPAIRED, inner, max_size=3),
    max_leaves=8,
)
LAX = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(words=ANY_TEXT, inputs=st.dictionaries(UNPAIRED, PLAIN, max_size=3))
@LAX
async def test_any_text_survives_in_columns_and_in_json(store: Store, words: str, inputs: dict[str, Any]) -> None:
    task = a_task(request=words, title=words, failure=words)
    step = a_step(result=inputs, summary=words)
    approval = an_approval(key=words, title=words, detail=words, tool_input=inputs, answers=dict.fromkeys(inputs, "ok"))
    async with store.transaction() as unit:
        for table in ("approvals", "steps", "tasks"):
            await unit.connection.execute(text(f"DELETE FROM {table}"))
        await unit.tasks.add(task)
        await unit.steps.add_all([step])
        await unit.approvals.add(approval)
        assert await unit.tasks.get(task.id) == task
        assert await unit.steps.of(task.id) == [step]
        assert await unit.approvals.find_key(words) == approval


@given(words=UNPAIRED, files=st.lists(UNPAIRED, max_size=3))
@LAX
async def test_any_text_survives_in_events_and_transcripts(store: Store, words: str, files: list[str]) -> None:
    events = [
        NoticeRaised(text=words),
        AgentActed(agent_run=agent_run_id(task_id(1), 1), step=BUILD, activity=words),
        CommitCreated(step=BUILD, round=1, commit="abc", files=tuple(files)),
    ]
    seen = await store.journal.last_seq()
    async with store.transaction() as unit:
        for event in events:
            await unit.events.append(task_id(1), event)
    assert [entry.event for entry in await store.journal.read(after=seen)] == events

    await store.transcripts.delete("p", "s")
    await store.transcripts.append("p", "s", "", [{"text": words, "files": files}])
    assert await store.transcripts.load("p", "s", "") == [{"text": words, "files": files}]


@pytest.mark.parametrize("megabytes", [1])
async def test_a_megabyte_of_text_is_stored_whole(store: Store, megabytes: int) -> None:
    huge = "żółw\x00" * (megabytes * 1024 * 1024 // 8)
    async with store.transaction() as unit:
        await unit.tasks.add(a_task(request=huge))
    async with store.reading() as unit:
        assert (await unit.tasks.get(task_id(1))).request == huge
