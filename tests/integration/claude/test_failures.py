"""Whatever goes wrong with the model, the network or the CLI becomes one clear outcome."""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.scripted import Conversation, Cut, Fault, Held, Reply, Script, Text, ToolUse, Turn, finish, say, use
from core.agents.runner import AgentCompleted, AgentFailed, FailureKind, ModelAnswered, ProviderLimited
from core.domain.errors import AgentUnavailableError
from core.domain.role import RoleLimits
from tests.integration.claude.conftest import DIES_ONCE, KEY, Desk
from tests.support.agents import RESULT, Ears, a_role, leaves, obedient

pytestmark = [pytest.mark.agent_cli, pytest.mark.slow]


def always(turn: Turn) -> Script:
    return lambda _asked: turn


LIMITED = "rate_limit_error"
INVALID = "invalid_request_error"
Kind = FailureKind
AGAIN = pytest.mark.long
"""Another of a kind that make test has already."""


@pytest.mark.parametrize(
    ("turn", "kind", "transient", "words"),
    [
        (Fault(status=429, kind=LIMITED, message="slow down"), Kind.RATE_LIMITED, True, "429"),
        (Fault(status=529, kind="overloaded_error", message="Overloaded"), Kind.OVERLOADED, True, "529"),
        pytest.param(Fault(status=500, message="oops"), Kind.OVERLOADED, True, "500", marks=AGAIN),
        pytest.param(Fault(status=503, message="away"), Kind.OVERLOADED, True, "503", marks=AGAIN),
        (
            Fault(status=401, kind="authentication_error", message="bad key"),
            Kind.NOT_ALLOWED,
            False,
            "ANTHROPIC_API_KEY",
        ),
        pytest.param(
            Fault(status=403, kind="permission_error", message="no"),
            Kind.NOT_ALLOWED,
            False,
            "ANTHROPIC_API_KEY",
            marks=AGAIN,
        ),
        (Fault(status=404, kind="not_found_error", message="model: x"), Kind.NOT_ALLOWED, False, "model's name"),
        (Fault(status=400, kind=INVALID, message="Your credit balance is too low"), Kind.NOT_ALLOWED, False, "account"),
        (Fault(status=400, kind=INVALID, message="bad thing"), Kind.OTHER, False, "400"),
        (
            Fault(status=400, kind=INVALID, message="prompt is too long: 210000 tokens > 200000 maximum"),
            Kind.CONTEXT_FULL,
            False,
            "Split the task",
        ),
        pytest.param(
            Fault(status=413, kind="request_too_large", message="too big"),
            Kind.CONTEXT_FULL,
            False,
            "Split the task",
            marks=AGAIN,
        ),
        (
            Reply(blocks=(Text(text="I am"),), stop_reason="model_context_window_exceeded"),
            Kind.CONTEXT_FULL,
            False,
            "Split",
        ),
        (Reply(blocks=(Text(text="I am"),), stop_reason="max_tokens"), Kind.NO_RESULT, False, "smaller pieces"),
        (Reply(blocks=(Text(text="I cannot."),), stop_reason="refusal"), Kind.REFUSED, False, "refused"),
        pytest.param(Cut(), Kind.NETWORK, True, "Messages API", marks=AGAIN),
        (Cut(blocks=(Text(text="Half an answ"),)), Kind.NETWORK, True, "Messages API"),
    ],
)
async def test_a_failing_api_is_told_with_what_to_do(
    desk: Desk, turn: Turn, kind: FailureKind, transient: bool, words: str
) -> None:
    await desk.asks(always(turn))

    outcome = await desk.run()

    assert isinstance(outcome, AgentFailed)
    assert (outcome.kind, outcome.transient) == (kind, transient), outcome.message
    assert words in outcome.message
    assert "\n" not in outcome.message
    assert outcome.retry_after_s is None


async def test_an_api_that_is_not_there_is_worth_another_try(desk: Desk) -> None:
    outcome = await desk.run(api_url="http://127.0.0.1:9")

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.NETWORK
    assert outcome.transient, outcome.message


@pytest.mark.parametrize(
    ("status", "kind", "means"),
    [(429, LIMITED, FailureKind.RATE_LIMITED), (529, "overloaded_error", FailureKind.OVERLOADED)],
)
async def test_a_provider_that_asks_for_a_pause_gets_it_without_a_process(
    desk: Desk, status: int, kind: str, means: FailureKind
) -> None:
    await desk.asks(always(Fault(status=status, kind=kind, headers={"retry-after": "90"})))
    ears, before = Ears(), datetime.now(UTC)

    async with asyncio.timeout(100):
        outcome = await desk.run(ears=ears, max_retries=6, patience_s=60.0)

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is means
    assert outcome.retry_after_s == pytest.approx(90, rel=0.3)
    assert "left alone for" in outcome.message
    limited = [signal for signal in ears.heard if isinstance(signal, ProviderLimited)]
    assert [signal.model for signal in limited] == ["claude-sonnet-4-5"]
    assert timedelta(seconds=85) < limited[0].until - before < timedelta(seconds=140)
    assert desk.model is not None
    assert len(desk.model.conversations) == 1
    assert desk.marked() == []


