"""The options of one CLI process, from the spec of an agent run (pure)."""

import json
from collections.abc import Callable

from claude_agent_sdk import CanUseTool, ClaudeAgentOptions, HookMatcher, McpSdkServerConfig, SessionStore
from claude_agent_sdk.types import HookEvent, SandboxSettings, ThinkingConfig

from adapters.claude.launch import LaunchPaths
from adapters.claude.tool_servers import served_names
from core.agents.runner import AgentSpec

MAX_MESSAGE_BYTES = 64 * 2**20
"""A tool result comes as one line; images and big files make long ones."""
SUBAGENTS = ("Task", "Agent")


def cli_options(
    spec: AgentSpec,
    *,
    paths: LaunchPaths,
    sessions: SessionStore,
    resume: bool,
    own_tools: dict[str, McpSdkServerConfig],
    hooks: dict[HookEvent, list[HookMatcher]],
    can_use_tool: CanUseTool,
    sandbox: SandboxSettings | None,
    stderr: Callable[[str], None],
) -> ClaudeAgentOptions:
    """Nothing of the user's or the repository's own settings counts: only what the spec says."""
    role = spec.role
    return ClaudeAgentOptions(
        cli_path=paths.stub,
        cwd=spec.worktree,
        env={"CLAUDE_CONFIG_DIR": str(paths.config)},
        system_prompt={"type": "file", "path": str(paths.system_prompt)},
        model=spec.model,
        fallback_model=role.fallback_model if role.fallback_model != spec.model else None,
        effort=role.effort,
        thinking=_thinking(role.thinking_tokens),
        max_turns=role.limits.max_turns,
        max_budget_usd=spec.max_budget_usd,
        tools=_tools(spec),
        disallowed_tools=list(SUBAGENTS),
        permission_mode="default",
        setting_sources=[],
        settings=_settings(spec),
        strict_mcp_config=True,
        mcp_servers=dict(own_tools),
        # By a file: as an argument everybody could read what it holds.
        extra_args={"mcp-config": str(paths.tool_servers)} if spec.mcp_servers else {},
        sandbox=sandbox,
        output_format={"type": "json_schema", "schema": dict(spec.result_schema)},
        session_store=sessions,
        session_store_flush="eager",
        resume=spec.session if resume else None,
        session_id=None if resume else spec.session,
        include_partial_messages=True,
        verbatim_prompts=True,
        hooks=hooks,
        can_use_tool=can_use_tool,
        max_buffer_size=MAX_MESSAGE_BYTES,
        stderr=stderr,
    )


def _tools(spec: AgentSpec) -> list[str]:
    return [tool for tool in spec.role.tools if tool not in SUBAGENTS]


def _settings(spec: AgentSpec) -> str:
    """Ask rules for every tool, so that no call runs on the CLI's own opinion.

    A call that was deferred runs at once when its session is resumed, before our hooks are heard: one that the CLI
    thinks harmless (`ls`, reading a file) would run even if the person denied it. With the rule `can_use_tool` is
    always asked.
    """
    return json.dumps({
        "permissions": {"ask": [*_tools(spec), *served_names(spec)]},
        "attribution": {"commit": "", "pr": ""},
    })  # fmt: skip


def _thinking(tokens: int | None) -> ThinkingConfig | None:
    if tokens is None:
        return None
    return {"type": "enabled", "budget_tokens": tokens} if tokens > 0 else {"type": "disabled"}
