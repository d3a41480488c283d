"""File logs of one agent run: plain files a person can read, appended to as things happen, secrets masked.

`prompt.txt` what was asked, `text.txt` what the agent thought and said, `tools.jsonl` each call and its result,
`summary.jsonl` one line for each process. A full disk or a read-only folder is told once and never ends a run.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import cast

_LOG = logging.getLogger(__name__)


class AgentLog:
    """Appends to the files in `folder`; does nothing when it is None. `now` gives the time in UTC."""

    def __init__(self, folder: Path | None, *, mask: Callable[[str], str], now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._mask = mask
        self._now = now

    def prompt(self, text: str, *, system: str = "") -> None:
        """What the agent was told: its system prompt, when given, and the message."""
        heading = f"=== system prompt\n{system}\n\n" if system else ""
        self._append("prompt.txt", f"{heading}=== {self._now().isoformat()}\n{text}\n\n")

    def text(self, text: str) -> None:
        """What the agent said."""
        self._append("text.txt", f"{text}\n\n")

    def thinking(self, text: str) -> None:
        """What the agent thought, marked as such."""
        self._append("text.txt", f"[thinking]\n{text}\n[/thinking]\n\n")

    def tool_called(self, *, tool_use_id: str, tool: str, tool_input: Mapping[str, object]) -> None:
        """A call the agent wants to make, allowed or not."""
        self._line("tools.jsonl", {"event": "call", "id": tool_use_id, "tool": tool, "input": tool_input})

    def tool_answered(self, *, tool_use_id: str, result: object, failed: bool) -> None:
        """What came of a call."""
        self._line("tools.jsonl", {"event": "result", "id": tool_use_id, "failed": failed, "result": result})

    def summary(self, facts: Mapping[str, object]) -> None:
        """How one process ended: outcome, usage, cost."""
        self._line("summary.jsonl", facts)

    def _line(self, name: str, facts: Mapping[str, object]) -> None:
        masked = self._masked({"at": self._now().isoformat(), **facts})
        self._append(name, json.dumps(masked, ensure_ascii=False, default=str) + "\n", masked=True)

    def _masked(self, value: object) -> object:
        """Masks texts before they are written as JSON, where escapes could hide a secret's shape."""
        if isinstance(value, str):
            return self._mask(value)
        if isinstance(value, Mapping):
            pairs = cast("Mapping[object, object]", value).items()
            return {self._mask(str(name)): self._masked(item) for name, item in pairs}
        if isinstance(value, list | tuple):
            return [self._masked(item) for item in cast("list[object]", value)]
        return value

    def _append(self, name: str, text: str, *, masked: bool = False) -> None:
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._folder.joinpath(name).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text if masked else self._mask(text))
        except OSError as error:
            _LOG.warning("No more agent logs in %s: %s. The run goes on.", self._folder, error.strerror)
            self._folder = None
