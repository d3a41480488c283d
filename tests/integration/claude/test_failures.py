"""Whatever goes wrong with the model, the network or the CLI becomes one clear outcome."""

import pytest

from bot.demo.scripted import Conversation, Cut, Fault, Script, Turn, finish, say, use
from core.agents.runner import AgentCompleted, AgentFailed
from core.domain.errors import AgentUnavailableError
from core.domain.role import RoleLimits
from tests.integration.claude.conftest import KEY, Desk
from tests.support.agents import RESULT, Ears, a_role, bash, leaves, obedient

pytestmark = [pytest.mark.agent_cli, pytest.mark.slow]


def always(turn: Turn) -> Script:
    return lambda _asked: turn


@pytest.mark.parametrize(
    ("turn", "transient", "words"),
    [
        (Fault(status=429, kind="rate_limit_error", message="slow down"), True, "429"),
        (Fault(status=529, kind="overloaded_error", message="Overloaded"), True, "529"),
        (Fault(status=500, message="oops"), True, "500"),
        (Fault(status=401, kind="authentication_error", message="invalid x-api-key"), False, "ANTHROPIC_API_KEY"),
        (Fault(status=403, kind="permission_error", message="no access"), False, "ANTHROPIC_API_KEY"),
        (Fault(status=400, kind="invalid_request_error", message="bad thing"), False, "400"),
        (Cut(), True, "Messages API"),
    ],
)
async def test_a_failing_api_is_told_with_what_to_do(desk: Desk, turn: Turn, transient: bool, words: str) -> None:
    await desk.asks(always(turn))

    outcome = await desk.run()

    assert isinstance(outcome, AgentFailed)
    assert outcome.transient is transient, outcome.message
    assert words in outcome.message
    assert "\n" not in outcome.message


async def test_an_api_that_is_not_there_is_worth_another_try(desk: Desk) -> None:
    outcome = await desk.run(api_url="http://127.0.0.1:9")

    assert isinstance(outcome, AgentFailed)
    assert outcome.transient, outcome.message


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

    outcome = await desk.run(desk.spec(role=a_role(limits=RoleLimits(timeout_s=30, max_turns=2))))

    assert isinstance(outcome, AgentFailed)
    assert not outcome.transient
    assert "max_turns" in outcome.message


async def test_a_used_up_budget_ends_the_run_with_what_to_do(desk: Desk) -> None:
    await desk.asks(lambda asked: use("Bash", {"command": f"echo {len(asked.results)}"}))
    limits = RoleLimits(timeout_s=30, max_turns=50, max_budget_usd=0.0001)

    outcome = await desk.run(desk.spec(role=a_role(limits=limits)))

    assert isinstance(outcome, AgentFailed)
    assert not outcome.transient
    assert "budget" in outcome.message


async def test_an_agent_that_only_talks_has_failed(desk: Desk) -> None:
    await desk.asks(always(say("I would rather chat.")))

    outcome = await desk.run()

    assert isinstance(outcome, AgentFailed)
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
    await desk.asks(obedient([[leaves("one")], [bash("test -e once || { touch once; kill -9 $PPID; sleep 60; }")]]))
    spec = desk.spec()

    outcome = await desk.run(spec)

    assert isinstance(outcome, AgentFailed)
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
