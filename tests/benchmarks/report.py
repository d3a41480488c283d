"""The figures of one run as a table for people and as a document for programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.table import Table

from tests.benchmarks.machine import Machine
from tests.benchmarks.measures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one figure is called, and what it should be."""

    key: str
    label: str
    aim: str = ""


ROWS = (
    Row(key="overhead_ratio", label="one agent's task ÷ bare SDK", aim="≤ 1.10"),
    Row(key="request_to_first_event_p95_ms", label="request → first event shown, p95 ms", aim="< 100"),
    Row(key="event_to_subscriber_p95_ms", label="event → 10 subscribers, p95 ms", aim="< 50"),
    Row(key="event_across_processes_p95_ms", label="event → other process, p95 ms", aim="< 300"),
    Row(key="startup_s", label="start of a worker, s", aim="flat"),
    Row(key="idle_rss_mb", label="idle worker, MB", aim="flat"),
    Row(key="parked_task_kb", label="one more parked task, kB", aim="flat"),
    Row(key="recovery_s", label="kill -9 → its agent goes on, s", aim="flat"),
)
"""Figures that are measured with both histories."""
PLAIN = (
    Row(key="bare_conversation_s", label="bare conversation, s"),
    Row(key="task_s", label="the same as a task, s"),
    Row(key="startup_over_interpreter_ratio", label="start of a worker ÷ of a bare Python"),
    Row(key="slack_ack_p99_ms", label="many commands at once in Slack → answered, p99 ms", aim="< 3,000"),
    Row(key="slack_first_card_p95_ms", label="the same → first card, p95 ms"),
    Row(key="slack_calls_per_task", label="calls to Slack for a task with one approval"),
    Row(key="slack_rate_limited", label="429 from Slack while many tasks run in one channel", aim="0"),
    Row(key="question_slowest_ms", label="the slowest question about money, largest ledger, ms", aim="< 200"),
    Row(key="question_slowest_processor_ms", label="the same, of the processor alone, ms"),
)


def document(figures: Figures, *, machine: Machine, past: Mapping[str, int], taken_at: str, quick: bool) -> str:
    """What `bench.json` holds."""
    for grown in figures["growth"].values():
        grown["ratio"] = grown["large"] / grown["small"] if grown["small"] else 0.0
    whole = {
        **figures,
        "machine": machine.document(),
        "large_history": dict(past),
        "taken_at": taken_at,
        "quick": quick,
    }
    return json.dumps(_rounded(whole), indent=2, ensure_ascii=False) + "\n"


def show(path: Path, *, machine: Machine) -> None:
    """Print the figures of a `bench.json`, and where they were taken."""
    figures = json.loads(path.read_text())
    past = figures["large_history"]
    console = Console(highlight=False)
    table = Table(title=None, box=None, pad_edge=False)
    for heading in ("", "small history", f"{past['tasks']:,} tasks", "grows by", "aim"):
        table.add_column(heading, justify="left" if not heading else "right")
    for row in ROWS:
        grown = figures["growth"][row.key]
        table.add_row(row.label, *map(_shown, (grown["small"], grown["large"], grown["ratio"])), row.aim)
    for number, rate in figures["tasks_per_s"].items():
        grown = figures["growth"]["tasks_per_s"]
        large = [_shown(grown[name]) if rate == grown["small"] else "" for name in ("large", "ratio")]
        table.add_row(f"tasks a second, {number} at once", _shown(rate), *large, "")
    for number, rate in figures["tasks_per_s_with_git"].items():
        table.add_row(f"the same with git, {number} at once", _shown(rate), "", "", "")
    for row in PLAIN:
        table.add_row(row.label, _shown(figures[row.key]), "", "", row.aim)
    console.print(table)
    console.print(f"Large history: {past['tasks']:,} tasks, {past['events']:,} events.")
    for line in machine.lines():
        console.print(line)
    if figures["quick"]:
        console.print("A quick run: it shows that everything can be measured, and nothing else.")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _rounded(value: Any) -> Any:
    """Four decimals are more than any of it is worth."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in cast("Figures", value).items()}
    return value
