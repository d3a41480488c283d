"""Tools of outside servers: the listed ones and no others, each server in its own environment, or a clear end."""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.demo.scripted import Conversation, Turn
from core.agents.permissions import Effect, Rule
from core.agents.rule_policy import RulePolicy
from core.agents.runner import AgentCompleted, AgentFailed, AgentWaiting, FailureKind, McpServer
from core.domain.errors import ConfigurationError
from tests.integration.claude.conftest import Desk
from tests.support.agents import PATH, Ears, bash, decided, leaves, obedient

pytestmark = [pytest.mark.agent_cli, pytest.mark.slow]

SERVER = """
import os
from mcp.server.mcpserver import MCPServer

server = MCPServer("weather")

@server.tool()
def forecast(city: str) -> str:
    return f"It will rain in {city}. " + " ".join(sorted(f"{name}={os.environ[name]}" for name in os.environ))

@server.tool()
def hail(city: str) -> str:
    open("hail.txt", "w").write(city)
    return "done"

server.run("stdio")
"""
FORECAST = ("mcp__weather__forecast", {"city": "Oslo"})
HAIL = ("mcp__weather__hail", {"city": "Oslo"})


@pytest.fixture
def weather(desk: Desk) -> McpServer:
    program = desk.folder / "weather.py"
    program.write_text(SERVER)
    secrets = {"WEATHER_TOKEN": "w-123"}
    return McpServer(name="weather", tools=("forecast",), command=(sys.executable, str(program)), environment=secrets)


def results(desk: Desk) -> dict[str, str]:
    assert desk.model is not None
    return {result.tool: result.text for result in desk.model.conversations[-1].results}


async def test_a_listed_tool_works_and_every_other_of_the_server_is_refused(desk: Desk, weather: McpServer) -> None:
    await desk.asks(obedient([[FORECAST], [HAIL], [leaves("after")]]))

    outcome = await desk.run(desk.spec(mcp_servers=(weather,)))

    assert isinstance(outcome, AgentCompleted)
    assert "It will rain in Oslo." in results(desk)["mcp__weather__forecast"]
    assert "mcp__weather__hail is not among the tools" in results(desk)["mcp__weather__hail"]
    assert "mcp__weather__forecast" in results(desk)["mcp__weather__hail"]
    assert not desk.worktree.joinpath("hail.txt").exists()
    assert desk.ran() == ["after"]


async def test_a_server_sees_what_is_configured_for_it_and_nothing_else(desk: Desk, weather: McpServer) -> None:
    await desk.asks(obedient([[FORECAST]]))

    await desk.run(desk.spec(mcp_servers=(weather,), environment={"PATH": PATH, "PROJECT_SECRET": "p-123"}))

    shown = results(desk)["mcp__weather__forecast"].split("It will rain in Oslo. ")[1]
    names = {word.partition("=")[0] for word in shown.split() if "=" in word}
    # The interpreter itself sets the locale's variable when there is none.
    assert names - {"LC_CTYPE"} == {"WEATHER_TOKEN", "PATH"}
    assert "WEATHER_TOKEN=w-123" in shown


async def test_what_a_server_is_given_stands_in_no_command_line_and_no_file_of_the_run(
    desk: Desk, weather: McpServer
) -> None:
    # The brackets keep the command from finding itself; it says little, because a long answer is kept from the model.
    look = bash(
        "ps axww -o args= | grep -c 'weathe[r].py'; ps axww -o args= | grep -o 'w-12[3]'; echo FILES:; "
        f"grep -rl 'w-12[3]' {desk.runs}; true"
    )
    await desk.asks(obedient([[look]]))

    assert isinstance(await desk.run(desk.spec(mcp_servers=(weather,))), AgentCompleted)

    running, leaks = results(desk)["Bash"].split("\n", 1)
    assert int(running) >= 1
    # what comes after an empty line is the agent program's own
    assert leaks.partition("\n\n")[0] == "FILES:"


