"""Runs a project's verify command in a worktree and says whether the work counts as tested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.workspaces.process import Capture, run_program

MAX_OUTPUT_BYTES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationResult:
    """What came of it. `output` is the tail of what the command wrote, at most 20 kB of it."""

    passed: bool
    exit_code: int | None
    """Negative when a signal ended it; None when the time was up."""
    output: str
    duration_s: float
    timed_out: bool


async def verify(
    workspace_path: Path,
    *,
    command: str,
    timeout_s: float,
    environment: Mapping[str, str],
    box: Sequence[str] = (),
) -> VerificationResult:
    """Run `command` by /bin/sh in `workspace_path` with exactly `environment`; a failing command is a result.

    `box` comes before the shell (see `core.workspaces.sandbox`): what is tested is what an agent wrote.

    No process of the command is left when this returns or is cancelled. WorkspaceError when it cannot be started.
    """
    output = Capture(limit_bytes=MAX_OUTPUT_BYTES, keep="tail")
    try:
        finished = await run_program(
            [*box, "/bin/sh", "-c", command],
            folder=workspace_path,
            environment=environment,
            timeout_s=timeout_s,
            stdout=output,
        )
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"The verify command could not be started in {workspace_path}: {error}.",
            hint="Check that the worktree exists and that the project's `verify` is a plain shell command.",
        ) from error
    return VerificationResult(
        passed=finished.exit_code == 0,
        exit_code=finished.exit_code,
        output=_tail(output),
        duration_s=finished.duration_s,
        timed_out=finished.exit_code is None,
    )


def _tail(output: Capture) -> str:
    """Decoded so that it stays within the limit even where bytes were no text; a cut starts at a whole line."""
    data = output.data
    if output.lost_bytes:
        data = data.partition(b"\n")[2] or data
    text = data.decode("utf-8", "replace").replace("\x00", "�")
    return text.encode("utf-8")[-MAX_OUTPUT_BYTES:].decode("utf-8", "ignore")
