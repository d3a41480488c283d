"""The doctor's looks that need nothing: key, clock, leftovers; and what its exit code says."""

import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.checks import agent, data, machine
from bot.checks.agent import ProviderAnswer
from bot.checks.finding import Finding, Mark, looked
from bot.cli.doctor import code_of, summary
from bot.cli.exits import Exit
from config.settings import Settings, load_settings
from core.domain.errors import AgentUnavailableError, ConfigurationError
from tests.support.values import NOON

KEY = {"ANTHROPIC_API_KEY": "sk-ant-secret"}


def settings(folder: Path, **variables: str) -> Settings:
    environ = {"HOME": str(folder), "ORCHESTRATOR_HOME": str(folder / "state"), **variables}
    return load_settings(config=None, cwd=folder, environ=environ)


def marks(found: Sequence[Finding]) -> list[Mark]:
    return [each.mark for each in found]


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        (200, Mark.FINE),
        (401, Mark.BROKEN),
        (403, Mark.BROKEN),
        (404, Mark.NOTE),
        (503, Mark.NOTE),
        (0, Mark.WARNING),
    ],
)
def test_the_key_is_as_good_as_the_provider_says(tmp_path: Path, status: int, mark: Mark) -> None:
    (found,) = agent.key(settings(tmp_path, **KEY), ProviderAnswer(status=status, reason="no route"))

    assert found.mark is mark
    assert "sk-ant-secret" not in found.text + found.todo


def test_no_key_is_broken_and_one_nobody_was_asked_about_is_noted(tmp_path: Path) -> None:
    assert marks(agent.key(settings(tmp_path), None)) == [Mark.BROKEN]
    assert marks(agent.key(settings(tmp_path, **KEY), None)) == [Mark.NOTE]


async def test_the_provider_is_asked_with_the_key_for_what_costs_nothing(tmp_path: Path) -> None:
    asked: list[tuple[str, str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.method, request.path, request.headers["x-api-key"]))
        return web.json_response({"data": []}, status=401)

    app = web.Application()
    app.router.add_get("/v1/models", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        told = await agent.ask(settings(tmp_path, **KEY, ANTHROPIC_BASE_URL=f"http://{host}:{port}/"))
    finally:
        await runner.cleanup()

    assert (told.status, told.at is not None) == (401, True)
    assert asked == [("GET", "/v1/models", "sk-ant-secret")]


async def test_a_provider_that_is_not_there_is_an_answer_too(tmp_path: Path) -> None:
    with socket.socket() as taken:  # so that nobody else listens there meanwhile
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        told = await agent.ask(settings(tmp_path, **KEY, ANTHROPIC_BASE_URL=f"http://127.0.0.1:{port}"))

    assert told.status == 0
    assert told.reason


def test_the_clock_must_fit_the_provider_and_the_past() -> None:
    near, far = NOON + timedelta(seconds=60), NOON + timedelta(hours=1)

    assert marks(agent.clock(None, now=NOON, newest=None)) == [Mark.FINE]
    assert marks(agent.clock(ProviderAnswer(status=200, at=near), now=NOON, newest=near)) == [Mark.FINE]
    assert marks(agent.clock(ProviderAnswer(status=200, at=far), now=NOON, newest=None)) == [Mark.WARNING]
    assert marks(agent.clock(None, now=NOON, newest=far)) == [Mark.BROKEN]


def test_processes_that_nobody_watches_are_named() -> None:
    (found,) = machine.orphans({"s1": [12, 11], "s2": [13]}, frozenset({"s1"}))

    assert (found.mark, "11 12" in found.todo, "13" in found.todo) == (Mark.WARNING, True, False)
    assert marks(machine.orphans({"s1": [12]}, frozenset())) == [Mark.FINE]


async def test_a_home_that_cannot_be_written_to_is_broken(tmp_path: Path) -> None:
    assert marks(await machine.home(settings(tmp_path))) == [Mark.FINE]

    (tmp_path / "file").write_text("")
    (found,) = await machine.home(settings(tmp_path, ORCHESTRATOR_HOME=str(tmp_path / "file")))

    assert found.mark is Mark.BROKEN


def test_every_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    assert marks(data.files(settings(tmp_path))) == [Mark.FINE]

    for name in ("roles/mine.md", "workflows/mine.yaml"):
        path = tmp_path / "state" / name
        path.parent.mkdir(parents=True)
        path.write_text("nothing")
    found = data.files(settings(tmp_path))

    assert {each.mark for each in found} == {Mark.BROKEN}
    assert all(each.is_configuration for each in found)
    assert "mine.md" in found[0].text


def test_a_model_without_a_price_is_told(tmp_path: Path) -> None:
    (tmp_path / "orchestrator.toml").write_text('[projects.shop]\npath = "."\nmodel = "gpt-99"\n')

    (found,) = data.prices(settings(tmp_path))

    assert (found.mark, "gpt-99" in found.text) == (Mark.WARNING, True)


def test_models_of_the_planner_and_of_questions_need_a_price_too(tmp_path: Path) -> None:
    tables = '[planning]\nmodel = "gpt-98"\n[questions]\nmodel = "gpt-97"\n'
    (tmp_path / "orchestrator.toml").write_text(tables)

    (found,) = data.prices(settings(tmp_path))

    assert "gpt-97, gpt-98" in found.text


async def test_a_refusal_of_the_core_becomes_a_finding() -> None:
    async def refuse() -> Sequence[Finding]:
        raise AgentUnavailableError("It is not there.", hint="Install it.")

    async def wrong() -> Sequence[Finding]:
        raise ConfigurationError("x is not a key.")

    (missing,) = await looked("Agent program", refuse)
    (configuration,) = await looked("Prices", wrong)

    assert (missing.about, missing.mark, missing.text, missing.todo) == (
        "Agent program",
        Mark.BROKEN,
        "It is not there.",
        "Install it.",
    )
    assert (missing.is_configuration, configuration.is_configuration) == (False, True)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([], Exit.DONE),
        ([("fine", False), ("note", False), ("warning", False)], Exit.DONE),
        ([("fine", False), ("broken", False)], Exit.NOT_COMPLETED),
        ([("broken", False), ("broken", True)], Exit.CONFIGURATION),
    ],
)
def test_the_exit_code_says_whether_something_is_broken(found: list[tuple[str, bool]], code: Exit) -> None:
    findings: list[Any] = [Finding(about="x", mark=Mark(mark), text="x", is_configuration=own) for mark, own in found]

    assert code_of(findings) is code
    assert bool(summary(findings))
