"""`make bench`: measure, print a table, and write bench.json into the working directory."""

import argparse
import asyncio
import logging
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.machine import this_machine
from tests.benchmarks.measures import Bench
from tests.benchmarks.past import make_past
from tests.benchmarks.scale import FULL, QUICK

OUT = Path("bench.json")


async def bench(*, quick: bool, only: list[str]) -> None:
    """One run. `only` names single measures, whose figures are printed as they are and not kept."""
    machine, scale, begun = this_machine(), QUICK if quick else FULL, time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - begun:5.0f} s  {text}", flush=True)

    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        tell(f"a past of {scale.past_tasks:,} tasks")
        past = await make_past(folder, tasks=scale.past_tasks)
        measuring = Bench(folder=folder, past=past, scale=scale, tell=tell)
        if only:
            measuring.figures["growth"] = {}
            for measure in only:
                await getattr(measuring, measure)()
            print(measuring.figures)
            return
        figures = await measuring.all()
    tell("done")
    taken_at = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {"tasks": past.tasks, "events": past.events}
    OUT.write_text(report.document(figures, machine=machine, past=facts, taken_at=taken_at, quick=quick))
    report.show(OUT, machine=machine)
    print(f"Written to {OUT}.")


def main() -> None:
    """Read the options, measure."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test of a minute; its figures say nothing")
    measures = ("overhead", "requests", "events", "throughput", "starts", "parked", "recovery", "slack", "costs")
    parser.add_argument("--only", action="append", choices=measures, default=[], help="measure this; may be repeated")
    chosen = parser.parse_args()
    # closing a program while others still ask it for something is told as a warning, and is what happens here
    logging.disable(logging.WARNING)
    # an agent that is killed leaves the scripted model with an answer nobody takes
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    asyncio.run(bench(quick=chosen.quick, only=chosen.only))


if __name__ == "__main__":
    main()
