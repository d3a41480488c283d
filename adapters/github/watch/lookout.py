"""Looks at everything that is watched, or at one part of it when something is said to have happened there."""

from asyncio import Lock
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import assert_never

import structlog

from adapters.github.errors import GoneError, KeyRefusedError
from adapters.github.repositories import Repositories
from adapters.github.watch.deliveries import Delivery, LookAtBranch, LookAtCommit, LookAtLabels, LookAtPull, Said
from adapters.github.watch.labelled import LabelledIssues
from adapters.github.watch.pulls import Pulls, Subject, commented, is_from_a_person, key_of
from adapters.github.watch.sights import Sights
from adapters.github.watch.telling import Teller
from adapters.github.wire import RepositoryWire
from core.domain.errors import ConfigurationError, NotFoundError
from core.domain.forge_news import ForgeReport
from core.domain.project import Project
from core.forge import ForgeDeniedError, ForgeRefusedError, Watched

log = structlog.get_logger(__name__)

_CLOSED_TO_US = (ForgeDeniedError, ForgeRefusedError, GoneError, NotFoundError, ConfigurationError)
"""What will not be otherwise in a moment: told in the log, and the rest is looked at all the same."""


class Lookout:
    """Everything of `projects`.

    ForgeUnavailableError and NotHeardError mean: again later. KeyRefusedError means that it is of no use.
    """

    def __init__(
        self,
        *,
        projects: Sequence[Project],
        watched: Callable[[], Awaitable[Sequence[Watched]]],
        repositories: Repositories,
        sights: Sights,
        pulls: Pulls,
        labelled: LabelledIssues,
        teller: Teller,
    ) -> None:
        self._projects = projects
        self._watched = watched
        self._repositories = repositories
        self._sights = sights
        self._pulls = pulls
        self._labelled = labelled
        self._teller = teller
        self._bound: Mapping[str, RepositoryWire] = {}
        """Where each project is, by its name."""
        self._turns: defaultdict[str, Lock] = defaultdict(Lock)
        self._begun: defaultdict[str, int] = defaultdict(int)
        self._fresh: defaultdict[str, int] = defaultdict(int)
        self._warned: set[tuple[str, str]] = set()

    async def sweep(self) -> None:
        """Look at everything: also what happened while nobody listened is found so."""
        self._bound = await self._found()
        for project, repository in self._hosts():
            await self._labels(project, repository)
        for subject in await self._subjects():
            await self._look(subject)
        self._sights.forget_unseen()

    async def attend(self, delivery: Delivery) -> bool:
        """Look where something is said to have happened; whether that concerns anything here."""
        if not self._bound:
            self._bound = await self._found()
        match delivery:
            case LookAtPull():
                return await self._look_at(delivery.repository, lambda each: _is(each, delivery.number))
            case LookAtCommit():
                return await self._look_at(delivery.repository, lambda each: self._pulls.is_at(each, delivery.commit))
            case LookAtBranch():
                return await self._look_at(
                    delivery.repository,
                    lambda each: delivery.branch in (each.watched.branch, each.watched.base_branch),
                    by=delivery.by,
                )
            case LookAtLabels():
                host = self._host(delivery.repository)
                if host is not None:
                    await self._labels(*host)
                return host is not None
            case Said():
                if not await self._look_at(delivery.repository, lambda each: _is(each, delivery.number)):
                    await self._hear(delivery)
                return False  # it was told whole: there is nothing to come after it
            case _:
                assert_never(delivery)

    async def _hear(self, said: Said) -> None:
        host = self._host(said.repository)
        if host is None or not is_from_a_person(said.comment):
            return
        project, repository = host
        key = key_of(project.name, repository, f"comment:{said.comment.id}")
        news = commented(str(said.number), said.comment)
        await self._teller.tell(ForgeReport(key=key, project=project.name, news=news))

    async def _labels(self, project: Project, repository: RepositoryWire) -> None:
        await self._tell(project.name, lambda: self._labelled.news(project, repository))

    async def _look_at(self, repository: int, concerned: Callable[[Subject], bool], *, by: str = "") -> bool:
        chosen = [each for each in await self._subjects() if each.repository.id == repository and concerned(each)]
        for each in chosen:
            await self._look(each, by=by)
        return bool(chosen)

    async def _look(self, subject: Subject, *, by: str = "") -> None:
        """One at a time; who waited while a look began that was finished since need not look again."""
        name = subject.key(subject.watched.pull_request)
        begun = self._begun[name]
        async with self._turns[name]:
            if self._fresh[name] > begun:
                return
            self._begun[name] += 1
            number = self._begun[name]
            try:
                async for part in self._pulls.news(subject, by=by):
                    await self._tell(subject.watched.project.name, part)
            except _CLOSED_TO_US as error:
                self._warn(subject.watched.project.name, error)
            self._fresh[name] = number

    async def _tell(self, project: str, look: Callable[[], Awaitable[Sequence[ForgeReport]]]) -> None:
        try:
            reports = await look()
        except _CLOSED_TO_US as error:
            self._warn(project, error)
            return
        for each in reports:
            await self._teller.tell(each)

    async def _subjects(self) -> Sequence[Subject]:
        return [
            Subject(watched=each, repository=self._bound[each.project.name])
            for each in await self._watched()
            if each.project.name in self._bound
        ]

    def _hosts(self) -> Sequence[tuple[Project, RepositoryWire]]:
        """Each repository with the first project that is there: an issue starts one task, not one for each."""
        hosts: dict[int, tuple[Project, RepositoryWire]] = {}
        for project in self._projects:
            repository = self._bound.get(project.name)
            if repository is not None:
                hosts.setdefault(repository.id, (project, repository))
        return list(hosts.values())

    def _host(self, repository: int) -> tuple[Project, RepositoryWire] | None:
        return next((each for each in self._hosts() if each[1].id == repository), None)

    async def _found(self) -> Mapping[str, RepositoryWire]:
        found: dict[str, RepositoryWire] = {}
        for project in self._projects:
            try:
                name = await self._repositories.name_of(project)
                found[project.name] = await self._sights.see(
                    RepositoryWire, f"/repos/{name}", doing=f"find the repository {name}"
                )
            except _CLOSED_TO_US as error:
                self._warn(project.name, error)
        return found

    def _warn(self, project: str, error: Exception) -> None:
        """Once for each: it would be said every minute."""
        if isinstance(error, KeyRefusedError):
            raise error
        if (project, str(error)) not in self._warned:
            self._warned.add((project, str(error)))
            log.warning("github_not_watched", project=project, reason=str(error), hint=getattr(error, "hint", ""))


def _is(subject: Subject, number: int) -> bool:
    return subject.watched.pull_request == str(number)
