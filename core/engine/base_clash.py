"""What is open between a task's branch and its base, as the journal tells."""

from core.domain.event import TaskReopened
from core.domain.forge_event import BaseMoved
from core.domain.task import Task
from core.store.unit_of_work import UnitOfWork


async def open_clash(uow: UnitOfWork, task: Task) -> BaseMoved | None:
    """The move of the base that the branch of `task` does not hold yet because of a clash; None when it holds all."""
    entries = await uow.events.of(task.id, types=("base_moved",))
    moves = [entry.event for entry in entries if isinstance(entry.event, BaseMoved)]
    return moves[-1] if moves and moves[-1].files and moves[-1].commit != task.base_commit else None


async def clashes_so_far(uow: UnitOfWork, task: Task) -> int:
    """How often the base clashed in the present life."""
    count = 0
    for entry in await uow.events.of(task.id, types=("base_moved", "task_reopened")):
        match entry.event:
            case TaskReopened():
                count = 0
            case BaseMoved(files=files) if files:
                count += 1
            case _:
                pass
    return count
