"""`make bench ARGS=--quick`: everything that is promised is measured, and the document says so."""

import asyncio
import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

ROOT = Path(__file__).parents[2]
WITHIN_S = 600.0
"""It takes a minute on a machine that is left alone."""

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.timeout(WITHIN_S + 60), pytest.mark.long]


async def test_a_quick_run_measures_everything_that_is_promised(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks", "--quick"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(WITHIN_S):
        printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()

    document = json.loads((tmp_path / "bench.json").read_text())
    known = {
        "overhead_ratio",
        "request_to_first_event_p95_ms",
        "event_to_subscriber_p95_ms",
        "event_across_processes_p95_ms",
        "startup_s",
        "idle_rss_mb",
        "parked_task_kb",
        "recovery_s",
    }
    assert known | {"tasks_per_s", "growth"} <= set(document)
    assert set(document["growth"]) == known | {"tasks_per_s"}
    assert all(set(grown) == {"small", "large", "ratio"} for grown in document["growth"].values())
    assert len(document["tasks_per_s"]) == 3
    slack = {"slack_ack_p99_ms", "slack_first_card_p95_ms", "slack_calls_per_task"}
    assert slack | {"slack_rate_limited"} <= set(document)
    for name in (*known, *slack, "tasks_per_s", "growth"):
        assert all(math.isfinite(figure) for figure in figures_in(document[name])), name
    # memory of a handful of tasks may fit into what the process had already
    for name in (*known - {"parked_task_kb"}, *slack, "tasks_per_s"):
        assert all(figure > 0 for figure in figures_in(document[name])), name
    assert document["machine"]["cores"] > 0
    assert document["quick"] is True
    assert "event → other process" in printed.decode()


def figures_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for each in cast("dict[str, Any]", value).values():
            yield from figures_in(each)
    else:
        yield value
