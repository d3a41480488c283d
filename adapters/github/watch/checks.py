"""Whether everything that checks a commit has ended, and what of it failed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.github.errors import GoneError
from adapters.github.watch.sights import Sights
from adapters.github.watch.wire import (
    AppWire,
    CheckRunsWire,
    CheckRunWire,
    JobsWire,
    StatusesWire,
    StatusWire,
    SuitesWire,
    SuiteWire,
    WorkflowRunsWire,
)
from core.forge import ForgeDeniedError

ACTIONS = "github-actions"
_GOOD = frozenset({"success", "neutral", "skipped"})
_ENDED = "completed"
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What all checks of a commit said in the end. `mark` is the same for the same runs with the same results."""

    mark: str
    failed_runs: tuple[CheckRunWire, ...]
    failed_statuses: tuple[StatusWire, ...]


def ended(runs: Sequence[CheckRunWire], suites: Sequence[SuiteWire], statuses: Sequence[StatusWire]) -> Ended | None:
    """None while something is waited for, or when nothing checks the commit.

    A suite that has runs counts until it has ended: jobs that wait for others have no run of their own yet. Suites
    without any are of Apps that never answer.
    """
    waiting = (
        any(each.status != _ENDED for each in runs)
        or any(each.latest_check_runs_count and each.status != _ENDED for each in suites)
        or any(each.state == "pending" for each in statuses)
    )
    if waiting or not (runs or statuses):
        return None
    said = sorted([*(f"run {each.id} {each.conclusion}" for each in runs), *(f"status {each.id}" for each in statuses)])
    return Ended(
        mark=hashlib.sha256("\n".join(said).encode()).hexdigest()[:16],
        failed_runs=tuple(each for each in runs if each.conclusion not in _GOOD),
        failed_statuses=tuple(each for each in statuses if each.state != "success"),
    )


class Checks:
    """Reads check runs and statuses."""

    def __init__(self, sights: Sights) -> None:
        self._sights = sights

    async def of(self, repository: str, commit: str) -> Ended | None:
        """How the checks of `commit` ended; None while they have not. ForgeError."""
        path = f"/repos/{repository}/commits/{commit}"
        try:
            runs, suites = await self._runs(path)
        except (ForgeDeniedError, GoneError):
            # fine-grained tokens may read Actions, but nothing of checks
            runs, suites = await self._jobs(repository, commit)
        return ended(runs, suites, await self._statuses(path))

    async def _runs(self, path: str) -> tuple[Sequence[CheckRunWire], Sequence[SuiteWire]]:
        runs = await self._sights.see(
            CheckRunsWire, f"{path}/check-runs", doing="read the checks", filter="latest", per_page=_PAGE
        )
        suites = await self._sights.see(SuitesWire, f"{path}/check-suites", doing="read the checks", per_page=_PAGE)
        return runs.check_runs, suites.check_suites

    async def _jobs(self, repository: str, commit: str) -> tuple[Sequence[CheckRunWire], Sequence[SuiteWire]]:
        doing, path = "read the runs of Actions", f"/repos/{repository}/actions/runs"
        found = await self._sights.see(WorkflowRunsWire, path, doing=doing, head_sha=commit, per_page=_PAGE)
        jobs: list[CheckRunWire] = []
        for run in found.workflow_runs:
            part = await self._sights.see(JobsWire, f"{path}/{run.id}/jobs", doing=doing, per_page=_PAGE)
            jobs += [each.model_copy(update={"app": AppWire(slug=ACTIONS)}) for each in part.jobs]
        return jobs, [SuiteWire(status=each.status, latest_check_runs_count=1) for each in found.workflow_runs]

    async def _statuses(self, path: str) -> Sequence[StatusWire]:
        found = await self._sights.see(StatusesWire, f"{path}/status", doing="read the statuses", per_page=_PAGE)
        return found.statuses
