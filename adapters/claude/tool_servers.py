"""Tools beyond the CLI's own: ours inside this process, and those of outside servers, as the CLI is told about them."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from claude_agent_sdk import ClaudeSDKClient, McpSdkServerConfig, SdkMcpTool, create_sdk_mcp_server

from adapters.claude import server_start
from core.agents.runner import AgentSpec, AgentTool, McpServer
from core.agents.verdicts import OWN_SERVER, own_tool, served_tool
from core.domain.errors import ConfigurationError, OrchestratorError

STARTS_WITHIN_S = 30.0
"""How long outside servers get to come up before the agent begins."""
_POLL_S = 0.05

Fail = Callable[[BaseException], None]


def own_server(tools: Sequence[AgentTool], *, fail: Fail) -> dict[str, McpSdkServerConfig]:
    """The server of our own tools, {} when there are none; `fail` gets what a handler raises and should not have."""
    if not tools:
        return {}
    served = [
        SdkMcpTool(
            name=tool.name,
            description=tool.description,
            input_schema=dict(tool.input_schema),
            handler=_handler(tool, fail=fail),
        )
        for tool in tools
    ]
    return {OWN_SERVER: create_sdk_mcp_server(OWN_SERVER, tools=served)}


def outside_servers(servers: Sequence[McpServer]) -> dict[str, object]:
    """What the CLI's configuration file says about servers; it holds secrets."""
    return {"mcpServers": {server.name: _entry(server) for server in servers}}


def served_names(spec: AgentSpec) -> list[str]:
    """All tools of servers the agent may use, as it calls them.

    ConfigurationError when two of them would have one name: then nobody could tell which is allowed.
    """
    outside = [(server, tool) for server in spec.mcp_servers for tool in server.tools]
    names = [own_tool(tool.name) for tool in spec.tools] + [served_tool(server.name, tool) for server, tool in outside]
    double = sorted({name for name in names if names.count(name) > 1})
    if double or any(server.name == OWN_SERVER for server in spec.mcp_servers):
        raise ConfigurationError(
            f"The tool servers of this project cannot be told apart: {', '.join(double) or OWN_SERVER}.",
            source="mcp",
            hint=f"Give each server a name of its own, other than {OWN_SERVER!r}.",
        )
    return names


async def down_servers(
    client: ClaudeSDKClient, servers: Sequence[McpServer], *, within_s: float = STARTS_WITHIN_S
) -> str:
    """Wait until all outside servers are up; what is wrong with those that do not come up, '' for nothing."""
    if not servers:
        return ""
    clock = asyncio.get_running_loop()
    deadline = clock.time() + within_s
    wanted = {server.name for server in servers}
    while True:
        told = (await client.get_mcp_status())["mcpServers"]
        states = {server["name"]: server for server in told if server["name"] in wanted}
        failed = {name: state for name, state in states.items() if state["status"] not in ("connected", "pending")}
        pending = wanted - {name for name, state in states.items() if state["status"] == "connected"} - set(failed)
        if failed or not pending or clock.time() >= deadline:
            return "; ".join([
                *(f"{name}: {state.get('error') or state['status']}" for name, state in sorted(failed.items())),
                *(f"{name}: it did not answer within {within_s:g} s" for name in sorted(pending) if not failed),
            ])  # fmt: skip
        await asyncio.sleep(_POLL_S)


def _handler(tool: AgentTool, *, fail: Fail) -> Callable[[Any], Any]:
    async def handle(given: Mapping[str, object]) -> dict[str, Any]:
        try:
            return _answer(await tool.handler(given))
        except OrchestratorError as error:
            return _answer(" ".join(filter(None, (error.message, error.hint))), failed=True)
        except Exception as error:  # noqa: BLE001 - a library would swallow it; `fail` makes it end the run
            fail(error)
            return _answer("This tool is broken; the run ends here.", failed=True)

    return handle


def _answer(text: str, *, failed: bool = False) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "is_error": failed}


def _entry(server: McpServer) -> dict[str, object]:
    if server.url:
        return {"type": "http", "url": server.url, "headers": dict(server.headers)}
    program = [sys.executable, "-I", "-S", str(Path(server_start.__file__))]
    arguments = [*program[1:], ",".join(server.environment), *server.command]
    return {"type": "stdio", "command": program[0], "args": arguments, "env": dict(server.environment)}
