"""Issues that carry the label which starts work: who put it on, and whether they may."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from adapters.github.calls import Calls
from adapters.github.errors import GoneError
from adapters.github.watch.pulls import key_of
from adapters.github.watch.sights import Sights
from adapters.github.watch.wire import EventWire, LabelledIssueWire, PermissionWire
from adapters.github.wire import RepositoryWire
from core.domain.forge_news import ForgeReport, IssueLabelled
from core.domain.project import Project

_TRUSTED = frozenset({"admin", "write"})
"""GitHub counts `maintain` as write, and `triage`, which may put labels on, as read."""


class LabelledIssues:
    """Looks for open issues with `label`."""

    def __init__(self, calls: Calls, *, sights: Sights, label: str, knows: Callable[[str], bool]) -> None:
        self._calls = calls
        self._sights = sights
        self._label = label
        self._knows = knows

    async def news(self, project: Project, repository: RepositoryWire) -> Sequence[ForgeReport]:
        """One report for each time that the label was put on an issue which still carries it."""
        if not self._label:
            return ()
        found = await self._sights.see_all(
            LabelledIssueWire,
            f"/repos/{repository.full_name}/issues",
            doing=f"look for issues labelled {self._label}",
            labels=self._label,
            state="open",
        )
        reports = [
            await self._of(each, project=project, repository=repository) for each in found if not each.pull_request
        ]
        return [each for each in reports if each is not None]

    async def _of(
        self, issue: LabelledIssueWire, *, project: Project, repository: RepositoryWire
    ) -> ForgeReport | None:
        events = await self._sights.see_all(
            EventWire,
            f"/repos/{repository.full_name}/issues/{issue.number}/events",
            doing=f"read who labelled #{issue.number}",
        )
        ours = [each for each in events if each.event == "labeled" and each.label and self._is_it(each.label.name)]
        if not ours:
            return None
        by = ours[-1].actor.login if ours[-1].actor else ""
        key = key_of(project.name, repository, f"event:{ours[-1].id}")
        if self._knows(key):
            return None
        news = IssueLabelled(
            issue=str(issue.number),
            label=self._label,
            by=by,
            trusted=await self._may_write(by, repository=repository),
            title=issue.title,
        )
        return ForgeReport(key=key, project=project.name, news=news)

    def _is_it(self, name: str) -> bool:
        return name.lower() == self._label.lower()

    async def _may_write(self, login: str, *, repository: RepositoryWire) -> bool:
        if not login:
            return False
        path = f"/repos/{repository.full_name}/collaborators/{quote(login, safe='')}/permission"
        try:
            found = await self._calls.get(PermissionWire, path, doing=f"see what {login} may do")
        except GoneError:
            return False
        return found.permission in _TRUSTED
