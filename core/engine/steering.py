"""What a person tells the agents of a task: one message for each that works, each call once."""

from core.domain.errors import InvalidInputError
from core.domain.event import TaskSteered
from core.domain.identity import AgentRunId, PersonId, TaskId, message_id, task_of
from core.domain.steering import SteeringMessage
from core.domain.task import AT_WORK, Task
from core.store.unit_of_work import UnitOfWork


async def said_before(uow: UnitOfWork, task: Task, key: str) -> list[SteeringMessage]:
    """The messages of an earlier call with this key, [] for none. `task` is locked: no other call is under way."""
    return [one for one in await uow.messages.of(task.id) if one.key == _message_key(key, task.id, one.to)]


async def say(
    uow: UnitOfWork, task: Task, text: str, *, by: PersonId, to: AgentRunId | None, key: str
) -> list[SteeringMessage]:
    """Keep `text` for the run `to`, else for each run at work, else for whoever works next; `key` '' for none.

    InvalidInputError when `to` is a run of another task.
    """
    runs = await uow.agent_runs.of(task.id)
    if to is not None and (task_of(to) != task.id or to not in {run.id for run in runs}):
        raise InvalidInputError(f"{to} is no agent run of {task.id}.", hint=f"See them: orchestrator task {task.id}")
    working = [run.id for run in runs if run.state in AT_WORK]
    targets: list[AgentRunId | None] = [to] if to is not None else [*working] or [None]
    return [await _said(uow, task.id, text, by=by, to=target, key=key) for target in targets]


async def _said(
    uow: UnitOfWork, task: TaskId, text: str, *, by: PersonId, to: AgentRunId | None, key: str
) -> SteeringMessage:
    name = message_id(await uow.messages.next_number())
    full_key = _message_key(key, task, to) if key else ""
    message = SteeringMessage(id=name, task=task, text=text, by=by, to=to, key=full_key, created_at=uow.now)
    await uow.messages.add(message)
    await uow.events.append(task, TaskSteered(message=message.id, text=text, to=to or "", by=by))
    return message


def _message_key(key: str, task: TaskId, to: AgentRunId | None) -> str:
    """One for each message of a call; the same event may speak to two tasks."""
    return f"{key} {to or task}"
