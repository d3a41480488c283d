"""The runner in memory, beyond what the contract shows: plays, failures, sessions that move."""

from collections.abc import Mapping
from pathlib import Path

from core.agents.memory import MemoryAgentRunner, Remembered, Stage
from core.agents.runner import AgentCompleted, AgentFailed, AgentWaiting, ModelAnswered
from tests.support.agents import RESULT, Ears, a_spec, decided


async def test_a_play_may_fail_as_it_likes(tmp_path: Path) -> None:
    failure = AgentFailed(message="The API is overloaded.", transient=True)

    async def builder(stage: Stage) -> AgentFailed:
        return failure

    assert await MemoryAgentRunner({"builder": builder}).run(a_spec(tmp_path), on_signal=Ears()) == failure


async def test_plays_can_be_chosen_by_the_spec(tmp_path: Path) -> None:
    async def builder(stage: Stage) -> Mapping[str, object]:
        return {"summary": stage.spec.agent_run}

    outcome = await MemoryAgentRunner(lambda spec: builder).run(a_spec(tmp_path), on_signal=Ears())

    assert outcome == AgentCompleted(result={"summary": "T1.1"})


async def test_a_question_comes_back_with_its_answer(tmp_path: Path) -> None:
    async def builder(stage: Stage) -> Mapping[str, object]:
        return {"summary": (await stage.ask("Which?", choices=["A", "B"])).text}

    runner, spec = MemoryAgentRunner({"builder": builder}), a_spec(tmp_path)
    outcome = await runner.run(spec, on_signal=Ears())
    assert isinstance(outcome, AgentWaiting)
    assert [choice.label for choice in outcome.calls[0].questions[0].choices] == ["A", "B"]

    answered = decided(outcome.calls[0], approved=True, answers={"Which?": "B"})
    spec = a_spec(tmp_path, session=spec.session, decisions=(answered,))

    assert await runner.run(spec, on_signal=Ears()) == AgentCompleted(result={"summary": "Which?=B"})


async def test_a_session_can_be_continued_by_another_runner(tmp_path: Path) -> None:
    done: list[str] = []

    async def builder(stage: Stage) -> Mapping[str, object]:
        await stage.use("Bash", {"command": "one"})
        await stage.use("Bash", {"command": "risky"})
        return RESULT

    def tools(_tool: str, tool_input: Mapping[str, object], _worktree: Path) -> str:
        done.append(str(tool_input["command"]))
        return "done"

    sessions: dict[str, Remembered] = {}
    spec = a_spec(tmp_path)
    first = await MemoryAgentRunner({"builder": builder}, tools=tools, sessions=sessions).run(spec, on_signal=Ears())
    assert isinstance(first, AgentWaiting)
    spec = a_spec(tmp_path, session=spec.session, decisions=(decided(first.calls[0], approved=True),))
    ears = Ears()

    await MemoryAgentRunner({"builder": builder}, tools=tools, sessions=sessions).run(spec, on_signal=ears)

    assert done == ["one", "risky"]
    assert len({signal.message_id for signal in ears.heard if isinstance(signal, ModelAnswered)}) == 2


async def test_starts_are_remembered(tmp_path: Path) -> None:
    async def builder(stage: Stage) -> Mapping[str, object]:
        return RESULT

    runner, spec = MemoryAgentRunner({"builder": builder}), a_spec(tmp_path)

    await runner.run(spec, on_signal=Ears())

    assert runner.starts == [spec]
