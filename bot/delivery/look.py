"""Looks up in the store what the rules of delivery must know about a task."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from adapters.chat.port import Capabilities
from bot.delivery.budget_alerts import is_used_up
from bot.delivery.deciders import deciders, may_look, named_admins
from bot.delivery.facts import TaskFacts
from bot.delivery.forge_rules import earlier_news
from bot.delivery.wishes import wished
from core.domain.approval import ApprovalKind
from core.domain.budget_event import BudgetThresholdReached
from core.domain.errors import NotFoundError
from core.domain.event import ApprovalRequested, Event, JournalEntry, TaskReopened
from core.domain.identity import Person, PersonId, Place, ProjectName
from core.domain.notification import Happening, NotificationRules
from core.domain.project import Project
from core.domain.task import Task
from core.domain.unusual import UnusualSeen
from core.store.unit_of_work import UnitOfWork

FindProject = Callable[[ProjectName], Project | None]
"""The project as it is configured now; None for one that is not, any more."""
_KEYBOARD = "console"
_KINDS = frozenset(ApprovalKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Looks at tasks with the eyes of one platform."""

    platform: str
    capabilities: Capabilities
    project: FindProject
    admins: Collection[str] = ()
    """People or patterns who may do everything, as `[access] admins` has them."""

    async def facts(self, uow: UnitOfWork, entry: JournalEntry) -> TaskFacts | None:
        """What is known of the entry's task; None when it is not there."""
        try:
            task = await uow.tasks.get(entry.task)
        except NotFoundError:
            return None
        project = self.project(task.project)
        rules = project.notify if project else NotificationRules()
        requester = await known(uow, task.requested_by)
        asked = self._deciders(entry, requester, project)
        return TaskFacts(
            platform=self.platform,
            task=task,
            life=await _life(uow, entry),
            home=await self._home(uow, task, project),
            project=rules,
            requester=await _rules_of(uow, task.requested_by, rules),
            writes_alone=self.capabilities.direct,
            now=uow.now,
            seq=entry.seq,
            earlier=await earlier_news(uow, entry),
            listens=project is None or may_look(requester, project, admins=self.admins),
            deciders=asked,
            wishes={each: await _rules_of(uow, each, rules) for each in asked or ()},
        )

    async def alerted(self, uow: UnitOfWork, entry: JournalEntry) -> dict[PersonId, NotificationRules]:
        """Who on this platform is told of an entry about money, each with what they want to be told.

        Owners of a budget, and admins where nobody owns one, want to be told unless they said otherwise.
        """
        event, project = entry.event, await self._project_of(uow, entry)
        told, wanting = tuple[PersonId, ...](), tuple[PersonId, ...]()
        if isinstance(event, BudgetThresholdReached):
            told, wanting = event.told, event.owners
        elif isinstance(event, UnusualSeen) and project is not None:
            people = event.told or named_admins(project, admins=self.admins)
            told = tuple([each for each in people if await self._sees(uow, each, project)])
            wanting = event.owners or (() if event.told else told)
        usual = project.notify if project else NotificationRules()
        found: dict[PersonId, NotificationRules] = {}
        for person in told:
            if person.partition(":")[0] == self.platform:
                direct = usual.direct | ({Happening.BUDGET} if person in wanting else frozenset[Happening]())
                found[person] = await _rules_of(uow, person, replace(usual, direct=direct))
        return found

    async def _sees(self, uow: UnitOfWork, person: PersonId, project: Project) -> bool:
        return may_look(await known(uow, person), project, admins=self.admins)

    async def _project_of(self, uow: UnitOfWork, entry: JournalEntry) -> Project | None:
        if isinstance(entry.event, UnusualSeen):
            return self.project(ProjectName(entry.event.seen.project))
        try:
            return self.project((await uow.tasks.get(entry.task)).project)
        except NotFoundError:
            return None

    async def requester(self, uow: UnitOfWork, task: Task) -> PersonId | None:
        """Who asked for the task, when that person is on this platform, can be written to, and may still see it."""
        person, project = await known(uow, task.requested_by), self.project(task.project)
        if not self.capabilities.direct or person.id.partition(":")[0] != self.platform:
            return None
        return person.id if project is None or may_look(person, project, admins=self.admins) else None

    def _deciders(self, entry: JournalEntry, requester: Person, project: Project | None) -> tuple[PersonId, ...] | None:
        """Who is asked, when the entry asks something, or is about to; None where the settings say nothing about it."""
        kind = _asks(entry.event)
        if project is None or kind is None:
            return None
        return deciders(project, kind, requester=requester, admins=self.admins, platform=self.platform)

    async def _home(self, uow: UnitOfWork, task: Task, project: Project | None) -> Place | None:
        """Where the task is talked about: where it was asked for, else in its project's first channel here."""
        thread = await uow.threads.of(task.id)
        if thread is not None:
            return thread.place if thread.place.platform == self.platform else None
        if task.place is not None and task.place.platform != _KEYBOARD:
            return task.place if task.place.platform == self.platform else None
        named = [place for text in (project.channels if project else ()) if (place := _channel(text, self.platform))]
        if named:
            return named[0]
        bound = [binding for binding in await uow.bindings.all() if binding.project == task.project]
        return next((each.place for each in bound if each.place.platform == self.platform), None)


def _asks(event: Event) -> ApprovalKind | None:
    """What people are asked because of `event`; None for nothing. A budget that is used up is asked about soon."""
    if is_used_up(event):
        return ApprovalKind.BUDGET
    return ApprovalKind(event.kind) if isinstance(event, ApprovalRequested) and event.kind in _KINDS else None


async def known(uow: UnitOfWork, person: PersonId) -> Person:
    """The person, with what the platform last said they belong to."""
    seen = await uow.people.get(person)
    return Person(id=person, name=seen.name if seen else "", groups=seen.groups if seen else ())


async def _rules_of(uow: UnitOfWork, person: PersonId, rules: NotificationRules) -> NotificationRules:
    known = await uow.people.get(person)
    return wished(rules, known.wishes if known else {})


async def _life(uow: UnitOfWork, entry: JournalEntry) -> int:
    """Which life of the task the entry is from; the task itself may have gone on since."""
    reopened = await uow.events.of(entry.task, types=("task_reopened",))
    before = [each.event.life for each in reopened if each.seq < entry.seq and isinstance(each.event, TaskReopened)]
    return before[-1] if before else 1


def _channel(text: str, platform: str) -> Place | None:
    """The channel that settings write as `slack:T0123/C0456` or `telegram:-1001`; None for another platform's."""
    name, _, address = text.partition(":")
    space, _, channel = address.rpartition("/")
    return Place(platform=platform, space=space, channel=channel) if name == platform and channel else None
