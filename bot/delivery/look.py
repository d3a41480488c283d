"""Looks up in the store what the rules of delivery must know about a task."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.chat.port import Capabilities
from bot.delivery.facts import TaskFacts
from bot.delivery.wishes import wished
from core.domain.errors import NotFoundError
from core.domain.event import JournalEntry, TaskReopened
from core.domain.identity import Place, ProjectName
from core.domain.notification import NotificationRules
from core.domain.project import Project
from core.domain.task import Task
from core.store.unit_of_work import UnitOfWork

FindProject = Callable[[ProjectName], Project | None]
"""The project as it is configured now; None for one that is not, any more."""
_KEYBOARD = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Looks at tasks with the eyes of one platform."""

    platform: str
    capabilities: Capabilities
    project: FindProject

    async def facts(self, uow: UnitOfWork, entry: JournalEntry) -> TaskFacts | None:
        """What is known of the entry's task; None when it is not there."""
        try:
            task = await uow.tasks.get(entry.task)
        except NotFoundError:
            return None
        project = self.project(task.project)
        rules = project.notify if project else NotificationRules()
        known = await uow.people.get(task.requested_by)
        return TaskFacts(
            platform=self.platform,
            task=task,
            life=await _life(uow, entry),
            home=await self._home(uow, task, project),
            project=rules,
            requester=wished(rules, known.wishes if known else {}),
            writes_alone=self.capabilities.direct,
            now=uow.now,
        )

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


async def _life(uow: UnitOfWork, entry: JournalEntry) -> int:
    """Which life of the task the entry is from; the task itself may have gone on since."""
    reopened = await uow.events.of(entry.task, types=("task_reopened",))
    before = [each.event.life for each in reopened if each.seq < entry.seq and isinstance(each.event, TaskReopened)]
    return before[-1] if before else 1


def _channel(text: str, platform: str) -> Place | None:
    """The channel that settings write as `slack:T0123/C0456`; None when it is another platform's."""
    name, _, address = text.partition(":")
    space, _, channel = address.partition("/")
    return Place(platform=platform, space=space, channel=channel) if name == platform and channel else None
