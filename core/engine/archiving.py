"""Projects that take no more work, and take it again."""

from core.domain.errors import ConflictError
from core.domain.event import HOUSE, ProjectArchived, ProjectRestored
from core.domain.identity import PersonId, ProjectName
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.store.unit_of_work import UnitOfWork


async def archive(uow: UnitOfWork, name: ProjectName, *, by: PersonId) -> None:
    """Take no more work for a project; ConflictError while it has open tasks, or when it is archived."""
    open_ = await uow.tasks.list(project=name, states=frozenset(TaskState) - FINAL_TASK_STATES)
    if open_:
        raise ConflictError(
            f"{name} still has {len(open_)} open tasks, such as {open_[0].id}.",
            hint="Let them end, or cancel them first.",
        )
    if name in await uow.archived_projects.names():
        raise ConflictError(f"The project {name} is archived already.")
    await uow.archived_projects.add(name, by=by)
    await uow.events.append(HOUSE, ProjectArchived(project=name, by=by))


async def restore(uow: UnitOfWork, name: ProjectName, *, by: PersonId) -> None:
    """Take work for an archived project again; ConflictError when it is none."""
    if not await uow.archived_projects.remove(name):
        raise ConflictError(f"The project {name} is not archived.")
    await uow.events.append(HOUSE, ProjectRestored(project=name, by=by))
