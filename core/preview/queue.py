"""Whether the first agent of a request would have to wait for a place, and behind how many (pure)."""

from collections.abc import Sequence
from datetime import datetime

from core.domain.identity import AgentRunId, ProjectName
from core.domain.queue import WaitingRun
from core.domain.task import Task
from core.engine.places import rank
from core.preview.trouble import Queue


def queue_ahead(
    task: Task,
    *,
    model: str,
    at_work: Sequence[tuple[ProjectName, str]],
    waiting: Sequence[WaitingRun],
    total: int,
    in_project: int | None,
    on_model: int | None,
    now: datetime,
) -> Queue | None:
    """The first limit that is reached; None when an agent on `model` could begin at once.

    `at_work` holds (project, model) of every run with a place; None for a limit that there is not.
    """
    mine = _first_run(task, model=model, now=now)
    for limit, where, concerned in (
        (total, "", _Concerned()),
        (in_project, f" in {task.project}", _Concerned(project=task.project)),
        (on_model, f" on {model}", _Concerned(model=model)),
    ):
        if limit is None or sum(concerned(*each) for each in at_work) < limit:
            continue
        before = [
            each for each in waiting if concerned(each.project, each.model) and rank(each, now) <= rank(mine, now)
        ]
        return Queue(places=limit, where=where, waiting=len(before))
    return None


class _Concerned:
    """Whether a limit is about an agent of some project on some model; '' is about any."""

    def __init__(self, *, project: str = "", model: str = "") -> None:
        self._project = project
        self._model = model

    def __call__(self, project: str, model: str) -> bool:
        return self._project in ("", project) and self._model in ("", model)


def _first_run(task: Task, *, model: str, now: datetime) -> WaitingRun:
    return WaitingRun(
        id=AgentRunId(""),
        task=task.id,
        project=task.project,
        person=task.requested_by,
        role="",
        model=model,
        priority=task.priority,
        created_at=now,
        not_before=None,
    )
