"""What somebody who types a value may mean: names and numbers of what they may see, nothing else."""

from collections.abc import Iterable, Sequence

from adapters.chat.suggestion import Suggestion
from adapters.chat.text import one_line
from bot.commands.context import Asker, Context
from core.domain.identity import Person, Place, ProjectName
from core.domain.task import FINAL_TASK_STATES

MOST = 25
"""As many as Discord's lists take."""
_LABEL = 90
"""Columns of a label; Discord takes a hundred characters."""
_LOOKED_AT = 100
"""Newest tasks of a project that are looked at."""


class Suggestions:
    """A `Suggest` over what the program knows. Whoever is not listened to gets nothing."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __call__(self, kind: str, typed: str, person: Person, place: Place) -> Sequence[Suggestion]:
        asker = await self._context.asker(person, place, event_id="")
        if self._context.gate.listened_to(person.id, place, bound=asker.bound) is not None:
            return ()
        found = await self._all(kind, asker)
        wanted = typed.strip().casefold()
        return [each for each in found if wanted in each.label.casefold()][:MOST]

    async def _all(self, kind: str, asker: Asker) -> Sequence[Suggestion]:
        match kind:
            case "task":
                return await self._tasks(asker)
            case "approval":
                return await self._approvals(asker)
            case "project":
                return _named(asker.access)
            case "workflow":
                return _named(name for project in _first(asker) for name in self._context.data.workflows(project))
            case "template":
                return _named(self._context.templates(asker, asker.usual_project or "").current)
            case "model":
                roles = (role for project in _first(asker) for role in self._context.data.roles(project).values())
                return _named(sorted({role.model for role in roles if role.model}))
            case _:
                return ()

    async def _tasks(self, asker: Asker) -> Sequence[Suggestion]:
        async with self._context.seen.store.reading() as uow:
            found = [
                task
                for project in asker.access
                for task in await uow.tasks.list(project=project, states=None, limit=_LOOKED_AT)
            ]
        found.sort(key=lambda task: (task.state in FINAL_TASK_STATES, -task.number))
        return [_labelled(task.id, task.title) for task in found]

    async def _approvals(self, asker: Asker) -> Sequence[Suggestion]:
        async with self._context.seen.store.reading() as uow:
            pending = [each for project in asker.access for each in await uow.approvals.pending(project=project)]
        return [_labelled(each.id, f"{each.task}: {each.title}") for each in pending]


def _first(asker: Asker) -> Sequence[ProjectName]:
    """The projects whose data is meant: the usual one, else all that the asker may see."""
    return [asker.usual_project] if asker.usual_project else list(asker.access)


def _named(names: Iterable[str]) -> Sequence[Suggestion]:
    return [Suggestion(value=name, label=one_line(name, width=_LABEL)) for name in dict.fromkeys(names)]


def _labelled(value: str, words: str) -> Suggestion:
    return Suggestion(value=value, label=one_line(f"{value} · {words}", width=_LABEL))
