"""Typed ids, and who is who: short names a person can type are the ids themselves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

ProjectName = NewType("ProjectName", str)
TaskId = NewType("TaskId", str)
"""`T142`: the task's number is its id."""
StepName = NewType("StepName", str)
AgentRunId = NewType("AgentRunId", str)
"""`T142.3`: the third agent run of task T142."""
ApprovalId = NewType("ApprovalId", str)
"""`A17`."""
MessageId = NewType("MessageId", str)
"""`M5`: something a person told the agents of a task."""
PersonId = NewType("PersonId", str)
"""`platform:native id`, such as `slack:T0123/U0456`, `telegram:4711` or `console:alice`."""


class Access(StrEnum):
    """What a person may do in a project, weakest first."""

    VIEWER = "viewer"
    DEVELOPER = "developer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A chat identity."""

    id: PersonId
    name: str
    groups: tuple[str, ...] = ()
    """What the platform says they belong to, as settings write it: `discord:1234/role:5678`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person's access in one project."""

    person: PersonId
    project: ProjectName
    access: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a conversation happens: a space's channel, a thread in it, or a direct conversation.

    On every platform the channel of a direct conversation begins with `D`; no other channel's does.
    """

    platform: str
    space: str = ""
    channel: str = ""
    thread: str = ""


def task_id(number: int) -> TaskId:
    """The id of task `number` (1, 2, …)."""
    return TaskId(f"T{number}")


def agent_run_id(task: TaskId, ordinal: int) -> AgentRunId:
    """The id of the `ordinal`-th agent run (from 1) of `task`."""
    return AgentRunId(f"{task}.{ordinal}")


def task_of(agent_run: AgentRunId) -> TaskId:
    """The task an agent run belongs to."""
    return TaskId(agent_run.rpartition(".")[0])


def message_id(number: int) -> MessageId:
    """The id of message `number` (1, 2, …)."""
    return MessageId(f"M{number}")


def approval_id(number: int) -> ApprovalId:
    """The id of approval `number` (1, 2, …)."""
    return ApprovalId(f"A{number}")