async def test_a_used_up_plan_is_told_with_the_time_it_is_filled_again(desk: Desk) -> None:
    at = int(time.time()) + 3600
    headers = {
        "anthropic-ratelimit-unified-status": "rejected",
        "anthropic-ratelimit-unified-reset": str(at),
        "anthropic-ratelimit-unified-representative-claim": "five_hour",
    }
    await desk.asks(always(Fault(status=429, kind=LIMITED, headers=headers)))
    ears = Ears()

    outcome = await desk.run(ears=ears)

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.RATE_LIMITED
    limited = [signal for signal in ears.heard if isinstance(signal, ProviderLimited)]
    assert limited[0].until.timestamp() == pytest.approx(at, abs=10)


STUB = """
import json, sys

def tell(**message):
    print(json.dumps({"uuid": "u", "session_id": "s", **message}), flush=True)

for line in sys.stdin:
    asked = json.loads(line)
    if asked["type"] == "control_request":
        able = {"hook_on_failure_supported": True}
        answer = {"subtype": "success", "request_id": asked["request_id"], "response": able}
        tell(type="control_response", response=answer)
    elif asked["type"] == "user":
        info = {"status": "rejected", "resetsAt": 4000000000, "rateLimitType": "seven_day"}
        tell(type="rate_limit_event", rate_limit_info={"status": "allowed_warning", "resetsAt": 3000000000})
        tell(type="rate_limit_event", rate_limit_info=info)
        tell(type="result", subtype="success", is_error=True, duration_ms=1, duration_api_ms=1, num_turns=1,
             api_error_status=429, result="API Error: Request rejected (429)")
"""


async def test_a_limit_the_cli_tells_of_by_itself_is_passed_on(desk: Desk) -> None:
    """Only accounts with a plan get such messages, so a stand-in for the CLI tells it."""
    cli = desk.folder / "cli"
    cli.write_text(f"#!{sys.executable}\n{STUB}")
    cli.chmod(0o755)
    ears = Ears()

    outcome = await desk.run(ears=ears, cli_path=cli)

    assert isinstance(outcome, AgentFailed)
    limited = [signal for signal in ears.heard if isinstance(signal, ProviderLimited)]
    assert [signal.until.timestamp() for signal in limited] == [4_000_000_000]
    assert "seven_day" in limited[0].detail


async def test_short_trouble_of_the_provider_is_sat_out_in_the_same_process(desk: Desk) -> None:
    inner = obedient([[leaves("one")]])
    faults = [Fault(status=529, kind="overloaded_error"), Fault(status=429, kind=LIMITED), Cut()]
    await desk.asks(lambda asked: faults.pop() if faults else inner(asked))

    assert isinstance(await desk.run(max_retries=3), AgentCompleted)
    assert desk.ran() == ["one"]


async def test_the_cli_stops_asking_when_it_has_asked_often_enough(desk: Desk) -> None:
    await desk.asks(always(Fault(status=429, kind=LIMITED)))

    outcome = await desk.run(max_retries=1)

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.RATE_LIMITED
    assert desk.model is not None
    assert len(desk.model.conversations) == 2


async def test_an_answer_that_never_begins_is_given_up(desk: Desk) -> None:
    await desk.asks(always(Held(until=asyncio.Event())))

    async with asyncio.timeout(100):
        outcome = await desk.run(request_timeout_s=1.0)

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.NETWORK
    assert outcome.transient


@pytest.mark.parametrize(
    "broken",
    [
        ToolUse(name="Bash", input={}, raw_input='{"command": "echo'),
        ToolUse(name="Bash", input={"order": "echo one"}),
        ToolUse(name="NoSuchTool", input={"a": 1}),
    ],
    ids=["no json", "wrong form", "no such tool"],
)
async def test_a_malformed_call_is_given_back_to_the_agent_which_may_go_on(desk: Desk, broken: ToolUse) -> None:
    inner = obedient([[leaves("one")]])

    def script(asked: Conversation) -> Turn:
        wrong = [result for result in asked.results if result.is_error]
        return inner(asked) if wrong else Reply(blocks=(broken,))

    await desk.asks(script)

    assert isinstance(await desk.run(), AgentCompleted)
    assert desk.ran() == ["one"]


async def test_an_agent_that_makes_malformed_calls_for_ever_runs_out_of_turns(desk: Desk) -> None:
    await desk.asks(always(Reply(blocks=(ToolUse(name="Bash", input={}, raw_input='{"command": '),))))

    outcome = await desk.run(desk.spec(role=a_role(limits=RoleLimits(timeout_s=120, max_turns=4))))

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.OUT_OF_TURNS


async def test_after_a_passing_failure_the_same_run_goes_on_and_completes(desk: Desk) -> None:
    broken = [True]
    inner = obedient([[leaves("one")], [leaves("two")]])

    def script(asked: Conversation) -> Turn:
        return Fault(status=529, kind="overloaded_error") if broken[0] and len(asked.results) == 1 else inner(asked)

    await desk.asks(script)
    spec = desk.spec()
    assert isinstance(await desk.run(spec), AgentFailed)
    broken[0] = False

    assert isinstance(await desk.run(spec), AgentCompleted)
    assert desk.ran() == ["one", "two"]


