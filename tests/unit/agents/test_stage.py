"""What a play can show besides its calls: signs of life, limits of the provider, what it heard and remembers."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from core.agents.memory import MemoryAgentRunner, Stage
from core.agents.runner import AgentCompleted, Progressed, ProviderLimited, SessionCopy
from tests.support.agents import RESULT, Box, Ears, a_spec, says

UNTIL = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_a_play_shows_life_and_limits(tmp_path: Path) -> None:
    async def builder(stage: Stage) -> Mapping[str, object]:
        await stage.progress()
        await stage.limited(until=UNTIL, detail="five hours are used up")
        return RESULT

    ears = Ears()
    await MemoryAgentRunner({"builder": builder}).run(a_spec(tmp_path), on_signal=ears)

    limited = ProviderLimited(model="claude-sonnet-4-5", until=UNTIL, detail="five hours are used up")
    assert ears.heard[:2] == [Progressed(), limited]


async def test_a_play_sees_what_it_was_told_and_a_repeated_message_once(tmp_path: Path) -> None:
    async def builder(stage: Stage) -> Mapping[str, object]:
        await stage.use("Bash", {"command": "one"})
        await stage.use("Bash", {"command": "two"})
        return {"summary": " ".join(message.text for message in stage.heard)}

    box, ears = Box(says("Use tabs."), says("Use tabs.")), Ears()
    outcome = await MemoryAgentRunner({"builder": builder}, tools=_slowly).run(
        a_spec(tmp_path), on_signal=ears, inbox=box
    )

    assert outcome == AgentCompleted(result={"summary": "Use tabs."})
    assert ears.messages == ["M1", "M1"]


async def _slowly(_tool: str, _tool_input: Mapping[str, object], _worktree: Path) -> str:
    # The inbox is read meanwhile.
    for _ in range(3):
        await asyncio.sleep(0)
    return "done"


async def test_a_copy_of_a_session_nobody_knows_begins_with_its_prompt_alone(tmp_path: Path) -> None:
    seen: list[str] = []

    async def builder(stage: Stage) -> Mapping[str, object]:
        seen.extend(stage.remembers)
        return RESULT

    spec = a_spec(tmp_path, prompt="Begin.", copy_of=SessionCopy(session="gone", until="msg_1"))
    await MemoryAgentRunner({"builder": builder}).run(spec, on_signal=Ears())

    assert seen == ["Begin."]