async def test_rules_of_the_project_still_count_for_listed_tools(desk: Desk, weather: McpServer) -> None:
    await desk.asks(obedient([[FORECAST]]))
    rules = (Rule(effect=Effect.ASK, tool="mcp__weather__*", reason="Ask me."),)
    spec = desk.spec(mcp_servers=(weather,), policy=RulePolicy(rules=rules))

    outcome = await desk.run(spec)

    assert isinstance(outcome, AgentWaiting)
    assert outcome.calls[0].title == "Use forecast of weather"
    approved = desk.spec(
        mcp_servers=(weather,), policy=spec.policy, decisions=(decided(outcome.calls[0], approved=True),)
    )
    ears = Ears()
    assert isinstance(await desk.run(approved, ears=ears), AgentCompleted)
    assert "It will rain in Oslo." in results(desk)["mcp__weather__forecast"]
    assert len(ears.approvals_used) == 1


async def test_a_listed_tool_no_rule_knows_is_not_asked_about(desk: Desk, weather: McpServer) -> None:
    await desk.asks(obedient([[FORECAST]]))

    outcome = await desk.run(desk.spec(mcp_servers=(weather,), policy=RulePolicy(rules=())))

    assert isinstance(outcome, AgentCompleted)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("/nowhere/at/all",), "lost"),
        ((sys.executable, "-c", "import sys; sys.exit('no licence')"), "lost"),
    ],
)
async def test_a_server_that_does_not_start_ends_the_run_before_anything_is_paid(
    desk: Desk, command: tuple[str, ...], words: str
) -> None:
    asked: list[Conversation] = []

    def script(conversation: Conversation) -> Turn:
        asked.append(conversation)
        raise AssertionError

    await desk.asks(script)
    server = McpServer(name=words, tools=("find",), command=command)

    outcome = await desk.run(desk.spec(mcp_servers=(server,)))

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.UNAVAILABLE
    assert not outcome.transient
    assert "A tool server did not start: lost" in outcome.message
    assert asked == []


async def test_servers_nobody_could_tell_apart_are_refused(desk: Desk, weather: McpServer) -> None:
    await desk.asks(obedient([]))
    other = McpServer(name="wea.ther", tools=("forecast",), command=weather.command)
    same = McpServer(name="wea_ther", tools=("forecast",), command=weather.command)

    with pytest.raises(ConfigurationError, match="mcp__wea_ther__forecast"):
        await desk.run(desk.spec(mcp_servers=(other, same)))


class HttpServer:
    """A tool server on the network, as little of one as a client is content with."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("authorization", ""))
        asked = json.loads(await request.text())
        match asked.get("method"):
            case "initialize":
                result = {
                    "protocolVersion": asked["params"]["protocolVersion"],
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "tides", "version": "1"},
                }
            case "tools/list":
                schema = {"type": "object", "properties": {}}
                result = {"tools": [{"name": "high", "description": "High tide.", "inputSchema": schema}]}
            case "tools/call":
                result = {"content": [{"type": "text", "text": "High tide is at noon."}]}
            case _:
                return web.Response(status=202)
        return web.json_response({"jsonrpc": "2.0", "id": asked["id"], "result": result})


@pytest.fixture
async def tides() -> AsyncIterator[tuple[HttpServer, str]]:
    server = HttpServer()
    app = web.Application()
    app.router.add_post("/mcp", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield server, f"http://127.0.0.1:{runner.addresses[0][1]}/mcp"
    await runner.cleanup()


async def test_a_server_on_the_network_gets_its_headers(desk: Desk, tides: tuple[HttpServer, str]) -> None:
    server, url = tides
    await desk.asks(obedient([[("mcp__tides__high", {})]]))
    bound = McpServer(name="tides", tools=("high",), url=url, headers={"Authorization": "Bearer t-123"})

    assert isinstance(await desk.run(desk.spec(mcp_servers=(bound,))), AgentCompleted)

    assert "High tide is at noon." in results(desk)["mcp__tides__high"]
    assert set(server.tokens) == {"Bearer t-123"}


async def test_a_server_on_the_network_that_is_away_may_be_there_later(desk: Desk) -> None:
    await desk.asks(obedient([]))
    away = McpServer(name="tides", tools=("high",), url="http://127.0.0.1:9/mcp")

    outcome = await desk.run(desk.spec(mcp_servers=(away,)))

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.NETWORK
    assert outcome.transient


def test_the_program_between_the_cli_and_a_server_says_what_it_cannot_start(tmp_path: Path) -> None:
    from adapters.claude.server_start import CANNOT_START, main

    assert main(["", str(tmp_path / "missing")]) == CANNOT_START
