"""Says how many branches of the core the tests took; fails below the floor: `python -m tests.coverage_floor FILE`."""

import json
import sys
from pathlib import Path

FLOOR_PERCENT = 95.0
SHOWN = 12


def main(report: Path) -> int:
    """Read what `coverage json` wrote; 0 when enough branches were taken."""
    found = json.loads(report.read_text())
    totals = found["totals"]
    percent = 100.0 * totals["covered_branches"] / totals["num_branches"]
    missed = sorted(
        ((each["summary"]["missing_branches"], name) for name, each in found["files"].items()), reverse=True
    )
    for count, name in missed[:SHOWN]:
        if count:
            print(f"{count:4} branches not taken in {name}")
    print(f"{totals['covered_branches']} of {totals['num_branches']} branches taken: {percent:.1f} %")
    return 0 if percent >= FLOOR_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
