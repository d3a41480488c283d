"""An agent run's log files as one readable page."""

import json
import re
from pathlib import Path
from typing import Any, cast

from adapters.chat.text import one_line, printable
from core.domain.cost import shown_usd
from core.domain.identity import AgentRunId
from core.views import AgentRunView, TaskView

_ARGUMENT_COLUMNS = 100
_TAIL_BYTES = 64 * 1024
_CALL = re.compile(r'"event": ?"call"')
_TELLING = ("command", "file_path", "path", "pattern", "url", "query", "description")
"""What of a tool's input says most, best first."""


def find_runs(view: TaskView, name: AgentRunId | None) -> list[AgentRunView]:
    """The agent run called `name`, or all of the task when it is None; oldest first."""
    runs = [each for step in view.steps for each in step.runs if name in (None, each.run.id)]
    return sorted(runs, key=lambda each: each.run.created_at)


def last_lines(page: str, count: int | None) -> list[str]:
    """The first line of `page`, which says whose it is, and the last `count` of the others; all for None."""
    first, *others = page.rstrip("\n").split("\n")
    if count is None:
        return [first, *others]
    return [first, *(others[-count:] if count else [])]


def agent_log(view: AgentRunView, folder: Path, *, prompt: bool, where: bool = True) -> str:
    """Who it was and, with `where`, where the files are; what it thought and said, each tool call and its outcome."""
    run = view.run
    facts = (run.role, f"step {run.step}", run.state.value, run.model, shown_usd(view.bill.cost_usd))
    parts = [f"── {run.id} · {' · '.join(one_line(fact) for fact in facts)}" + (f"\n   {folder}" if where else "")]
    if prompt:
        parts.append(_read(folder / "prompt.txt") or "(nothing told yet)")
    parts.append(_read(folder / "text.txt") or "(nothing said yet)")
    if calls := tool_lines(_read(folder / "tools.jsonl")):
        parts.append("\n".join(("Tools", *calls)))
    if run.error:
        parts.append(f"It failed: {printable(run.error)}")
    return "\n\n".join(parts) + "\n"


def tool_lines(text: str, *, ended: bool = True) -> list[str]:
    """One line for each call in the text of a tools.jsonl; lines that cannot be read are left out.

    Without `ended` the answers are still to come: only failures are told, each in a line of its own.
    """
    entries = [entry for line in text.splitlines() if (entry := _entry(line))]
    failed = {entry.get("id") for entry in entries if entry.get("event") == "result" and entry.get("failed")}
    answered = {entry.get("id") for entry in entries if entry.get("event") == "result"}
    if not ended:
        return [
            _call(entry, ending="") if entry.get("event") == "call" else f"  {_at(entry)}  failed: {_answer(entry)}"
            for entry in entries
            if entry.get("event") == "call" or entry.get("failed")
        ]
    return [
        _call(entry, ending=_ending(entry.get("id") in answered, entry.get("id") in failed))
        for entry in entries
        if entry.get("event") == "call"
    ]


def count_calls(path: Path) -> int:
    """How many tool calls a tools.jsonl holds; 0 when there is none."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return sum(1 for line in file if _CALL.search(line))
    except OSError:
        return 0


def tail_of(path: Path, *, lines: int) -> str:
    """The last lines of a file that say something, without reading all of it; '' when there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    said = [line for line in printable(text).splitlines() if line.strip()]
    return "\n".join(said[-lines:])


class GrowingLog:
    """The files of one agent run as they grow; each call of `added` gives the lines that are new."""

    def __init__(self, folder: Path, *, tail: int | None = None) -> None:
        """With `tail` only the last so many lines of what is already there count as new."""
        self._folder = folder
        self._tail = tail
        self._read: dict[str, int] = {}
        self._begun = False

    def added(self) -> list[str]:
        """New lines: what it said, then the tools it called meanwhile. Half a line waits for its end."""
        said = [printable(line) for line in self._lines("text.txt")]
        called = tool_lines("\n".join(self._lines("tools.jsonl")), ended=False)
        lines = [*said, *called]
        if not self._begun and lines:
            self._begun = True
            if self._tail is not None:
                lines = lines[-self._tail :] if self._tail else []
        return lines

    def _lines(self, name: str) -> list[str]:
        """Whole lines written to the file since the last time."""
        try:
            with self._folder.joinpath(name).open("rb") as file:
                file.seek(self._read.get(name, 0))
                data = file.read()
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read[name] = self._read.get(name, 0) + len(whole)
        return whole.decode("utf-8", errors="replace").splitlines()


def _call(entry: dict[str, Any], *, ending: str) -> str:
    given = cast("dict[str, object]", entry.get("input") or {})
    argument = next((str(given[name]) for name in _TELLING if given.get(name)), "")
    tool = one_line(str(entry.get("tool", "")), width=20)
    line = f"  {_at(entry)}  {tool:<10} {one_line(argument, width=_ARGUMENT_COLUMNS)}"
    return f"{line.rstrip()}{ending}"


def _at(entry: dict[str, Any]) -> str:
    return str(entry.get("at", ""))[11:19]


def _answer(entry: dict[str, Any]) -> str:
    return one_line(str(entry.get("result", "")), width=_ARGUMENT_COLUMNS)


def _ending(answered: bool, failed: bool) -> str:
    if not answered:
        return "  (no answer)"
    return "  (failed)" if failed else ""


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return cast("dict[str, Any]", entry) if isinstance(entry, dict) else None


def _read(path: Path) -> str:
    try:
        return printable(path.read_text(encoding="utf-8", errors="replace")).strip()
    except OSError:
        return ""
