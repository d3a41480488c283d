"""What the Claude adapter must be told: where the Messages API is, with which key, and how the CLI is run."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

DEFAULT_API_URL = "https://api.anthropic.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaudeSettings:
    """Settings of the adapter; `api_key` never shows in a representation of them."""

    api_url: str = DEFAULT_API_URL
    api_key: str = field(repr=False)
    cli_path: Path | None = None
    """The agent CLI; None for the one that ships with claude-agent-sdk."""
    run_folder: Path
    """Where each process gets a private folder (mode 0700) for as long as it lives."""
    sandbox: Literal["auto", "on", "off"] = "auto"
    """Whether shell commands run in bubblewrap: `auto` uses it where it works, `on` refuses to start without it."""
    max_retries: int = 6
    """How often the CLI asks the API again after a failed request, with growing pauses."""
    patience_s: float = 60.0
    """How long it may do so: then the run ends as failed for now, and waits where it costs no process."""
    request_timeout_s: float = 300.0
    """How long the API may take to begin its answer, or pause in the middle of one."""
    tell_every_s: float = 5.0
    """How often at most signs of life and resources are told."""
    measure_every_s: float = 1.0
    """How often memory is measured; five times as often for a run that has used up half of its limit."""
