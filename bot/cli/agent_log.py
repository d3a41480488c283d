"""An agent run's log files as one readable page."""

import json
from pathlib import Path
from typing import Any, cast

from adapters.chat.text import one_line, printable
from core.domain.cost import shown_usd
from core.domain.identity import AgentRunId
from core.views import AgentRunView, TaskView

_ARGUMENT_COLUMNS = 100
_TELLING = ("command", "file_path", "path", "pattern", "url", "query", "description")
"""What of a tool's input says most, best first."""


def find_runs(view: TaskView, name: AgentRunId | None) -> list[AgentRunView]:
    """The agent run called `name`, or all of the task when it is None; oldest first."""
    runs = [each for step in view.steps for each in step.runs if name in (None, each.run.id)]
    return sorted(runs, key=lambda each: each.run.created_at)


def agent_log(view: AgentRunView, folder: Path, *, prompt: bool) -> str:
    """Who it was and where the files are, what it thought and said, and each tool call with what came of it."""
    run = view.run
    facts = (run.role, f"step {run.step}", run.state.value, run.model, shown_usd(view.bill.cost_usd))
    parts = [f"── {run.id} · {' · '.join(one_line(fact) for fact in facts)}\n   {folder}"]
    if prompt:
        parts.append(_read(folder / "prompt.txt") or "(nothing told yet)")
    parts.append(_read(folder / "text.txt") or "(nothing said yet)")
    if calls := tool_lines(_read(folder / "tools.jsonl")):
        parts.append("\n".join(("Tools", *calls)))
    if run.error:
        parts.append(f"It failed: {printable(run.error)}")
    return "\n\n".join(parts) + "\n"


def tool_lines(text: str) -> list[str]:
    """One line for each call in the text of a tools.jsonl; lines that cannot be read are left out."""
    entries = [entry for line in text.splitlines() if (entry := _entry(line))]
    failed = {entry.get("id") for entry in entries if entry.get("event") == "result" and entry.get("failed")}
    answered = {entry.get("id") for entry in entries if entry.get("event") == "result"}
    return [
        _call(entry, ending=_ending(entry.get("id") in answered, entry.get("id") in failed))
        for entry in entries
        if entry.get("event") == "call"
    ]


def _call(entry: dict[str, Any], *, ending: str) -> str:
    at = str(entry.get("at", ""))[11:19]
    given = cast("dict[str, object]", entry.get("input") or {})
    argument = next((str(given[name]) for name in _TELLING if given.get(name)), "")
    line = f"  {at}  {one_line(str(entry.get('tool', '')), width=20):<10} {one_line(argument, width=_ARGUMENT_COLUMNS)}"
    return f"{line.rstrip()}{ending}"


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
