"""Finding the agent CLI, and seeing that it can be started at all."""

import asyncio
import contextlib
import os
import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from adapters.claude.settings import ClaudeSettings
from core.domain.errors import AgentUnavailableError

VERSION_WITHIN_S = 20.0
VERSION = re.compile(r"^\d+\.\d+\.\d+\b.*\bClaude Code\b")
"""What every release of the CLI says; a program that does not would be waited for in vain."""
_REINSTALL = "Run `make setup` again, or name a working CLI with `claude.cli_path`."


def find_cli(settings: ClaudeSettings) -> Path:
    """The CLI of the settings, else the bundled one, else `claude` on PATH; AgentUnavailableError when none can run."""
    cli = settings.cli_path or _bundled()
    if cli is None:
        raise AgentUnavailableError("The agent CLI is missing: claude-agent-sdk came without it.", hint=_REINSTALL)
    if not cli.is_file():
        raise AgentUnavailableError(f"The agent CLI is missing: there is no file {cli}.", hint=_REINSTALL)
    if not os.access(cli, os.X_OK):
        raise AgentUnavailableError(f"The agent CLI {cli} is not executable.", hint=f"Run `chmod +x {cli}`.")
    return cli.absolute()


async def check_cli(cli: Path) -> str:
    """Its version; AgentUnavailableError when it does not start, fails, or does not answer within 20 s."""
    with tempfile.TemporaryDirectory() as home:
        try:
            process = await asyncio.create_subprocess_exec(
                cli,
                "--version",
                env={"HOME": home, "PATH": os.defpath},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as error:
            raise AgentUnavailableError(
                f"The agent CLI {cli} cannot be started: {error.strerror}.", hint=_REINSTALL
            ) from error
        return await _version(process, cli)


async def _version(process: asyncio.subprocess.Process, cli: Path) -> str:
    try:
        async with asyncio.timeout(VERSION_WITHIN_S):
            output, _ = await process.communicate()
    except TimeoutError:
        raise AgentUnavailableError(
            f"The agent CLI {cli} did not tell its version within {VERSION_WITHIN_S:g} s.", hint=_REINSTALL
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    told = output.decode(errors="replace").strip()
    if process.returncode != 0:
        raise AgentUnavailableError(
            f"The agent CLI {cli} is broken: `--version` ended with code {process.returncode}. {told[-300:]}".rstrip(),
            hint=_REINSTALL,
        )
    if not VERSION.search(told):
        raise AgentUnavailableError(
            f"{cli} is not the agent CLI: asked for its version, it answered {told[:60]!r}.", hint=_REINSTALL
        )
    return told


def _bundled() -> Path | None:
    package = find_spec("claude_agent_sdk")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "_bundled" / "claude"
        if bundled.is_file():
            return bundled
    found = shutil.which("claude")
    return Path(found) if found else None