async def test_too_many_turns_end_the_run_with_what_to_do(desk: Desk) -> None:
    await desk.asks(lambda asked: use("Bash", {"command": f"echo {len(asked.results)}"}))

    outcome = await desk.run(desk.spec(role=a_role(limits=RoleLimits(timeout_s=120, max_turns=2))))

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.OUT_OF_TURNS
    assert not outcome.transient
    assert "max_turns" in outcome.message


async def test_a_used_up_budget_ends_the_run_with_what_to_do(desk: Desk) -> None:
    await desk.asks(lambda asked: use("Bash", {"command": f"echo {len(asked.results)}"}))
    limits = RoleLimits(timeout_s=120, max_turns=50, max_budget_usd=0.0001)

    outcome = await desk.run(desk.spec(role=a_role(limits=limits)))

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.OUT_OF_BUDGET
    assert not outcome.transient
    assert "budget" in outcome.message


async def test_what_is_left_of_the_tasks_budget_ends_a_run_and_its_session_goes_on_with_more(desk: Desk) -> None:
    await desk.asks(lambda asked: use("Bash", {"command": "echo 1"}) if len(asked.results) < 4 else finish(RESULT))
    ears = Ears()

    outcome = await desk.run(desk.spec(left_usd=0.0001), ears=ears)

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.OUT_OF_BUDGET
    assert len([each for each in ears.heard if isinstance(each, ModelAnswered)]) == 1, "over by one call at most"
    assert isinstance(await desk.run(desk.spec(left_usd=50.0)), AgentCompleted)


async def test_an_agent_that_only_talks_has_failed(desk: Desk) -> None:
    await desk.asks(always(say("I would rather chat.")))

    outcome = await desk.run()

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.NO_RESULT
    assert not outcome.transient
    assert "result" in outcome.message


async def test_a_result_of_the_wrong_form_is_given_back_to_the_agent(desk: Desk) -> None:
    def script(asked: Conversation) -> Turn:
        return finish(RESULT) if asked.results else finish({"summary": 7, "mood": "good"})

    await desk.asks(script)

    outcome = await desk.run()

    assert isinstance(outcome, AgentCompleted)
    assert outcome.result == RESULT


async def test_a_cli_that_dies_in_the_middle_is_worth_another_try(desk: Desk) -> None:
    desk.may_die()
    await desk.asks(obedient([[leaves("one")], [DIES_ONCE]]))
    spec = desk.spec()

    outcome = await desk.run(spec)

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.CRASHED
    assert outcome.transient
    assert isinstance(await desk.run(spec), AgentCompleted)
    assert desk.ran() == ["one"]


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (None, 0, "missing"),
        ("#!/bin/sh\nexit 0\n", 0o644, "not executable"),
        ("#!/bin/sh\necho broken pipe organ >&2\nexit 3\n", 0o755, "broken pipe organ"),
        ("#!/nowhere/at/all\n", 0o755, "cannot"),
    ],
)
async def test_a_missing_or_broken_cli_is_one_clear_error(
    desk: Desk, content: str | None, mode: int, words: str
) -> None:
    cli = desk.folder / "claude"
    if content is not None:
        cli.write_text(content)
        cli.chmod(mode)

    with pytest.raises(AgentUnavailableError) as checked:
        await desk.runner(cli_path=cli).check()
    with pytest.raises(AgentUnavailableError) as started:
        await desk.run(cli_path=cli)

    for error in (checked.value, started.value):
        assert words in error.message
        assert error.hint
    assert not desk.runs.exists() or list(desk.runs.iterdir()) == []


async def test_without_a_key_nothing_starts(desk: Desk) -> None:
    for attempt in (desk.runner(api_key="").check(), desk.run(api_key="")):
        with pytest.raises(AgentUnavailableError, match="no API key") as error:
            await attempt
        assert "orchestrator demo" in error.value.hint


async def test_a_run_folder_that_cannot_be_made_is_one_clear_error(desk: Desk) -> None:
    desk.folder.joinpath("runs").write_text("in the way")

    with pytest.raises(AgentUnavailableError, match="private folder"):
        await desk.run()


async def test_no_message_shows_the_key(desk: Desk) -> None:
    desk.mask = lambda text: text.replace(KEY, "•••")
    await desk.asks(always(Fault(status=401, kind="authentication_error", message=f"bad key {KEY}")))

    outcome = await desk.run()

    assert isinstance(outcome, AgentFailed)
    assert KEY not in outcome.message


async def test_a_read_only_log_folder_does_not_end_the_run(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    in_the_way = desk.folder / "file"
    in_the_way.write_text("not a folder")
    await desk.asks(obedient([[leaves("one")]]))

    outcome = await desk.run(desk.spec(log_folder=in_the_way / "logs"), ears=Ears())

    assert isinstance(outcome, AgentCompleted)
    assert sum("No more agent logs" in record.message for record in caplog.records) == 1
