"""Going on: after a decision the CLI would not wait for, from a broken transcript, after answers in one piece."""

from collections.abc import Callable

import pytest

from adapters.claude.sessions import Entry
from bot.demo.scripted import Conversation, Cut, Reply, Text, Thinking, ToolUse, Turn, finish, use
from core.agents.permissions import Effect, Verdict
from core.agents.runner import AgentCompleted, AgentFailed, AgentOutcome, AgentSpec, AgentWaiting, ModelAnswered
from tests.integration.claude.conftest import DIES_ONCE, Desk
from tests.support.agents import RESULT, Ears, a_spec, bash, decided, leaves, obedient

pytestmark = [pytest.mark.agent_cli, pytest.mark.slow]


def with_decisions(desk: Desk, outcome: AgentOutcome, *, approved: bool) -> AgentSpec:
    assert isinstance(outcome, AgentWaiting)
    decisions = tuple(decided(call, approved=approved, reason="No.") for call in outcome.calls)
    return a_spec(desk.worktree, session=desk.session, decisions=decisions)


class AsksAlways:
    """A policy under which a person decides everything."""

    def decide(self, **_: object) -> Verdict:
        return Verdict(effect=Effect.ASK)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(bash("ls # risky"), id="ls", marks=pytest.mark.long),
        pytest.param(("Read", {"file_path": "secret.txt", "offset": 1}), id="read"),
    ],
)
async def test_a_denied_call_does_not_run_though_the_cli_thinks_it_harmless(
    desk: Desk, call: tuple[str, dict[str, object]]
) -> None:
    desk.worktree.joinpath("secret.txt").write_text("the contents of the file")
    seen: list[str] = []

    def script(asked: Conversation) -> Turn:
        if not asked.results:
            return Reply(blocks=(ToolUse(name=call[0], input=call[1]),))
        seen.append(asked.results[0].text)
        return finish(RESULT)

    await desk.asks(script)
    outcome = await desk.run(desk.spec(policy=AsksAlways()))

    assert isinstance(await desk.run(with_decisions(desk, outcome, approved=False)), AgentCompleted)
    assert "denied" in seen[0]
    assert "secret.txt" not in seen[0]
    assert "the contents" not in seen[0]


async def test_calls_of_a_message_that_came_in_one_piece_wait_too(desk: Desk) -> None:
    inner = obedient([[leaves("first", risky=True), leaves("safe"), leaves("second", risky=True)], [leaves("after")]])
    await desk.asks(lambda asked: Cut() if asked.body.get("stream") else inner(asked))

    outcome = await desk.run(max_retries=1)
    assert isinstance(outcome, AgentWaiting)
    assert [call.detail.split()[1] for call in outcome.calls] == ["first", "second"]
    assert desk.ran() == ["safe"]

    ears = Ears()
    spec = with_decisions(desk, outcome, approved=True)
    assert isinstance(await desk.run(spec, ears=ears, max_retries=1), AgentCompleted)
    assert sorted(desk.ran()) == ["after", "first", "safe", "second"]
    assert len(ears.approvals_used) == 2


