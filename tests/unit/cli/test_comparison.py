"""Tasks side by side: diffs are counted, and the best one is named only when there is one."""

from dataclasses import replace
from decimal import Decimal

from bot.comparison import DiffStat, Side, compared, diff_stat, side_document, side_of, verdict
from bot.sample_task import NOW, sample_view
from core.domain.event import WorkVerified
from core.domain.identity import StepName

DIFF = """\
diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,2 +1,3 @@
-old
+new
+--- not a heading
 same
diff --git a/b/c.txt b/b/c.txt
new file mode 100644
--- /dev/null
+++ b/b/c.txt
@@ -0,0 +1 @@
+x
"""


def verified(*, passed: bool) -> WorkVerified:
    return WorkVerified(step=StepName("build"), round=1, command="make", passed=passed, output="")


def a_side(name: str, **changes: object) -> Side:
    side = side_of(sample_view(), [verified(passed=True)], "", now=NOW)
    return replace(side, **{"id": name, "state": "completed", **changes})  # type: ignore[arg-type]


def test_files_and_lines_of_a_diff_are_counted_as_git_does() -> None:
    assert diff_stat(DIFF) == DiffStat(files=("a.py", "b/c.txt"), added=3, removed=1)
    assert diff_stat("") == DiffStat()


def test_a_side_holds_what_a_task_cost_and_whether_its_last_verification_passed() -> None:
    side = side_of(sample_view(), [verified(passed=True), verified(passed=False)], DIFF, now=NOW)

    assert (side.cost_usd, side.model_calls, side.duration_s, side.agent_runs) == (Decimal("0.1027"), 15, 161.0, 3)
    assert (side.tests, side.rounds, side.models) == ("failed", 1, ("claude-sonnet-5",))
    assert side_document(side)["diff"] == {"files": ["a.py", "b/c.txt"], "added": 3, "removed": 1}


def test_files_that_only_one_of_them_changes_are_named() -> None:
    first = a_side("T1", diff=DiffStat(files=("a.py", "b.py"), added=1))
    second = a_side("T2", diff=DiffStat(files=("a.py",)))

    rows = {label: cells for label, *cells in compared([first, second])}

    assert rows["only here"] == ["b.py", ""]
    assert rows["lines"] == ["+1 -0", "+0 -0"]
    assert "forked from" not in rows


def test_the_verdict_names_the_cheapest_and_the_fastest() -> None:
    cheap, fast = a_side("T1", cost_usd=Decimal(1), duration_s=20.0), a_side("T2", cost_usd=Decimal(2), duration_s=10.0)

    assert verdict([cheap, fast]) == "T1 was cheapest, T2 fastest."
    assert verdict([cheap, replace(fast, duration_s=30.0)]) == "T1 was cheapest and fastest."


def test_a_task_that_failed_or_whose_tests_fail_is_never_best() -> None:
    good = a_side("T1", cost_usd=Decimal(9))
    failed = a_side("T2", state="failed", cost_usd=Decimal(0))
    untested = a_side("T3", tests="failed", cost_usd=Decimal(0))

    assert verdict([good, failed, untested]) == "Only T1 completed with its tests passing."
    assert verdict([failed, untested]) == ""
