"""What the agent CLI is told about boxing in the shell commands of agents."""

from claude_agent_sdk.types import SandboxSettings

from core.workspaces.sandbox import Sandbox

SANDBOX: SandboxSettings = {
    "enabled": True,
    # Our own gate decides about every command; being boxed in is no reason to skip it, and nothing may leave the box.
    "autoAllowBashIfSandboxed": False,
    "allowUnsandboxedCommands": False,
}


async def cli_sandbox(sandbox: Sandbox) -> SandboxSettings | None:
    """The CLI's sandbox settings, None for no sandbox; AgentUnavailableError when it is wanted and does not work."""
    return SANDBOX if await sandbox.usable() else None