Breaker = Callable[[list[Entry]], list[Entry]]
BROKEN: dict[str, Breaker] = {
    "junk": lambda _rows: [{"type": "user", "uuid": "x", "garbage": 1}],
    "no message": lambda _rows: [{"type": "assistant", "uuid": "x", "message": 7}],
    "second half": lambda rows: rows[len(rows) // 2 :],
    "bookkeeping only": lambda rows: [row for row in rows if row["type"] == "queue-operation"],
}


@pytest.mark.parametrize(
    "breaker",
    [
        pytest.param(breaker, id=name, marks=() if name == "second half" else pytest.mark.long)
        for name, breaker in BROKEN.items()
    ],
)
async def test_a_session_that_cannot_be_continued_begins_anew(desk: Desk, breaker: Breaker) -> None:
    desk.may_die()
    await desk.asks(obedient([[DIES_ONCE], [leaves("two")]]))
    assert isinstance(await desk.run(), AgentFailed)
    key = next(iter(desk.sessions.rows))
    desk.sessions.rows[key] = breaker(desk.sessions.rows[key])

    assert isinstance(await desk.run(), AgentCompleted)
    assert desk.ran() == ["two"]


async def test_a_bookmark_of_an_earlier_process_does_not_hide_what_a_later_one_did(desk: Desk) -> None:
    await desk.asks(obedient([[leaves("first", risky=True)], [leaves("second", risky=True)]]))
    spec = with_decisions(desk, await desk.run(), approved=True)
    rows = next(iter(desk.sessions.rows.values()))
    leaf = next(str(row["uuid"]) for row in reversed(rows) if "uuid" in row)
    stale: Entry = {"type": "last-prompt", "lastPrompt": "x", "leafUuid": leaf, "sessionId": desk.session}
    outcome = await desk.run(spec)
    # As after a kill: the second process left no bookmark of its own.
    rows[:] = [row for row in rows if row["type"] != "last-prompt"]
    rows.insert(next(index for index, row in enumerate(rows) if row.get("uuid") == leaf) + 1, stale)

    assert desk.model is not None
    asked_before = len(desk.model.conversations)

    assert isinstance(await desk.run(with_decisions(desk, outcome, approved=True)), AgentCompleted)
    assert desk.ran() == ["first", "second"]
    # The waiting call itself was resumed: the agent did not have to make it again.
    assert len(desk.model.conversations) == asked_before + 1


async def test_an_agent_that_forgets_an_approved_call_is_reminded_before_it_ends(desk: Desk) -> None:
    def forgetful(asked: Conversation) -> Turn:
        if not asked.results:
            first, second = leaves("first", risky=True), leaves("second", risky=True)
            return Reply(blocks=tuple(ToolUse(name=tool, input=given) for tool, given in (first, second)))
        if "you have not made them" in asked.results[-1].text:
            return use(*leaves("second", risky=True))
        return finish(RESULT)

    await desk.asks(forgetful)
    outcome = await desk.run()

    assert isinstance(await desk.run(with_decisions(desk, outcome, approved=True)), AgentCompleted)
    assert sorted(desk.ran()) == ["first", "second"]


async def test_the_logs_of_a_run_hold_everything_and_no_secret(desk: Desk) -> None:
    desk.mask = lambda text: text.replace("hunter2", "•••")

    def script(asked: Conversation) -> Turn:
        if asked.results:
            return finish(RESULT)
        call = ToolUse(name="Bash", input={"command": "echo hunter2"})
        return Reply(blocks=(Thinking(thinking="I think of hunter2."), Text(text="I say hunter2."), call))

    await desk.asks(script)
    logs = desk.folder / "logs"
    await desk.run(desk.spec(log_folder=logs, prompt="Say hunter2."))

    written = {path.name: path.read_text() for path in logs.iterdir()}
    assert set(written) == {"prompt.txt", "text.txt", "tools.jsonl", "summary.jsonl"}
    assert "hunter2" not in "".join(written.values())
    assert "Say •••." in written["prompt.txt"]
    assert "[thinking]\nI think of •••." in written["text.txt"]
    assert '"outcome": "completed"' in written["summary.jsonl"]
    assert "echo •••" in written["tools.jsonl"]


@pytest.mark.money
async def test_the_clis_count_of_the_cost_is_that_of_one_process(desk: Desk) -> None:
    """What lets a ledger that sums usage be compared with it; prices of claude-sonnet-4-5 per million tokens."""
    await desk.asks(obedient([[leaves("one")], [leaves("danger", risky=True)], [leaves("two")]]))
    ears = Ears()
    outcome = await desk.run(ears=ears)
    again = Ears()
    completed = await desk.run(with_decisions(desk, outcome, approved=True), ears=again)

    for ended, heard in ((outcome, ears), (completed, again)):
        answered = [signal.usage for signal in heard.heard if isinstance(signal, ModelAnswered)]
        summed = sum(
            used.input_tokens * 3
            + used.output_tokens * 15
            + used.cache_read_tokens * 0.3
            + used.cache_write_tokens * 3.75
            for used in answered
        )
        assert ended.reported_cost_usd is not None
        assert float(ended.reported_cost_usd) == pytest.approx(summed / 1e6, rel=1e-6)
