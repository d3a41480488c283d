"""An issue that somebody labelled for us becomes a task of the project's channel, once for each time it is labelled.

Who put the label asked for the task. They must be allowed to write to the repository; where the settings name people of
the forge (`github:octocat`) for the project, they must be a developer among those as well.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog

from adapters.chat.text import one_line
from bot.access import Gate
from core.domain.access import Act
from core.domain.errors import OrchestratorError, StoreError
from core.domain.forge_news import ForgeReport, IssueLabelled
from core.domain.identity import PersonId, Place
from core.domain.project import Project
from core.domain.task import Task
from core.orchestrator import Orchestrator
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

PERSON = "github:"
"""Begins the names of people of the forge: `github:octocat`."""
_REMEMBERED = timedelta(days=60)
_DETAIL = 500


class LabelledIssues:
    """Begins tasks. `label` is the one that asks for it, '' for none; `mask` hides secrets in titles."""

    def __init__(
        self, *, orchestrator: Orchestrator, store: Store, gate: Gate, label: str, mask: Callable[[str], str]
    ) -> None:
        self._orchestrator = orchestrator
        self._store = store
        self._gate = gate
        self._label = label
        self._mask = mask

    async def heard(self, report: ForgeReport, news: IssueLabelled) -> Task | None:
        """The task, also when it was begun before; None when none is to be begun. StoreError when nothing is kept."""
        project = self._gate.projects.get(report.project)
        if project is None or not self._label or news.label.casefold() != self._label.casefold():
            return None
        person = PersonId(f"{PERSON}{news.by}")
        if (refusal := refused(news, person, project, self._gate)) is not None:
            await self._refuse(report, news, person, why=refusal)
            return None
        return await self._begun(report, news, person, project)

    async def _begun(self, report: ForgeReport, news: IssueLabelled, person: PersonId, project: Project) -> Task | None:
        async with self._store.transaction() as uow:
            if await uow.tasks.find_request(report.key) is None:
                await uow.people.see(person, news.by)
            place = await own_channel(uow, project)
        try:
            task = await self._orchestrator.submit(
                f"fix issue #{news.issue}", project=project.name, by=person, place=place, key=report.key
            )
        except StoreError:
            raise
        except OrchestratorError as error:
            log.warning("labelled_issue_not_begun", project=project.name, issue=news.issue, error=error.message)
            await self._note(report, news, person, subject=project.name, detail=f"Not done: {error.message}")
            return None
        await self._note(report, news, person, subject=task.id, detail=f"{project.name}: {task.title}", allowed=True)
        return task

    async def _refuse(self, report: ForgeReport, news: IssueLabelled, person: PersonId, *, why: str) -> None:
        log.info("labeller_refused", project=report.project, issue=news.issue, by=person)
        await self._note(report, news, person, subject=report.project, detail=why)

    async def _note(
        self,
        report: ForgeReport,
        news: IssueLabelled,
        person: PersonId,
        *,
        subject: str,
        detail: str,
        allowed: bool = False,
    ) -> None:
        """One row of the audit trail, once: the same news may be heard again after each start."""
        said = f"Issue #{news.issue} was labelled {news.label}. {detail}"
        async with self._store.transaction() as uow:
            key = f"labelled:{report.key}"
            if await uow.chat_values.get("github", key) is not None:
                return
            await uow.chat_values.set("github", key, subject, until=uow.now + _REMEMBERED)
            await uow.audit.append(
                actor=person,
                act="submit",
                subject=subject,
                place=Place(platform="github", channel=news.issue),
                allowed=allowed,
                detail=one_line(self._mask(said), width=_DETAIL),
            )


def refused(news: IssueLabelled, person: PersonId, project: Project, gate: Gate) -> str | None:
    """Why whoever put the label may not begin a task, None when they may."""
    if not news.trusted:
        return f"{news.by} may not write to the repository."
    if not any(names_people(each) for each in (project.access, gate.admins)):
        return None
    may = gate.refused(person, Act.SUBMIT, project.name) is None
    return None if may else f"The settings do not make {person} a developer of {project.name}."


def names_people(patterns: Iterable[str]) -> bool:
    """Whether any of `patterns` is about people of the forge."""
    return any(each.startswith(PERSON) for each in patterns)


async def own_channel(uow: UnitOfWork, project: Project) -> Place | None:
    """The project's own channel: the first of its settings, else one that was bound to it; None for none."""
    for text in project.channels[:1]:
        platform, _, address = text.partition(":")
        space, _, channel = address.rpartition("/")
        return Place(platform=platform, space=space, channel=channel)
    return next((each.place for each in await uow.bindings.all() if each.project == project.name), None)
