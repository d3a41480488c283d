"""Whether shell commands of agents can be put into bubblewrap on this machine."""

import asyncio
import contextlib
import shutil

from claude_agent_sdk.types import SandboxSettings

from adapters.claude.settings import ClaudeSettings
from core.domain.errors import AgentUnavailableError

PROBE_WITHIN_S = 5.0
PROBE = ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-net", "--unshare-pid", "--", "true")
SANDBOX: SandboxSettings = {
    "enabled": True,
    # Our own gate decides about every command; being boxed in is no reason to skip it, and nothing may leave the box.
    "autoAllowBashIfSandboxed": False,
    "allowUnsandboxedCommands": False,
}


class Sandbox:
    """Probes once, when first asked: namespaces are often forbidden in containers even where bwrap is installed."""

    def __init__(self, settings: ClaudeSettings) -> None:
        self._wish = settings.sandbox
        self._works: bool | None = None

    async def settings(self) -> SandboxSettings | None:
        """What to tell the CLI, None for no sandbox; AgentUnavailableError when it is wanted `on` and does not work."""
        if self._wish == "off":
            return None
        if self._works is None:
            self._works = await works()
        if self._works:
            return SANDBOX
        if self._wish == "on":
            raise AgentUnavailableError(
                "The sandbox for shell commands does not work on this machine.",
                hint='Install bubblewrap and socat and allow user namespaces, or set `claude.sandbox = "auto"`.',
            )
        return None


async def works() -> bool:
    """Whether bwrap and socat are there and a command runs in fresh namespaces."""
    bwrap = shutil.which("bwrap")
    if bwrap is None or shutil.which("socat") is None:
        return False
    process = await asyncio.create_subprocess_exec(
        bwrap, *PROBE, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PROBE_WITHIN_S):
            return await process.wait() == 0
    except TimeoutError:
        return False
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
