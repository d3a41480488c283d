"""Tools of ours and of servers: exactly the listed ones, and the project's rules above that."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.agents.permissions import Effect, Rule
from core.agents.rule_policy import RulePolicy
from core.agents.runner import AgentSpec, AgentTool, McpServer
from core.agents.verdicts import own_tool, served_tool, verdict_on
from tests.support.agents import a_spec


async def nothing(_given: Mapping[str, object]) -> str:
    return ""


def spec(*rules: Rule) -> AgentSpec:
    return a_spec(
        Path("/worktree"),
        policy=RulePolicy(rules=rules),
        tools=(AgentTool(name="ask", description="", input_schema={}, handler=nothing),),
        mcp_servers=(McpServer(name="my tracker", tools=("find.issue", "list"), command=("tracker",)),),
    )


DENY_ALL = Rule(effect=Effect.DENY, tool="*", reason="Nothing.")


@pytest.mark.parametrize(
    ("tool", "rules", "effect"),
    [
        ("mcp__orchestrator__ask", (DENY_ALL,), Effect.ALLOW),
        ("mcp__orchestrator__other", (), Effect.DENY),
        ("mcp__my_tracker__list", (), Effect.ALLOW),
        ("mcp__my_tracker__find_issue", (), Effect.ALLOW),
        ("mcp__my_tracker__delete", (Rule(effect=Effect.ALLOW),), Effect.DENY),
        ("mcp__my_tracker__list2", (), Effect.DENY),
        ("mcp__my_tracker", (), Effect.DENY),
        ("mcp__other__list", (Rule(effect=Effect.ALLOW),), Effect.DENY),
        ("mcp__my_tracker__list", (DENY_ALL,), Effect.DENY),
        ("mcp__my_tracker__list", (Rule(effect=Effect.ASK, tool="mcp__*"),), Effect.ASK),
        ("Read", (), Effect.ASK),
        ("Read", (Rule(effect=Effect.ALLOW, tool="Read"),), Effect.ALLOW),
    ],
)
def test_what_becomes_of_a_call(tool: str, rules: tuple[Rule, ...], effect: Effect) -> None:
    assert verdict_on(spec(*rules), tool=tool, tool_input={"file_path": "a.py"}).effect is effect


def test_a_refusal_names_the_tool_and_those_there_are() -> None:
    reason = verdict_on(spec(), tool="mcp__my_tracker__delete", tool_input={}).reason

    assert "mcp__my_tracker__delete" in reason
    assert "mcp__my_tracker__list" in reason


def test_names_hold_only_what_tool_names_may() -> None:
    assert served_tool("my tracker", "find.issue") == "mcp__my_tracker__find_issue"
    assert own_tool("ask") == "mcp__orchestrator__ask"
