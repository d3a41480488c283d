"""What every AgentRunner must do, shown on the one in memory and on the real agent CLI in front of a scripted model."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import psutil
import pytest

from adapters.claude import ClaudeAgentRunner, ClaudeSettings, MemoryTranscripts, transcript
from adapters.claude.launch import MARK, mark
from adapters.claude.sessions import MAIN
from bot.demo.scripted import ScriptedModel
from core.agents.memory import MemoryAgentRunner, Play, Remembered, Stage
from core.agents.runner import (
    AgentCompleted,
    AgentFailed,
    AgentRunner,
    AgentSignal,
    AgentSpec,
    AgentTool,
    AgentWaiting,
    ApprovalUsed,
    FailureKind,
    ModelAnswered,
    ResourcesMeasured,
    SessionCopy,
    ToolUsed,
)
from core.domain.errors import InvalidInputError
from core.domain.role import RoleLimits
from tests.support.agents import (
    RESULT,
    Box,
    Ears,
    Turns,
    a_role,
    a_spec,
    bash,
    decided,
    leaves,
    obedient,
    says,
    shell,
)
from tests.support.waiting import eventually, fair_s

CANCELLED_WITHIN_S = 2.0


class Workshop(Protocol):
    """One kind of runner, given agents that act a list of turns."""

    worktree: Path

    async def runner(self, turns: Turns) -> AgentRunner:
        """A runner whose agent acts `turns`; all runners of a workshop share their sessions."""
        ...

    def seen(self) -> str:
        """All the agent saw as results of its calls."""
        ...

    def knows(self) -> str:
        """All the agent that worked last had before its eyes: prompts, messages, results."""
        ...

    def finished(self, session: str) -> int:
        """How many finished calls are in the stored session: whoever is interrupted then goes on after them."""
        ...


@dataclass(kw_only=True)
class MemoryWorkshop:
    """Plays in memory."""

    worktree: Path
    sessions: dict[str, Remembered] = field(default_factory=dict[str, Remembered])
    texts: list[str] = field(default_factory=list[str])
    known: str = ""

    async def runner(self, turns: Turns) -> AgentRunner:
        return MemoryAgentRunner({"builder": self._play(turns)}, tools=shell, sessions=self.sessions)

    def seen(self) -> str:
        return "\n".join(self.texts)

    def knows(self) -> str:
        return self.known

    def finished(self, session: str) -> int:
        return len(self.sessions[session].replies)

    def _play(self, turns: Turns) -> Play:
        async def builder(stage: Stage) -> Mapping[str, object]:
            self.texts.clear()
            for turn in turns:
                self.texts += [reply.text for reply in await stage.use_together(turn)]
            self.known = "\n".join(stage.remembers)
            return RESULT

        return builder


@dataclass(kw_only=True)
class ClaudeWorkshop:
    """The real SDK, CLI and tools."""

    worktree: Path
    run_folder: Path
    stack: AsyncExitStack
    sessions: MemoryTranscripts = field(default_factory=MemoryTranscripts)
    models: list[ScriptedModel] = field(default_factory=list[ScriptedModel])

    async def runner(self, turns: Turns) -> AgentRunner:
        model = await self.stack.enter_async_context(ScriptedModel(obedient(turns)))
        self.models.append(model)
        settings = ClaudeSettings(
            api_url=model.url, api_key="sk-ant-test", run_folder=self.run_folder, sandbox="off", max_retries=0
        )
        return ClaudeAgentRunner(settings=settings, sessions=self.sessions, mask=str)

    def seen(self) -> str:
        conversations = [asked for model in self.models for asked in model.conversations]
        return "\n".join(result.text for asked in conversations for result in asked.results)

    def knows(self) -> str:
        return json.dumps(self.models[-1].conversations[-1].body["messages"])

    def finished(self, session: str) -> int:
        rows = [each for key, each in self.sessions.rows.items() if key[1:] == (session, MAIN)]
        return sum(call.result is not None for each in rows for call in transcript.read(each).calls)


KINDS = ["memory", pytest.param("claude", marks=pytest.mark.agent_cli)]


@pytest.fixture(params=KINDS)
async def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Workshop]:
    worktree = tmp_path / "worktree"
    worktree.mkdir()
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            yield MemoryWorkshop(worktree=worktree)
        else:
            yield ClaudeWorkshop(worktree=worktree, run_folder=tmp_path / "runs", stack=stack)


def ran(workshop: Workshop) -> list[str]:
    """What commands left behind, each time they ran."""
    path = workshop.worktree / "ran.txt"
    return path.read_text().split() if path.exists() else []


async def waiting(runner: AgentRunner, spec: AgentSpec) -> AgentWaiting:
    outcome = await runner.run(spec, on_signal=Ears())
    assert isinstance(outcome, AgentWaiting)
    return outcome


def with_decisions(spec: AgentSpec, outcome: AgentWaiting, *, approved: bool, **changes: Any) -> AgentSpec:
    decisions = tuple(decided(call, approved=approved, **changes) for call in outcome.calls)
    return replace(spec, decisions=(*spec.decisions, *decisions))


async def test_a_run_ends_with_its_typed_result(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("one")], [leaves("two")]])

    outcome = await runner.run(a_spec(workshop.worktree), on_signal=Ears())

    assert isinstance(outcome, AgentCompleted)
    assert outcome.result == RESULT
    assert ran(workshop) == ["one", "two"]


async def test_a_started_runner_passes_its_own_check(workshop: Workshop) -> None:
    await (await workshop.runner([])).check()


async def test_signals_tell_each_call_and_each_model_answer_once(workshop: Workshop) -> None:
    ears = Ears()

    await (await workshop.runner([[leaves("one")], [leaves("two")]])).run(a_spec(workshop.worktree), on_signal=ears)

    answers = [signal for signal in ears.heard if isinstance(signal, ModelAnswered)]
    assert len(answers) == 3
    assert len({answer.message_id for answer in answers}) == 3
    assert all(answer.usage.output_tokens > 1 and answer.model for answer in answers)
    assert sum(isinstance(signal, ToolUsed) and signal.tool == "Bash" for signal in ears.heard) == 2


async def test_a_risky_call_waits_and_runs_once_after_approval(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("safe")], [leaves("danger", risky=True)], [leaves("after")]])
    spec = a_spec(workshop.worktree)

    outcome = await waiting(runner, spec)

    assert ran(workshop) == ["safe"]
    assert [call.tool_input["command"] for call in outcome.calls] == ["echo danger >> ran.txt # risky"]
    assert outcome.calls[0].reason == "It is risky."
    assert "echo danger" in outcome.calls[0].title

    used_before_it_ran: list[bool] = []

    def note(signal: AgentSignal) -> None:
        if isinstance(signal, ApprovalUsed):
            used_before_it_ran.append("danger" not in ran(workshop))

    ears = Ears(react=note)
    approved = with_decisions(spec, outcome, approved=True)
    assert isinstance(await runner.run(approved, on_signal=ears), AgentCompleted)
    assert ran(workshop) == ["safe", "danger", "after"]
    assert ears.approvals_used == [approved.decisions[0].approval]
    assert used_before_it_ran == [True]


async def test_asking_again_before_a_decision_tells_the_same_calls(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("a", risky=True), leaves("b", risky=True)]])
    spec = a_spec(workshop.worktree)

    first = await waiting(runner, spec)

    assert (await waiting(runner, spec)).calls == first.calls
    assert ran(workshop) == []


async def test_the_reason_of_a_denial_reaches_the_agent(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("danger", risky=True)], [leaves("after")]])
    spec = a_spec(workshop.worktree)
    outcome = await waiting(runner, spec)

    denied = with_decisions(spec, outcome, approved=False, reason="Not on a Friday")

    assert isinstance(await runner.run(denied, on_signal=Ears()), AgentCompleted)
    assert ran(workshop) == ["after"]
    assert "Not on a Friday" in workshop.seen()


async def test_a_forbidden_call_is_refused_at_once_and_the_run_goes_on(workshop: Workshop) -> None:
    runner = await workshop.runner([[bash("echo forbidden >> ran.txt")], [leaves("after")]])

    assert isinstance(await runner.run(a_spec(workshop.worktree), on_signal=Ears()), AgentCompleted)

    assert ran(workshop) == ["after"]
    assert "The rules forbid it." in workshop.seen()


async def test_none_of_several_risky_calls_of_one_turn_is_lost(workshop: Workshop) -> None:
    turn = [leaves("first", risky=True), leaves("safe"), leaves("second", risky=True), leaves("third", risky=True)]
    runner = await workshop.runner([turn, [leaves("after")]])
    spec = a_spec(workshop.worktree)

    outcome = await waiting(runner, spec)

    commands = [str(call.tool_input["command"]).split()[1] for call in outcome.calls]
    assert commands == ["first", "second", "third"]
    assert ran(workshop) == ["safe"]

    decisions = (
        decided(outcome.calls[0], approved=True),
        decided(outcome.calls[1], approved=False, reason="Not the second"),
        decided(outcome.calls[2], approved=True),
    )
    ears = Ears()
    assert isinstance(await runner.run(replace(spec, decisions=decisions), on_signal=ears), AgentCompleted)
    assert sorted(ran(workshop)) == ["after", "first", "safe", "third"]
    assert sorted(ears.approvals_used) == sorted([decisions[0].approval, decisions[2].approval])


async def test_when_the_first_of_several_is_denied_the_others_still_run(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("first", risky=True), leaves("second", risky=True)]])
    spec = a_spec(workshop.worktree)
    outcome = await waiting(runner, spec)
    decisions = (decided(outcome.calls[0], approved=False), decided(outcome.calls[1], approved=True))

    completed = await runner.run(replace(spec, decisions=decisions), on_signal=Ears())

    assert isinstance(completed, AgentCompleted)
    assert ran(workshop) == ["second"]


async def test_a_run_can_wait_several_times(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("first", risky=True)], [leaves("second", risky=True)]])
    spec = a_spec(workshop.worktree)

    spec = with_decisions(spec, await waiting(runner, spec), approved=True)
    outcome = await waiting(runner, spec)
    spec = replace(spec, decisions=tuple(replace(decision, used=True) for decision in spec.decisions))
    spec = with_decisions(spec, outcome, approved=True)

    assert isinstance(await runner.run(spec, on_signal=Ears()), AgentCompleted)
    assert ran(workshop) == ["first", "second"]


def question(text: str, *choices: str) -> tuple[str, Mapping[str, object]]:
    options = [{"label": choice, "description": f"Take {choice}."} for choice in choices]
    asked = {"question": text, "header": "Choose", "multiSelect": False, "options": options}
    return ("AskUserQuestion", {"questions": [asked]})


async def test_a_question_waits_with_its_choices_and_the_answer_reaches_the_agent(workshop: Workshop) -> None:
    runner = await workshop.runner([[question("Which database?", "SQLite", "Postgres")], [leaves("after")]])
    spec = a_spec(workshop.worktree)

    outcome = await waiting(runner, spec)

    asked = outcome.calls[0].questions[0]
    assert asked.text == "Which database?"
    assert [choice.label for choice in asked.choices] == ["SQLite", "Postgres"]

    answered = with_decisions(spec, outcome, approved=True, answers={"Which database?": "DuckDB, if you can"})
    ears = Ears()
    assert isinstance(await runner.run(answered, on_signal=ears), AgentCompleted)
    assert "DuckDB, if you can" in workshop.seen()
    assert ears.approvals_used == [answered.decisions[0].approval]


async def test_a_question_nobody_answers_does_not_stop_the_agent(workshop: Workshop) -> None:
    runner = await workshop.runner([[question("Which database?", "SQLite", "Postgres")], [leaves("after")]])
    spec = a_spec(workshop.worktree)
    outcome = await waiting(runner, spec)

    declined = with_decisions(spec, outcome, approved=False, reason="You know better")

    assert isinstance(await runner.run(declined, on_signal=Ears()), AgentCompleted)
    assert "You know better" in workshop.seen()


async def test_cancelling_ends_the_run_and_its_processes(workshop: Workshop) -> None:
    started = workshop.worktree / "started"
    runner = await workshop.runner([[bash("touch started; sleep 300")]])
    spec = a_spec(workshop.worktree)
    work = asyncio.create_task(runner.run(spec, on_signal=Ears()))
    await eventually(started.exists, what="the start of the command")

    work.cancel()
    async with asyncio.timeout(fair_s(CANCELLED_WITHIN_S)):
        with pytest.raises(asyncio.CancelledError):
            await work

    await all_ended(spec)


async def all_ended(spec: AgentSpec) -> None:
    """Return once no process of this run is left: what was killed dies when it is its turn."""
    await eventually(lambda: not marked(spec), what="the end of the run's processes")


def marked(spec: AgentSpec) -> list[str]:
    """Processes that carry the mark of this run."""
    found: list[str] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark(spec) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


async def test_an_interrupted_run_goes_on_without_repeating_what_is_done(workshop: Workshop) -> None:
    started = workshop.worktree / "started"
    block = bash("test -e started || { touch started; sleep 300; }")
    runner = await workshop.runner([[leaves("one")], [block], [leaves("two")]])
    spec = a_spec(workshop.worktree)
    work = asyncio.create_task(runner.run(spec, on_signal=Ears()))
    await eventually(started.exists, what="the start of the command")
    # the agent program hands over what it has done only a moment after it has asked the model again
    await eventually(lambda: workshop.finished(spec.session) == 1, what="the first call in the stored session")
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    outcome = await runner.run(spec, on_signal=Ears())

    assert isinstance(outcome, AgentCompleted)
    assert ran(workshop) == ["one", "two"]


async def test_a_completed_run_is_not_worked_on_again(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("one")]])
    spec = a_spec(workshop.worktree)
    first = await runner.run(spec, on_signal=Ears())
    ears = Ears()

    again = await runner.run(spec, on_signal=ears)

    assert isinstance(first, AgentCompleted)
    assert isinstance(again, AgentCompleted)
    assert again.result == first.result
    assert ears.heard == []
    assert ran(workshop) == ["one"]


async def test_an_approval_that_was_used_before_a_crash_never_runs_the_call_again(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("danger", risky=True)], [leaves("after")]])
    spec = a_spec(workshop.worktree)
    outcome = await waiting(runner, spec)

    used = with_decisions(spec, outcome, approved=True, used=True)
    ears = Ears()

    assert isinstance(await runner.run(used, on_signal=ears), AgentCompleted)
    assert ran(workshop) == ["after"]
    assert ears.approvals_used == []
    assert "check its effect" in workshop.seen()


class DiskFullError(Exception):
    """Stands for anything a receiver of signals may raise."""


async def test_what_the_receiver_of_signals_raises_ends_the_run_and_comes_out(workshop: Workshop) -> None:
    def full(signal: AgentSignal) -> None:
        if isinstance(signal, ToolUsed):
            raise DiskFullError

    runner = await workshop.runner([[leaves("one")]])
    spec = a_spec(workshop.worktree)

    with pytest.raises(DiskFullError):
        await runner.run(spec, on_signal=Ears(react=full))

    assert ran(workshop) == []
    await all_ended(spec)


async def test_the_time_limit_of_the_role_ends_a_run_with_what_to_do(workshop: Workshop) -> None:
    runner = await workshop.runner([[bash("sleep 300")]])
    spec = a_spec(workshop.worktree, role=a_role(limits=RoleLimits(timeout_s=1.5)))

    outcome = await runner.run(spec, on_signal=Ears())

    assert isinstance(outcome, AgentFailed)
    assert not outcome.transient
    assert outcome.kind is FailureKind.OUT_OF_TIME
    assert "timeout_s" in outcome.message
    await all_ended(spec)


HANGS = bash("touch started; while [ ! -e go ]; do sleep 0.02; done")


async def test_what_is_said_while_a_call_runs_is_heard_in_the_next_turn_and_once(workshop: Workshop) -> None:
    runner = await workshop.runner([[HANGS], [leaves("after")]])
    box, ears = Box(), Ears()
    work = asyncio.create_task(runner.run(a_spec(workshop.worktree), on_signal=ears, inbox=box))
    await eventually(workshop.worktree.joinpath("started").exists, what="the start of the command")

    box.put(says("Also update the changelog."))
    workshop.worktree.joinpath("go").touch()

    assert isinstance(await work, AgentCompleted)
    assert ears.messages == ["M1"]
    assert workshop.knows().count("Also update the changelog.") == 1
    assert ran(workshop) == ["after"]


async def test_what_was_heard_before_an_interruption_is_not_said_again_but_told_as_heard(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("one")], [leaves("danger", risky=True)], [leaves("two")]])
    spec, message = a_spec(workshop.worktree), says("Mind the gap.")
    outcome = await runner.run(spec, on_signal=(first := Ears()), inbox=Box(message))
    assert isinstance(outcome, AgentWaiting)
    assert first.messages == ["M1"]

    again = Ears()
    approved = with_decisions(spec, outcome, approved=True)
    assert isinstance(await runner.run(approved, on_signal=again, inbox=Box(message)), AgentCompleted)

    assert again.messages == ["M1"]
    assert workshop.knows().count("Mind the gap.") == 1


async def test_what_comes_when_a_call_waits_for_a_person_is_heard_after_the_decision(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("danger", risky=True)], [leaves("after")]])
    spec, message = a_spec(workshop.worktree), says("Mind the gap.")
    outcome = await runner.run(spec, on_signal=(first := Ears()), inbox=Box(message))
    assert isinstance(outcome, AgentWaiting)
    assert first.messages == []

    later = Ears()
    approved = with_decisions(spec, outcome, approved=True)
    assert isinstance(await runner.run(approved, on_signal=later, inbox=Box(message)), AgentCompleted)

    assert later.messages == ["M1"]
    assert workshop.knows().count("Mind the gap.") == 1
    assert ran(workshop) == ["danger", "after"]


class BrokenBox:
    """An inbox that cannot be read."""

    async def next(self) -> Any:
        raise DiskFullError


async def test_an_inbox_that_cannot_be_read_ends_the_run(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("one")]])

    with pytest.raises(DiskFullError):
        await runner.run(a_spec(workshop.worktree), on_signal=Ears(), inbox=BrokenBox())


def note(name: str, handler: Callable[[Mapping[str, object]], Awaitable[str]]) -> AgentTool:
    schema = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    return AgentTool(name=name, description="Notes something.", input_schema=schema, handler=handler)


async def test_a_tool_of_ours_is_carried_out_here_and_nobody_is_asked(workshop: Workshop) -> None:
    noted: list[object] = []

    async def keep(given: Mapping[str, object]) -> str:
        noted.append(given["text"])
        return f"Noted as number {len(noted)}."

    runner = await workshop.runner([[("mcp__orchestrator__note", {"text": "a risky thing"})], [leaves("after")]])

    outcome = await runner.run(a_spec(workshop.worktree, tools=(note("note", keep),)), on_signal=Ears())

    assert isinstance(outcome, AgentCompleted)
    assert noted == ["a risky thing"]
    assert "Noted as number 1." in workshop.seen()


async def test_what_a_tool_of_ours_refuses_is_told_to_the_agent_and_the_run_goes_on(workshop: Workshop) -> None:
    async def refuse(_given: Mapping[str, object]) -> str:
        raise InvalidInputError("There is no role painter.", hint="Roles: builder.")

    runner = await workshop.runner([[("mcp__orchestrator__note", {"text": "x"})], [leaves("after")]])

    outcome = await runner.run(a_spec(workshop.worktree, tools=(note("note", refuse),)), on_signal=Ears())

    assert isinstance(outcome, AgentCompleted)
    assert "There is no role painter. Roles: builder." in workshop.seen()
    assert ran(workshop) == ["after"]


async def test_what_breaks_a_tool_of_ours_ends_the_run_and_comes_out(workshop: Workshop) -> None:
    async def break_down(_given: Mapping[str, object]) -> str:
        raise DiskFullError

    runner = await workshop.runner([[("mcp__orchestrator__note", {"text": "x"})], [leaves("after")]])
    spec = a_spec(workshop.worktree, tools=(note("note", break_down),))

    with pytest.raises(DiskFullError):
        await runner.run(spec, on_signal=Ears())

    assert ran(workshop) == []
    await all_ended(spec)


async def test_a_tool_of_a_server_nobody_listed_is_refused(workshop: Workshop) -> None:
    runner = await workshop.runner([[("mcp__orchestrator__other", {"text": "x"})], [leaves("after")]])

    async def never(_given: Mapping[str, object]) -> str:
        raise AssertionError

    outcome = await runner.run(a_spec(workshop.worktree, tools=(note("note", never),)), on_signal=Ears())

    assert isinstance(outcome, AgentCompleted)
    assert ran(workshop) == ["after"]


async def test_a_copy_knows_what_was_said_before_the_cut_and_nothing_after(workshop: Workshop, tmp_path: Path) -> None:
    ears = Ears()
    said = [[bash("echo first-$((40 + 2))")], [bash("echo second-$((40 + 3))")]]
    source = a_spec(workshop.worktree, prompt="The word is KIWI.")
    await (await workshop.runner(said)).run(source, on_signal=ears)
    cut = next(signal.message_id for signal in ears.heard if isinstance(signal, ModelAnswered))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    async def copy(until: str) -> str:
        spec = a_spec(elsewhere, prompt="Go another way.", copy_of=SessionCopy(session=source.session, until=until))
        outcome = await (await workshop.runner([[leaves("other")]])).run(spec, on_signal=Ears())
        assert isinstance(outcome, AgentCompleted)
        return workshop.knows()

    half = await copy(cut)
    assert "The word is KIWI." in half
    assert "Go another way." in half
    assert "first-42" in half
    assert "second-43" not in half
    assert "second-43" in await copy("")
    assert elsewhere.joinpath("ran.txt").read_text().split() == ["other", "other"]

    again = await (await workshop.runner(said)).run(source, on_signal=(quiet := Ears()))
    assert isinstance(again, AgentCompleted)
    assert quiet.heard == []


async def test_the_copy_of_a_session_that_waits_waits_for_nothing(workshop: Workshop) -> None:
    runner = await workshop.runner([[leaves("one"), leaves("danger", risky=True), leaves("two", risky=True)]])
    source = a_spec(workshop.worktree)
    await waiting(runner, source)

    copy = a_spec(workshop.worktree, prompt="Go on.", copy_of=SessionCopy(session=source.session))
    completed = await (await workshop.runner([[leaves("other")]])).run(copy, on_signal=Ears())

    assert isinstance(completed, AgentCompleted)
    assert ran(workshop) == ["one", "other"]
    assert len((await waiting(runner, source)).calls) == 2


async def test_a_forgotten_session_begins_anew(workshop: Workshop) -> None:
    runner, spec = await workshop.runner([[leaves("one")]]), a_spec(workshop.worktree)
    await runner.run(spec, on_signal=Ears())

    await runner.forget(spec.session, worktree=spec.worktree)
    await runner.forget(spec.session, worktree=spec.worktree)

    assert isinstance(await runner.run(spec, on_signal=Ears()), AgentCompleted)
    assert ran(workshop) == ["one", "one"]


async def test_what_the_processes_used_is_told_at_the_end(workshop: Workshop) -> None:
    runner, ears = await workshop.runner([[bash("sleep 0.3; echo done")]]), Ears()

    await runner.run(a_spec(workshop.worktree), on_signal=ears)

    last = ears.heard[-1]
    assert isinstance(last, ResourcesMeasured)
    assert last.peak_memory_bytes > 2**16
    assert last.cpu_s > 0
