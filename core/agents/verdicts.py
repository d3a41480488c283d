"""What becomes of a call under a spec: tools of ours and of servers by what is listed, all others by the policy."""

import re
from collections.abc import Mapping

from core.agents.permissions import Effect, Verdict, denied
from core.agents.runner import AgentSpec

OWN_SERVER = "orchestrator"
"""The server name under which agents find the tools of `AgentSpec.tools`."""
SERVED = "mcp__"
"""How the name of every tool begins that a server offers, ours too."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")


def served_tool(server: str, tool: str) -> str:
    """The name an agent calls `tool` of `server` by; characters such names cannot hold become `_`."""
    return f"{SERVED}{_NOT_IN_NAMES.sub('_', server)}__{_NOT_IN_NAMES.sub('_', tool)}"


def own_tool(tool: str) -> str:
    """The name an agent calls a tool of ours by."""
    return served_tool(OWN_SERVER, tool)


def verdict_on(spec: AgentSpec, *, tool: str, tool_input: Mapping[str, object]) -> Verdict:
    """The verdict on one call.

    Tools of ours are always allowed. Of a server's tools exactly the listed ones are: a rule of the project may still
    deny them or ask about them, but one that no rule knows is allowed, because somebody has listed it.
    """
    if tool in {own_tool(own.name) for own in spec.tools}:
        return Verdict(effect=Effect.ALLOW)
    if not tool.startswith(SERVED):
        return spec.policy.decide(tool=tool, tool_input=tool_input, worktree=spec.worktree)
    listed = {served_tool(server.name, name) for server in spec.mcp_servers for name in server.tools}
    if tool not in listed:
        offered = ", ".join(sorted(listed)) or "none"
        return denied(f"{tool} is not among the tools of servers this role may use ({offered}).")
    verdict = spec.policy.decide(tool=tool, tool_input=tool_input, worktree=spec.worktree)
    unknown = verdict.effect is Effect.ASK and not verdict.by_rule
    return Verdict(effect=Effect.ALLOW) if unknown else verdict
