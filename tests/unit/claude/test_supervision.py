"""Whatever ends an agent's run, what its process said last is stored before the run is over."""

import asyncio
from pathlib import Path

import pytest

from adapters.claude import supervision
from adapters.claude.resources import ResourceWatch
from adapters.claude.supervision import Supervision
from core.agents.runner import AgentCompleted, AgentOutcome, ResourcesMeasured
from core.domain.role import RoleLimits
from tests.support.agents import RESULT, a_role, a_spec

BRIEF_S = 0.01
"""What processes get to end here."""
LONG_S = 20 * BRIEF_S


async def nobody(_measured: ResourcesMeasured) -> None:
    """Hears what was measured."""


@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "out of time"])
async def test_a_slow_store_loses_nothing_of_what_was_said_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, cancelled: bool
) -> None:
    monkeypatch.setattr(supervision, "END_WITHIN_S", BRIEF_S)
    monkeypatch.setattr(supervision, "KILL_WITHIN_S", BRIEF_S)
    said, gone, stored = asyncio.Event(), asyncio.Event(), asyncio.Event()
    kept: list[str] = []

    async def talk() -> AgentOutcome:
        said.set()
        await gone.wait()
        asyncio.get_running_loop().call_later(LONG_S, stored.set)
        await stored.wait()
        kept.append("the last words")
        return AgentCompleted(result=RESULT)

    watch = ResourceWatch(tmp_path / "pid", limit_bytes=None, tell=nobody, measure_every_s=60, tell_every_s=60)
    spec = a_spec(tmp_path, role=a_role(limits=RoleLimits(timeout_s=300 if cancelled else 0.01)))
    run = asyncio.create_task(Supervision(spec, end=gone.set, watch=watch, close_within_s=90).over(talk()))
    if cancelled:
        await said.wait()
        run.cancel()
    await asyncio.wait({run})

    assert run.cancelled() == cancelled
    assert kept == ["the last words"]
