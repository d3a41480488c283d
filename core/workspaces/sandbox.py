"""Bubblewrap: a box for commands that agents' work decides about, in which only the worktree can be written."""

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from core.domain.errors import AgentUnavailableError

Wish = Literal["auto", "on", "off"]
PROBE_WITHIN_S = 5.0
_PROBES = (
    (
        *("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *("--unshare-net", "--unshare-pid", "--", "true"),
    ),
    # the agent program leads the box's network through it
    ("socat", "-V"),
)


class Sandbox:
    """Probes once, when first asked: namespaces are often forbidden in containers even where bwrap is installed."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._works: bool | None = None

    async def usable(self) -> bool:
        """Whether commands are to be boxed; AgentUnavailableError when that is wanted `on` and does not work."""
        if self._wish == "off":
            return False
        if self._works is None:
            self._works = all([await _succeeds(probe) for probe in _PROBES])
        if not self._works and self._wish == "on":
            raise AgentUnavailableError(
                "The sandbox for shell commands does not work on this machine.",
                hint='Install bubblewrap and socat and allow user namespaces, or set `claude.sandbox = "auto"`.',
            )
        return self._works

    async def box(self, worktree: Path) -> tuple[str, ...]:
        """What to put before a command so that it runs boxed in `worktree`; () without a sandbox."""
        # by its whole path: the command's own PATH may not lead there
        return boxed(worktree, bwrap=shutil.which("bwrap") or "bwrap") if await self.usable() else ()


def boxed(worktree: Path, *, bwrap: str) -> tuple[str, ...]:
    """A bubblewrap call: everything is read-only but `worktree` and a private /tmp, and no process outlives it.

    The network stays: a project's own tests may need it. A worktree below /tmp is still seen, as are the git folders
    it belongs to, because /tmp itself is only overlaid when nothing of ours lies there.
    """
    private_tmp = () if worktree.is_relative_to("/tmp") else ("--tmpfs", "/tmp")  # noqa: S108 - the box's own
    return (
        *(bwrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *private_tmp),
        *("--bind", str(worktree), str(worktree), "--chdir", str(worktree)),
        *("--unshare-pid", "--die-with-parent", "--new-session", "--"),
    )


async def _succeeds(command: Sequence[str]) -> bool:
    """Whether `command` is there and ends well in time."""
    program = shutil.which(command[0])
    if program is None:
        return False
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program, *command[1:], stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(PROBE_WITHIN_S):
            return await process.wait() == 0
    except TimeoutError:
        return False
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
